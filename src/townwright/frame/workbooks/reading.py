"""Reading a workbook by a form: rows in base units, and a finding for everything that is odd."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from townwright.frame.workbooks.cells import UnableToReadCell, folded, read_cell, with_unit
from townwright.frame.workbooks.files import Sheet, cells_below, read_sheets
from townwright.frame.workbooks.footers import is_footer, is_totals
from townwright.frame.workbooks.forms import NOTE, REFUSED, WARNED, Finding, Matched, Reading, SheetForm, SheetRow, UnableToReadWorkbook
from townwright.frame.workbooks.headers import SEARCHED_ROWS, matched, not_there, resolve, row_values, suggest, title_unit, twins

TOLD_EVERY = 500
Progress = Callable[[int, int, str], None]
Resolved = tuple[int, list[str], dict[str, tuple[int, str]]]


def read_workbook(
    path: Path | str,
    form: SheetForm,
    *,
    mapping: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    sheet: str | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read the sheet that fits the form.

    ``mapping`` (field → header) is what a person confirms of this file; ``remembered`` (header → field) what persons
    confirmed of files before it, and holds for the headers that this one has.

    Raises:
        UnableToReadWorkbook: the file, or every sheet of it, does not fit.
    """
    path = Path(path)
    _known_fields(form, mapping or {})
    if progress:
        progress(0, 0, "open")
    sheets = read_sheets(path)
    chosen = _choose(sheets, form, sheet, mapping or {}, remembered or {})
    found = resolve(chosen, form, mapping or {}, remembered)
    if found is None:
        wanted_zh = "、".join(one.label.get("zh", one.name) for one in form.fields[:6])
        wanted_en = ", ".join(one.label.get("en", one.name) for one in form.fields[:6])
        names = "、".join(sheets)
        raise UnableToReadWorkbook(
            "no-header", f"在工作表{names}的前{SEARCHED_ROWS}行中找不到表头（应有{wanted_zh}等列）。请下载模板核对。",
            f"No header row was found in the first {SEARCHED_ROWS} rows of the sheets {names} (columns such as {wanted_en}). Compare with the template.",
        )  # fmt: skip
    header_row, headers, places = _told_headers(found, mapping or {})
    columns, misfits = matched(form, headers, places, title_unit(chosen, header_row))
    findings = [
        Finding(REFUSED, "unit", {"zh": f"列“{header}”的单位“{unit}”不适用，请改为可识别的单位。", "en": f"The unit {unit!r} of column {header!r} does not fit. Use one the template names."}, header_row + 1, name)
        for name, header, unit in misfits
    ]  # fmt: skip
    findings += [doubt for doubt in chosen.doubts if doubt.row is None or doubt.row > header_row]
    findings += _missing_columns(form, columns, header_row)
    findings += _twin_columns(form, headers, places, header_row)
    used = {column.index for column in columns.values()}
    unmapped = [index for index, header in enumerate(headers) if header and index not in used]
    rows, repeated, read = _rows(chosen, header_row, form, columns, findings, progress)
    if not read:
        findings.append(
            Finding(WARNED, "no-rows", {"zh": "表头之下没有数据行。", "en": "There is no row of data below the header."}, header_row + 1)
        )
    suggested = suggest(headers, unmapped, form, set(columns))
    return Reading(chosen.name, header_row + 1, columns, tuple(headers[i] for i in unmapped), suggested, rows, findings, repeated, read)


def _known_fields(form: SheetForm, mapping: Mapping[str, str]) -> None:
    names = [field.name for field in form.fields]
    unknown = [name for name in mapping if name not in names]
    if unknown:
        raise UnableToReadWorkbook(
            "mapping-field", f"“{form.title.get('zh', form.name)}”没有字段{'、'.join(unknown)}，现有：{'、'.join(names)}。请改用其中之一。",
            f"{form.title.get('en', form.name)} has no field {', '.join(unknown)}; there is {', '.join(names)}. Name one of them.",
        )  # fmt: skip


