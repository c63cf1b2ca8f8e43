"""One cell to a typed value in the base unit."""

from __future__ import annotations

import datetime
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from townwright.frame.workbooks.files import ERRORS
from townwright.frame.workbooks.forms import Field

_BLANK = {"", "-", "--", "—", "/", "n/a", "na", "null", "none", "无", "n.a."}
_YES, _NO = {"是", "y", "yes", "true", "1", "有", "√", "对"}, {"否", "n", "no", "false", "0", "无", "×", "没有"}
_DATE = re.compile(r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[ T].*)?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_ROC = re.compile(r"^(?:民國|民国)\s*(\d{1,3})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?$")
# Days of 1905, if they were days: nobody means those, and a year is often all that is typed.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_BARE = re.compile(r"^\d[\d,]*(\.\d+)?$")
_COINS = "人民币|美元|美金|港币|港元|欧元|日元|英镑|韩元|新台币|台币|新加坡元|新元|澳元|加元|瑞士法郎|林吉特|泰铢|rmb|cny|usd|hkd|eur|jpy|gbp|myr|sgd"
_AMOUNT = re.compile(rf"^(?P<first>{_COINS})?(?P<scale>千万|百万|亿|万|千|million|thousand)?(?P<last>{_COINS}|元)?$")
_ENGLISH = {"million": "百万", "thousand": "千"}
_EXCEL_EPOCH = datetime.date(1899, 12, 30)


class UnableToReadCell(ValueError):
    """A cell does not hold what its column needs; the message is in both languages."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.message = code, {"zh": zh, "en": en}
        super().__init__(en)


def folded(cell: Any) -> str:
    """Return a cell's text in half width without surrounding blanks; a NUL, which no database keeps, is dropped."""
    return unicodedata.normalize("NFKC", str(cell)).replace("\x00", "").strip() if cell is not None else ""


def read_cell(cell: Any, field: Field, factor: Decimal) -> Any:
    """Return the typed value, None for a blank.

    Money and areas come back in the base unit, multiplied by the header's factor exactly.

    Raises:
        UnableToReadCell: an error value, a wrong type, or outside the field's limits.
    """
    if isinstance(cell, str) and cell.strip() in ERRORS:
        raise UnableToReadCell(
            "error-cell", f"单元格是公式错误“{cell}”，请在表中更正。", f"the cell holds the formula error {cell}: mend it in the sheet."
        )
    # Workbooks keep whole numbers as fractions: 20140301 and a choice 1 come as 20140301.0 and 1.0.
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else folded(cell)
    if text.lower() in _BLANK and not isinstance(cell, bool) and field.kind != "boolean":
        return None
    if text == "":
        return None
    if field.kind in ("text", "code"):
        return _text(text, field)
    if field.kind == "date":
        return _date(cell, text)
    if field.kind == "boolean":
        return _boolean(cell, text)
    if field.kind == "choice":
        return _choice(text, field)
    return _number(cell, text, field, factor)


def with_unit(text: str, unit: str) -> str:
    """Return a bare number with the scale and currency that its header tells: 1000 under （万美元） is 1000万美元.

    Text that tells more than a number, and brackets that hold no unit of money (认缴), are left as they are.
    """
    told = _AMOUNT.match(folded(unit).replace(" ", "").casefold())
    if not unit or told is None or not _BARE.match(text):
        return text
    scale = told["scale"] or ""
    coin = told["first"] or told["last"] or "元"
    return f"{text}{_ENGLISH.get(scale, scale)}{coin.upper()}"


def _text(text: str, field: Field) -> str:
    if len(text) > field.max_length:
        raise UnableToReadCell(
            "too-long",
            f"有{len(text)}个字，上限{field.max_length}，请缩短。",
            f"has {len(text)} characters; the most is {field.max_length}. Shorten it.",
        )
    return text.upper() if field.kind == "code" else text


def _date(cell: Any, text: str) -> datetime.date:
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _FIRST_YEAR <= cell <= _LAST_YEAR:
        raise UnableToReadCell("date", f"“{text}”只有年份，请写成2016-12-31。", f"{text} is only a year: write 2016-12-31.")
    if isinstance(cell, int | float) and 1 <= cell <= 2_958_465:
        return _EXCEL_EPOCH + datetime.timedelta(days=int(cell))
    for form, offset in ((_DATE, 0), (_COMPACT, 0), (_ROC, 1911)):
        found = form.match(text)
        if found:
            try:
                return datetime.date(int(found.group(1)) + offset, int(found.group(2)), int(found.group(3)))
            except ValueError as fault:
                raise UnableToReadCell(
                    "date", f"“{text}”不是有效日期，请更正。", f"{text!r} is not a day of the calendar: correct it."
                ) from fault
    raise UnableToReadCell("date", f"“{text}”不是日期，请写成2016-12-31。", f"{text!r} is not a date: write 2016-12-31.")


def _boolean(cell: Any, text: str) -> bool:
    if isinstance(cell, bool):
        return cell
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise UnableToReadCell("boolean", f"“{text}”应为“是”或“否”。", f"{text!r} should be yes or no.")


def _choice(text: str, field: Field) -> str:
    for value, label in field.choices.items():
        if text.casefold() in (value.casefold(), label.get("zh", "").casefold(), label.get("en", "").casefold()):
            return value
    offered = "、".join(label.get("zh", value) for value, label in field.choices.items())
    raise UnableToReadCell("choice", f"“{text}”不在可选项中：{offered}。", f"{text!r} is not one of {', '.join(field.choices)}.")


def to_decimal(cell: Any, text: str) -> Decimal:
    """Return a number as it is written: thousands separators and a percent sign are read."""
    if isinstance(cell, bool):
        raise InvalidOperation
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float):
        return Decimal(repr(cell))
    percent = text.endswith("%")
    compact = text.rstrip("%").replace(",", "").replace(" ", "").lstrip("¥$")
    if compact.startswith("(") and compact.endswith(")"):
        compact = "-" + compact[1:-1]
    return Decimal(compact) / (100 if percent else 1)


def _number(cell: Any, text: str, field: Field, factor: Decimal) -> Decimal | int:
    try:
        number = to_decimal(cell, text)
    except InvalidOperation as fault:
        raise UnableToReadCell("number", f"“{text}”不是数字，请只填数字。", f"{text!r} is not a number: write figures only.") from fault
    if not number.is_finite():
        raise UnableToReadCell("number", f"“{text}”不是数字，请只填数字。", f"{text!r} is not a number: write figures only.")
    value = number * factor
    places = {"money": 2, "area": 2, "energy": 4}.get(field.kind)
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places))
    if field.minimum is not None and value < field.minimum:
        raise UnableToReadCell(
            "minimum", f"{text}小于下限{field.minimum}，请更正。", f"{text} lies below the least value, {field.minimum}: correct it."
        )
    if field.maximum is not None and value > field.maximum:
        raise UnableToReadCell(
            "maximum", f"{text}大于上限{field.maximum}，请更正。", f"{text} lies above the most, {field.maximum}: correct it."
        )
    if field.kind == "integer":
        if value != value.to_integral_value():
            raise UnableToReadCell("integer", f"“{text}”应为整数。", f"{text!r} should be a whole number.")
        return int(value)
    if abs(value) >= Decimal(10) ** 16:
        raise UnableToReadCell("range", f"{text}过大，请核对单位。", f"{text} is too large: check the unit.")
    return value
