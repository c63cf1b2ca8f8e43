"""Values of a return: their canonical text, and the checks between them."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from townwright.apps.filings.domain.definitions import SCALES, Definition, DefinitionField

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
