"""From a file to rows of raw cells: guarded against bombs, wrong sheets and files that are no workbooks."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine
from charset_normalizer import from_bytes

from townwright.frame.workbooks.forms import UnableToReadWorkbook

MOST_BYTES = 200 * 1024 * 1024
MOST_UNPACKED = 2 * 1024 * 1024 * 1024
MOST_RATIO = 200
MOST_ENTRIES = 10_000
_FORMULA = re.compile(rb"<c\b([^>]*)>\s*<f\b(?:[^>]*/>|.*?</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>", re.DOTALL)
_ERROR = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
_REFERENCE = re.compile(rb'\br="([A-Z]+)(\d+)"')
ERRORS = frozenset({"#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """Raw cells of one sheet, merged cells, and as (row, column) from 0: formulas without a stored value, error values."""

    name: str
    rows: list[list[Any]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    uncomputed: frozenset[tuple[int, int]] = frozenset()
    errors: frozenset[tuple[int, int]] = frozenset()


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
    return {"csv": Sheet("csv", _csv_rows(path))}


def _guard_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as fault:
        raise UnableToReadWorkbook(
            "malformed", f"“{path.name}”已损坏或不完整，请重新导出。", f"{path.name} is damaged or cut short: export it again."
        ) from fault
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > MOST_UNPACKED or len(entries) > MOST_ENTRIES or (unpacked > 64 * 1024 * 1024 and unpacked / packed > MOST_RATIO):
        raise UnableToReadWorkbook(
            "bomb", f"文件解压后有{unpacked >> 20}MB，与其大小不相称，已拒绝。请删去空行空列后另存。",
            f"The file would unpack to {unpacked >> 20} MB, out of proportion to its size, and is refused. Delete empty rows and columns and save again.",
        )  # fmt: skip


def _workbook(path: Path, *, zipped: bool) -> dict[str, Sheet]:
    if zipped:
        _guard_zip(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        visible = [meta.name for meta in book.sheets_metadata if str(meta.visible).endswith("Visible") and "Work" in str(meta.typ)]
        found = {}
        for name in visible:
            sheet = book.get_sheet_by_name(name)
            start = sheet.start or (0, 0)
            rows = [[None] * start[1] + row for row in sheet.to_python(skip_empty_area=True)]
            merged = tuple((a[0], a[1], b[0], b[1]) for a, b in (sheet.merged_cell_ranges or ()))
            found[name] = Sheet(name, [[]] * start[0] + rows, merged)
    except (python_calamine.CalamineError, OSError, ValueError) as fault:
        raise UnableToReadWorkbook(
            "malformed",
            f"无法读取“{path.name}”：{fault}。请重新导出为.xlsx。",
            f"{path.name} cannot be read: {fault}. Export it again as .xlsx.",
        ) from fault
    if zipped and path.suffix.lower() != ".ods":
        with zipfile.ZipFile(path) as archive:
            for name, entry in _entries(archive).items():
                if name in found:
                    uncomputed, errors = _odd_cells(archive.read(entry))
                    found[name] = Sheet(name, found[name].rows, found[name].merged, uncomputed, errors)
    return found


def _entries(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the file of each sheet inside the workbook, by the sheet's name."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    targets = {}
    for relation in re.findall(r"<Relationship\b[^>]*>", archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")):
        told = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        targets[told.get("Id", "")] = "xl/" + told.get("Target", "").removeprefix("/xl/").removeprefix("xl/")
    found = {}
    for sheet in re.findall(r"<sheet\b[^>]*>", archive.read("xl/workbook.xml").decode("utf-8", "replace")):
        told = dict(re.findall(r'([\w:]+)="([^"]*)"', sheet))
        entry = targets.get(told.get("r:id", ""), "")
        if entry in names:
            found[html.unescape(told.get("name", ""))] = entry
    return found


def _odd_cells(content: bytes) -> tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]:
    """Find formulas without a stored value, and error values: both read as blank, which would pass for missing."""
    uncomputed, errors = set(), set()
    if b"<f" in content:
        for cell in _FORMULA.finditer(content):
            reference = _REFERENCE.search(cell.group(1))
            if reference:
                uncomputed.add((int(reference.group(2)) - 1, _column_index(reference.group(1).decode())))
    if b't="e"' in content:
        for cell in _ERROR.finditer(content):
            reference = _REFERENCE.search(cell.group(0))
            if reference:
                errors.add((int(reference.group(2)) - 1, _column_index(reference.group(1).decode())))
    return frozenset(uncomputed), frozenset(errors)


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, GB 18030 or another encoding that fits."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    best = from_bytes(data[:1_000_000]).best()
    return data.decode(best.encoding if best else "latin-1", errors="replace")


def _csv_rows(path: Path) -> list[list[Any]]:
    data = path.read_bytes()
    if b"\x00" in data[:4096]:
        raise UnableToReadWorkbook(
            "malformed", f"“{path.name}”不是文本表格。", f"{path.name} is not a text table: export it as CSV or .xlsx."
        )
    text = decode(data)
    first = "\n".join(text.splitlines()[:20])
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(10_000_000)
    return [[cell if cell != "" else None for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


def cells_below(sheet: Sheet, start: int) -> Iterator[tuple[int, list[Any]]]:
    """Yield non-empty rows from the row index on, with their index."""
    for index in range(start, len(sheet.rows)):
        row = sheet.rows[index]
        if any(cell not in (None, "") for cell in row):
            yield index, row
