"""Finding the header row, joining merged headers, and reading units out of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz

from townwright.frame.workbooks.cells import folded
from townwright.frame.workbooks.files import Sheet
from townwright.frame.workbooks.forms import Field, Matched, SheetForm

SEARCHED_ROWS = 30
# Between a parent and its child; no blank, for "Zip Code" is not a Code under Zip.
UNDER = " › "
_UNIT = re.compile(r"[(\[（【]([^()\[\]（）【】]+)[)\]）】]\s*$|[，,:：_]\s*(?:单位[:：])?\s*([^，,:：_\s]+)\s*$")
_TITLE_UNIT = re.compile(r"([\u4e00-\u9fff]*)(?:单位|unit)\s*[:：]\s*([^\s，,;；)）]+)", re.IGNORECASE)
# 填报单位 is who fills the form in, not what its figures are counted in.
_BODIES = (
    "填报",
    "报送",
    "编制",
    "主管",
    "申报",
    "上报",
    "报告",
    "制表",
    "填表",
    "填写",
    "统计",
    "调查",
    "归口",
    "所属",
    "企业",
    "责任",
    "承担",
    "牵头",
)
_MONEY = {
    "元": 1,
    "千元": 1000,
    "万元": 10**4,
    "百万元": 10**6,
    "亿元": 10**8,
    "yuan": 1,
    "k": 1000,
    "10k": 10**4,
    "million": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "thousand": 1000,
}
_SCALES = {name for name, factor in _MONEY.items() if factor != 1}
_CURRENCY = {"人民币": "CNY", "美元": "USD", "林吉特": "MYR", "欧元": "EUR", "港元": "HKD", "日元": "JPY"}
_AREA = {
    "m2": Decimal(1), "㎡": Decimal(1), "平方米": Decimal(1), "平米": Decimal(1), "sqm": Decimal(1), "亩": Decimal(10000) / 15, "mu": Decimal(10000) / 15,
    "公顷": Decimal(10000), "ha": Decimal(10000), "平方公里": Decimal(10**6), "平方公尺": Decimal(1), "公頃": Decimal(10000), "畝": Decimal(10000) / 15, "坪": Decimal(400) / 121, "km2": Decimal(10**6), "万平方米": Decimal(10**4), "万㎡": Decimal(10**4),
}  # fmt: skip
_ENERGY = {"吨标准煤": 1, "吨标煤": 1, "tce": 1, "万吨标准煤": 10**4, "万吨标煤": 10**4, "千克标准煤": Decimal("0.001")}
_COUNT = {"人": 1, "万人": 10**4, "个": 1, "家": 1, "户": 1, "person": 1, "persons": 1, "项": 1, "件": 1, "分": 1}


def key_of(text: str) -> str:
    """Return a header without unit, case, blanks and punctuation."""
    return "".join(character for character in folded(text).casefold() if character.isalnum())


def split_unit(header: str) -> tuple[str, str]:
    """Part a header into name and unit: 营业收入（万元） → 营业收入, 万元."""
    text = folded(header)
    found = _UNIT.search(text)
    if not found:
        return text, ""
    return text[: found.start()].strip(), (found.group(1) or found.group(2) or "").strip()


def factor_for(field: Field, unit: str) -> Decimal | None:
    """Return the factor from the header's unit to the field's base unit; None when the unit does not fit."""
    text = folded(unit).replace(" ", "").replace("²", "2").casefold()
    if not text:
        return Decimal(1)
    if field.kind == "money":
        for name, code in _CURRENCY.items():
            if text.endswith(name.casefold()) or name.casefold() in text:
                return (
                    Decimal(_MONEY.get(text.replace(name.casefold(), "").removesuffix("元") + "元", 0)) or None
                    if code == field.unit
                    else None
                )
        bare = text.replace(field.unit.casefold(), "").replace("rmb", "")
        return Decimal(_MONEY[bare]) if bare in _MONEY else Decimal(1) if bare == "" else None
    if field.kind == "area":
        return _AREA.get(text)
    if field.kind == "energy":
        return Decimal(_ENERGY[text]) if text in _ENERGY else None
    if field.kind == "ratio":
        return Decimal("0.01") if text in ("%", "百分比") else None
    if field.kind in ("integer", "decimal"):
        # 座标（緯度）: of a bare number, brackets tell a unit only if the word is one.
        if not field.unit and not any(text in known for known in (_MONEY, _AREA, _ENERGY, _COUNT)):
            return Decimal(1)
        return Decimal(_COUNT[text]) if text in _COUNT else Decimal(1) if text == folded(field.unit).replace(" ", "").casefold() else None
    return Decimal(1)


def match_header(header: str, form: SheetForm) -> tuple[Field, str] | None:
    """Return the field whose label or alias the header is, with its unit; the whole header is tried first."""
    names = {key_of(name): field for field in reversed(form.fields) for name in (field.name, *field.label.values(), *field.aliases)}
    whole = names.get(key_of(header))
    if whole is not None:
        return whole, ""
    bare, unit = split_unit(header)
    found = names.get(key_of(bare))
    return (found, unit) if found is not None else None


def headers_at(sheet: Sheet, row: int) -> list[str]:
    """Return the headers of a row; where cells above are merged over several columns, parent and child joined.

    A unit told further up (主要指标（万元）) is added to a parent that tells none.
    """
    child = [folded(cell) for cell in sheet.rows[row]]
    wide = [
        one for one in sheet.merged if one[1] < one[3] and one[2] < row and one[0] < len(sheet.rows) and one[1] < len(sheet.rows[one[0]])
    ]
    joined = {column: text for column in range(len(child)) if wide and (text := _parent(sheet, wide, row, column))}
    for column, parent in joined.items():
        child[column] = child[column] and f"{parent}{UNDER}{child[column]}"
    for top, left, bottom, right in sheet.merged:
        if top < row <= bottom and left == right and left < len(child) and not child[left] and left < len(sheet.rows[top]):
            child[left] = folded(sheet.rows[top][left])
    return child


def _parent(sheet: Sheet, wide: list[tuple[int, int, int, int]], row: int, column: int) -> str:
    above = sorted((-bottom, folded(sheet.rows[top][left])) for top, left, bottom, right in wide if left <= column <= right)
    if not above or -above[0][0] != row - 1:
        return ""
    parent = above[0][1]
    unit = next((told for _, text in above[1:] if (told := split_unit(text)[1]) in _SCALES), "")
    return f"{parent}({unit})" if unit and not split_unit(parent)[1] else parent


def _under_parent(header: str, form: SheetForm) -> tuple[Field, str] | None:
    """Match the child of a joined header; a unit that the parent tells holds for its children."""
    parent, joined, child = header.rpartition(UNDER)
    told = match_header(child, form) if joined else None
    if told is None or told[1]:
        return told
    unit = split_unit(parent)[1]
    return told[0], unit if unit and factor_for(told[0], unit) is not None else ""


def _matches(headers: list[str], form: SheetForm) -> dict[int, tuple[Field, str]]:
    found: dict[int, tuple[Field, str]] = {}
    taken: set[str] = set()
    for index, header in enumerate(headers):
        told = match_header(header, form) if header else None
        told = told or _under_parent(header, form)
        if told is not None and told[0].name not in taken:
            found[index] = told
            taken.add(told[0].name)
    return found


def fields_named(headers: list[str], form: SheetForm) -> set[str]:
    """Return the fields of the form that the headers name."""
    return {field.name for field, _ in _matches(headers, form).values()}


def twins(headers: list[str], matches: Mapping[str, tuple[int, str]], form: SheetForm) -> list[tuple[str, int, int]]:
    """Return (field, column used, column passed over) where two columns are headed by one field."""
    used = {index: name for name, (index, _unit) in matches.items()}
    found = []
    for index, header in enumerate(headers):
        told = match_header(header, form) or _under_parent(header, form) if header and index not in used else None
        if told is not None and told[0].name in matches:
            found.append((told[0].name, matches[told[0].name][0], index))
    return found


def title_unit(sheet: Sheet, header_row: int) -> str:
    """Return the unit that a title block declares for the whole table (单位：万元), one of money before any other.

    What is no unit (单位：某某统计站) or names a body (填报单位) is not read as one.
    """
    told = [found for row in sheet.rows[:header_row] for cell in row if cell for found in _TITLE_UNIT.finditer(folded(cell))]
    parts = [part for found in told if not found.group(1).endswith(_BODIES) for part in re.split(r"[、/]", found.group(2))]
    return next((part for part in parts if _is_money(part)), next((part for part in parts if _is_measure(part)), ""))


def _is_money(text: str) -> bool:
    bare = folded(text).casefold()
    for name in (*_CURRENCY, *(code.casefold() for code in _CURRENCY.values()), "rmb"):
        bare = bare.replace(name, "")
    # 万英镑 is money too, if none that a field takes: it has to be refused, not passed over.
    return bare in ("", "万", "千", "百万", "亿") or bare in _MONEY or re.fullmatch(r"[千百万亿]*.{0,3}[元币镑]", bare) is not None


def _is_measure(text: str) -> bool:
    return any(folded(text).replace("²", "2").casefold() in known for known in (_AREA, _ENERGY, _COUNT))


def suggest(headers: list[str], unmapped: list[int], form: SheetForm, taken: set[str]) -> dict[str, str]:
    """Suggest fields for headers that match none exactly; a person has to confirm them."""
    found: dict[str, str] = {}
    for index in unmapped:
        bare = key_of(split_unit(headers[index])[0])
        scored = [
            (fuzz.ratio(bare, key_of(name)), field.name)
            for field in form.fields if field.name not in taken for name in (*field.label.values(), *field.aliases)
        ]  # fmt: skip
        best = max(scored, default=(0, ""))
        if best[0] >= 70:
            found[headers[index]] = best[1]
    return found


def resolve(
    sheet: Sheet, form: SheetForm, told: Mapping[str, str], remembered: Mapping[str, str] | None = None
) -> tuple[int, list[str], dict[str, tuple[int, str]]] | None:
    """Return header row, headers, and field → (column, unit): the row among the first thirty that names most fields.

    ``told`` (field → header) is what a person says of this file, ``remembered`` (header → field) what persons said of
    files before it: it holds for the headers that this file has. Both go before the form's own names.
    """
    best: tuple[int, list[str], dict[str, tuple[int, str]]] | None = None
    known = [(field, header) for header, field in (remembered or {}).items() if field not in told]
    for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
        headers = headers_at(sheet, row)
        wanted = {field: _column(headers, header, told=True) for field, header in told.items()}
        if None in wanted.values():
            continue
        told_places = [*((field, _column(headers, header)) for field, header in known), *wanted.items()]
        mapping = {field: _place(headers, index, field, form) for field, index in told_places if index is not None}
        for index, (field, unit) in _matches(headers, form).items():
            if field.name not in mapping and index not in [place for place, _ in mapping.values()]:
                mapping[field.name] = (index, unit)
        if mapping and (best is None or len(mapping) > len(best[2])):
            best = (row, headers, mapping)
    if best is None and told:
        return resolve(sheet, form, {}, remembered)
    return best


def _column(headers: list[str], wanted: str, *, told: bool = False) -> int | None:
    """Return the column under a header. What a person tells may be the child of a merged header, or lack the unit."""
    key = key_of(wanted)
    keys = [key_of(header) for header in headers]
    if key in keys:
        return keys.index(key)
    for name_of in (_child, _bare, lambda header: _bare(_child(header))) if told and key else ():
        found = [index for index, header in enumerate(headers) if header and key_of(name_of(header)) == key]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _child(header: str) -> str:
    return header.rpartition(UNDER)[2]


def _bare(header: str) -> str:
    return split_unit(header)[0]


def not_there(headers: list[str], told: Mapping[str, str]) -> list[str]:
    """Return the headers that a person told and that are not, or not once, in the file."""
    return [header for header in told.values() if _column(headers, header, told=True) is None]


def _place(headers: list[str], index: int, name: str, form: SheetForm) -> tuple[int, str]:
    parent, joined, child = headers[index].rpartition(UNDER)
    unit = split_unit(child)[1] or (split_unit(parent)[1] if joined else "")
    field = next((one for one in form.fields if one.name == name), None)
    return index, unit if split_unit(child)[1] or (field is not None and factor_for(field, unit) is not None) else ""


def matched(
    form: SheetForm, headers: list[str], mapping: Mapping[str, tuple[int, str]], common: str
) -> tuple[dict[str, Matched], list[tuple[str, str, str]]]:
    """Return the columns with their factors, and (field, header, unit) for units that do not fit."""
    columns: dict[str, Matched] = {}
    misfits: list[tuple[str, str, str]] = []
    for name, (index, unit) in mapping.items():
        field = form.field(name)
        used = unit or (common if field.kind == "money" else "")
        factor = factor_for(field, used)
        if factor is None:
            misfits.append((name, headers[index], used))
            continue
        columns[name] = Matched(index, headers[index], factor, used)
    return columns, misfits


def row_values(row: list[Any], index: int) -> Any:
    """Return the cell of a row, None beyond its end."""
    return row[index] if index < len(row) else None