def _told_headers(found: Resolved, mapping: Mapping[str, str]) -> Resolved:
    headers = found[1]
    missing, there = not_there(headers, mapping), [header for header in headers if header]
    if missing:
        raise UnableToReadWorkbook(
            "mapping-header", f"文件中没有（或不止一列是）表头“{'、'.join(missing)}”，现有：{'、'.join(there)}。请照抄其中之一。",
            f"The file has no header {', '.join(missing)}, or more than one column under it; there is {', '.join(there)}. Write one of them as it stands.",
        )  # fmt: skip
    return found


def _choose(
    sheets: Mapping[str, Sheet], form: SheetForm, wanted: str | None, mapping: Mapping[str, str], remembered: Mapping[str, str]
) -> Sheet:
    if wanted is not None:
        if wanted not in sheets:
            names = "、".join(sheets)
            raise UnableToReadWorkbook(
                "no-sheet", f"没有名为“{wanted}”的工作表，现有：{names}。", f"There is no sheet {wanted!r}; there is {', '.join(sheets)}."
            )
        return sheets[wanted]
    filled = [one for one in sheets.values() if any(any(cell not in (None, "") for cell in row) for row in one.rows[:2000])]
    if not filled:
        raise UnableToReadWorkbook("empty", "工作簿中没有数据。", "The workbook holds no data.")
    scored = [(len(found[2]) if (found := resolve(one, form, mapping, remembered)) else 0, -place, one) for place, one in enumerate(filled)]
    return max(scored, key=lambda one: one[:2])[2]


def _missing_columns(form: SheetForm, columns: Mapping[str, Matched], header_row: int) -> list[Finding]:
    return [
        Finding(
            REFUSED, "missing-column", {"zh": f"缺少必填列“{field.label.get('zh')}”。请补充该列，或指定对应的表头。", "en": f"The required column {field.label.get('en')!r} is not there. Add it, or name the header that holds it."},
            header_row + 1, field.name,
        )
        for field in form.fields if field.required and field.name not in columns
    ]  # fmt: skip


def _twin_columns(form: SheetForm, headers: list[str], places: Mapping[str, tuple[int, str]], header_row: int) -> list[Finding]:
    return [
        Finding(
            WARNED, "same-header",
            {"zh": f"“{headers[one]}”（第{one + 1}列）与“{headers[other]}”（第{other + 1}列）同为“{form.field(name).label.get('zh')}”，只读取前者，请核对。",
             "en": f"{headers[one]!r} (column {one + 1}) and {headers[other]!r} (column {other + 1}) both head {form.field(name).label.get('en')!r}: the first is read, the other is not. Compare them."},
            header_row + 1, name,
        )
        for name, one, other in twins(headers, places, form)
    ]  # fmt: skip


def _rows(
    sheet: Sheet, header_row: int, form: SheetForm, columns: Mapping[str, Matched], findings: list[Finding], progress: Progress | None
) -> tuple[list[SheetRow], int, int]:
    rows: list[SheetRow] = []
    seen: dict[tuple[Any, ...], SheetRow] = {}
    whole: dict[tuple[Any, ...], int] = {}
    repeated = read = 0
    plan = [(form.field(name), column) for name, column in columns.items()]
    total = len(sheet.rows)
    for index, cells in cells_below(sheet, header_row + 1):
        number = index + 1
        if is_footer(cells, number, findings) or is_totals(cells, rows, columns, number, findings):
            continue
        read += 1
        values, faults = _values(sheet, index, cells, plan, number)
        if sheet.delimited and any(cell is not None for cell in cells[len(sheet.rows[header_row]) :]):
            faults.append(_shifted(len(sheet.rows[header_row]), len(cells), number))
        if faults:
            findings.extend(_named(fault, values, form) for fault in faults)
            continue
        if progress and read % TOLD_EVERY == 0:
            progress(index, total, "read")
        fingerprint = tuple(values.get(field.name) for field in form.fields)
        if fingerprint in whole:
            repeated += 1
            findings.append(
                Finding(
                    NOTE,
                    "duplicate",
                    {
                        "zh": f"所读各列与第{whole[fingerprint]}行完全相同，只计一次。",
                        "en": f"The same as row {whole[fingerprint]} in every column that is read; counted once.",
                    },
                    number,
                )
            )
            continue
        whole[fingerprint] = number
        row = SheetRow(number, values)
        if _check_key(row, form, seen, findings):
            rows.append(row)
    return rows, repeated, read


