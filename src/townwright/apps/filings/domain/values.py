"""Values of a return: their canonical text, and the checks between them."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from townwright.apps.filings.domain.definitions import SCALES, Definition, DefinitionField
from townwright.kernel.values.period import Period

_TESTS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "=": operator.eq}
Faults = list[tuple[str, str, dict[str, str]]]


def canonical(field: DefinitionField, value: Any) -> Any:
    """Return the value as it is stored (JSON): decimals as text at the field's scale, dates as ISO text, None where missing."""
    if value is None or isinstance(value, bool):
        return value
    if field.type == "integer":
        return int(value)
    if field.type in SCALES:
        return str(Decimal(value).quantize(Decimal(1).scaleb(-SCALES[field.type])))
    return value.isoformat() if isinstance(value, date) else value


def typed(field: DefinitionField, stored: Any) -> Any:
    """Return the stored value as Python's own: Decimal, int, date, str, bool or None."""
    if stored is None or isinstance(stored, bool):
        return stored
    if field.type in SCALES:
        return Decimal(stored)
    return date.fromisoformat(stored) if field.type == "date" else stored


def field_faults(definition: Definition, values: Mapping[str, Any], *, complete: bool) -> Faults:
    """Return ("refused", field, message) for each typed value outside its field's limits or choices.

    Where the return is to be ``complete``, a required field without a value is one too.
    """
    found: Faults = []
    for one in definition.fields:
        value = values.get(one.name)
        zh, en = one.label["zh"], one.label["en"]
        if value is None:
            if complete and one.required:
                found.append(("refused", one.name, {"zh": f"{zh}为必填项，请填写。", "en": f"{en} is required: fill it in."}))
        elif one.minimum is not None and value < one.minimum:
            told = {
                "zh": f"{zh}为{value:,}，不应小于{one.minimum:,}，请更正。",
                "en": f"{en} is {value:,}; the least is {one.minimum:,}. Correct it.",
            }
            found.append(("refused", one.name, told))
        elif one.maximum is not None and value > one.maximum:
            told = {
                "zh": f"{zh}为{value:,}，不应大于{one.maximum:,}，请更正。",
                "en": f"{en} is {value:,}; the most is {one.maximum:,}. Correct it.",
            }
            found.append(("refused", one.name, told))
        elif one.type == "choice" and value not in one.choices:
            told = {"zh": f"{zh}没有“{value}”这一选项，请重选。", "en": f"{en} has no choice {value!r}. Choose another."}
            found.append(("refused", one.name, told))
    return found


def stay_fault(stays: list[tuple[date, date | None]], period: Period) -> dict[str, str] | None:
    """Return why a firm has nothing to file for a period: it was not in the zone at any day of it."""
    if not stays or any(arrived < period.end and (left is None or left > period.start) for arrived, left in stays):
        return None
    left = max((stop for _, stop in stays if stop is not None and stop <= period.start), default=None)
    if left is not None:
        return {
            "zh": f"该企业已于{left}迁出，{period}期间不应申报。",
            "en": f"The firm left on {left}, before {period} began; it has nothing to file.",
        }
    arrived = min(start for start, _ in stays)
    return {
        "zh": f"该企业{arrived}才入驻，{period}期间不应申报。",
        "en": f"The firm arrived on {arrived}, after {period} ended; it has nothing to file.",
    }


def check_values(definition: Definition, values: Mapping[str, Any], last: Mapping[str, Any] | None) -> Faults:
    """Return (severity, field, message) for each check that does not hold.

    ``values`` and ``last`` (the return of a year before, if there is one) are typed. A missing value is not compared.
    A jump by 10,000 is the mark of a 万元 column read as 元, and the message says so.
    """
    found: Faults = []
    for check in definition.checks:
        left = values.get(check.left)
        if check.kind == "hard":
            right = values.get(check.right)
            if left is not None and right is not None and not _TESTS[check.op](left, right):
                zh, en = check.message.get("zh", ""), check.message.get("en", "")
                found.append(
                    (
                        "refused",
                        check.left,
                        {"zh": f"{zh}（{left} 与 {right}），请更正。", "en": f"{en} ({left} against {right}). Correct one of the two."},
                    )
                )
            continue
        before = (last or {}).get(check.left)
        if left and before and check.last and left > 0 and before > 0:
            told = _jump(definition, check.left, Decimal(left), Decimal(before), check.last)
            if told:
                found.append(("warned", check.left, told))
    return found


def _jump(definition: Definition, name: str, now: Decimal, before: Decimal, most: Decimal) -> dict[str, str] | None:
    ratio = max(now / before, before / now)
    if ratio < most:
        return None
    label = next(one.label for one in definition.fields if one.name == name)
    zh = f"{label['zh']}为{now:,}，上年为{before:,}，相差约{ratio:,.0f}倍"
    en = f"{label['en']} is {now:,}, last year's was {before:,}: a factor of about {ratio:,.0f}"
    if 2000 <= ratio <= 50_000:
        return {
            "zh": f"{zh}，疑似把万元列当作元（或相反），请核对表头单位。",
            "en": f"{en}. It looks as if a column in 万元 (10,000) was read in 元, or the reverse: check the unit in the header.",
        }
    return {"zh": f"{zh}，请核对。", "en": f"{en}. Check it."}
