"""From a file to rows of raw cells: guarded against bombs, wrong sheets and files that are no workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine

from townwright.frame.workbooks import packed
from townwright.frame.workbooks.delimited import read_delimited
from townwright.frame.workbooks.forms import WARNED, Finding, UnableToReadWorkbook

MOST_BYTES = 200 * 1024 * 1024
ERRORS = frozenset({"#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
OLD_FORMAT = Finding(
    WARNED, "old-format",
    {"zh": "旧格式.xls中，公式错误和没有结果的公式读作空白，请核对空白单元格，或另存为.xlsx。", "en": "In an old .xls file formula errors, and formulas without a result, read as blanks: check the blank cells, or save as .xlsx."},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """Raw cells of one sheet, merged cells, and as (row, column) from 0: formulas without a stored value, error values.

    ``doubts`` are findings of the reading itself; ``delimited`` tells a text table, where a stray comma shifts a row.
    """

    name: str
    rows: list[list[Any]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    uncomputed: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()
    doubts: tuple[Finding, ...] = ()
    delimited: bool = False


def read_sheets(path: Path) -> dict[str, Sheet]:
    """Read every visible sheet of a workbook, or the one table of a CSV file.

    Raises:
        UnableToReadWorkbook: it is too large, a zip bomb, protected, damaged, or no workbook at all.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise UnableToReadWorkbook(
            "too-large",
            f"文件有{size >> 20}MB，上限{MOST_BYTES >> 20}MB，请拆分后导入。",
            f"The file has {size >> 20} MB; the most is {MOST_BYTES >> 20} MB. Split it.",
        )
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0") and path.suffix.lower() != ".xls":
        raise UnableToReadWorkbook(
            "protected",
            "文件设有密码或为旧格式，请取消密码并另存为.xlsx。",
            "The file is protected by a password or of an old format: remove it and save as .xlsx.",
        )
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _workbook(path, zipped=head.startswith(b"PK"))
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
        raise UnableToReadWorkbook(
            "malformed",
            f"“{path.name}”不是工作簿文件（文件头不符），请重新导出。",
            f"{path.name} is not a workbook (its first bytes are not one's): export it again.",
        )
    rows, doubts = read_delimited(path)
    return {"csv": Sheet("csv", rows, doubts=tuple(doubts), delimited=True)}


def _workbook(path: Path, *, zipped: bool) -> dict[str, Sheet]:
    odd: dict[str, packed.Odd] = {}
    if zipped:
        packed.guard(path)
        odd = packed.odd_cells(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        visible = [meta.name for meta in book.sheets_metadata if str(meta.visible).endswith("Visible") and "Work" in str(meta.typ)]
        found = {}
        for name in visible:
            sheet = book.get_sheet_by_name(name)
            start = sheet.start or (0, 0)
            rows = [[None] * start[1] + row for row in sheet.to_python(skip_empty_area=True)]
            merged = tuple((a[0], a[1], b[0], b[1]) for a, b in (sheet.merged_cell_ranges or ()))
            told = odd.get(name, packed.Odd())
            found[name] = Sheet(
                name, [[]] * start[0] + rows, merged, frozenset(told.uncomputed), frozenset(told.errors), () if zipped else (OLD_FORMAT,)
            )
    except (python_calamine.CalamineError, OSError, ValueError) as fault:
        raise UnableToReadWorkbook(
            "malformed",
            f"无法读取“{path.name}”：{fault}。请重新导出为.xlsx。",
            f"{path.name} cannot be read: {fault}. Export it again as .xlsx.",
        ) from fault
    return found


def cells_below(sheet: Sheet, start: int) -> Iterator[tuple[int, list[Any]]]:
    """Yield non-empty rows from the row index on, with their index."""
    for index in range(start, len(sheet.rows)):
        row = sheet.rows[index]
        if any(cell not in (None, "") for cell in row):
            yield index, row