def _shifted(wanted: int, there: int, number: int) -> Finding:
    zh = f"本行有{there}列，表头只有{wanted}列：可能某一单元格内的分隔符未加引号，各列已错位。请更正。"
    en = f"The row has {there} cells, the header {wanted}: a delimiter within a cell stands without quotation marks, and what follows is shifted. Correct it."
    return Finding(REFUSED, "shifted", {"zh": zh, "en": en}, number)


def _values(sheet: Sheet, index: int, cells: list[Any], plan: list[Any], number: int) -> tuple[dict[str, Any], list[Finding]]:
    values: dict[str, Any] = {}
    faults: list[Finding] = []
    for field, column in plan:
        cell = row_values(cells, column.index)
        odd = _odd_cell(sheet, (index, column.index), column.header)
        if odd is not None:
            faults.append(
                Finding(REFUSED, odd[0], {"zh": f"“{column.header}”{odd[1]}", "en": f"{column.header!r} {odd[2]}"}, number, field.name)
            )
            continue
        try:
            value = read_cell(cell, field, column.factor)
        except UnableToReadCell as fault:
            zh, en = fault.message["zh"], fault.message["en"]
            faults.append(
                Finding(
                    REFUSED,
                    fault.code,
                    {"zh": f"“{column.header}”{zh}", "en": f"{column.header}: {en}"},
                    number,
                    field.name,
                    folded(cell)[:80],
                )
            )
            continue
        if value is None and field.required:
            faults.append(
                Finding(
                    REFUSED,
                    "required",
                    {"zh": f"“{column.header}”不能为空，请补填。", "en": f"{column.header} must not be empty: fill it in."},
                    number,
                    field.name,
                )
            )
        values[field.name] = with_unit(value, column.unit) if field.amount and value else value
    return values, faults


def _odd_cell(sheet: Sheet, place: tuple[int, int], header: str) -> tuple[str, str, str] | None:
    """Say what is wrong with a cell that reads as blank but is none."""
    if place in sheet.errors:
        return "error-cell", "是公式错误，请在表中更正。", "holds a formula error: mend it in the sheet."
    if place in sheet.uncomputed:
        zh = "是没有计算结果的公式，请在表格软件中打开并保存后再导入。"
        return "formula", zh, "is a formula without a stored result: open and save the file in a spreadsheet first."
    return None


def _named(fault: Finding, values: Mapping[str, Any], form: SheetForm) -> Finding:
    """Say whose row it is."""
    who = next((str(values[name]) for name in form.key if values.get(name)), "")
    if not who:
        return fault
    message = {"zh": f"{who}：{fault.message['zh']}", "en": f"{who}: {fault.message['en']}"}
    return Finding(fault.severity, fault.code, message, fault.row, fault.column, fault.value)


def _check_key(row: SheetRow, form: SheetForm, seen: dict[tuple[Any, ...], SheetRow], findings: list[Finding]) -> bool:
    """Say whether the row may be taken: not when a row before it tells other values of the same thing."""
    key = tuple(row.values.get(name) for name in form.key)
    if not any(key):
        return True
    other = seen.setdefault(key, row)
    if other is not row:
        differing = [one for one in form.fields if one.name not in form.key and row.values.get(one.name) != other.values.get(one.name)]
        zh = "、".join(one.label.get("zh", one.name) for one in differing)
        en = ", ".join(one.label.get("en", one.name) for one in differing)
        who = "/".join(str(part) for part in key if part)
        severity = WARNED if "name" in [one.name for one in differing] else REFUSED
        findings.append(
            Finding(severity, "conflict", {"zh": f"{who}与第{other.number}行是同一对象，但{zh}不同，请只留一行。", "en": f"{who} stands in row {other.number} too, with another {en}. Keep one of the two."}, row.number)
        )  # fmt: skip
        return severity != REFUSED
    return True
