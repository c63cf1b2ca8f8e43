"""Zipped workbooks from outside, before any reader unpacks them: their size, how far their cells reach, and odd cells."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from townwright.frame.workbooks.forms import UnableToReadWorkbook

MOST_UNPACKED = 2 * 1024 * 1024 * 1024
MOST_RATIO = 200
MOST_ENTRIES = 10_000
MOST_CELLS = 20_000_000
_BLOCK, _OVERLAP = 8 * 1024 * 1024, 256 * 1024
_NEAR_ROWS, _NEAR_COLUMNS = 99_999, 26
# The text of a formula holds no "<", so that a cell is matched on its own and in one pass.
_FORMULA = re.compile(rb"<c\b([^>]*)>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_ERROR = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
_REFERENCE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_CELL = rb'<(?:\w+:)?c\s(?:r=|[^r>][^>]*?\sr=)["\'](%s)["\'][^>]*(?<!/)>'
_FAR = re.compile(_CELL % rb"[A-Za-z]{2,}\d+|[A-Za-z]\d{6,}")
_ANY = re.compile(_CELL % rb"[A-Za-z]+\d+")
_ODS_TOKEN = re.compile(
    rb"<table:table(?=[\s>/])([^>]*)>|<table:table-row(?=[\s>/])([^>]*)>|<table:(?:covered-)?table-cell(?=[\s>/])([^>]*)>"
)
_REPEATED = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d+)"')
_ODS_NAME = re.compile(rb'table:name="([^"]*)"')
_SHEET = re.compile(r"^/?xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
Places = set[tuple[int, int]]


@dataclass(slots=True)
class Odd:
    """Cells of one sheet that read as blank but are none, as (row, column) from 0. Mutable while it is filled."""

    uncomputed: Places = field(default_factory=set)
    errors: Places = field(default_factory=set)


def guard(path: Path) -> None:
    """Refuse what would unpack out of proportion, and what no reader here can look into.

    Raises:
        UnableToReadWorkbook: damaged, a zip bomb, or a binary workbook (.xlsb).
    """
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
    if any(entry.filename == "xl/workbook.bin" for entry in entries):
        raise UnableToReadWorkbook(
            "binary",
            f"“{path.name}”是二进制工作簿（.xlsb），请另存为.xlsx。",
            f"{path.name} is a binary workbook (.xlsb): save it as .xlsx.",
        )


def odd_cells(path: Path) -> dict[str, Odd]:
    """Return, for each sheet, formulas without a stored result and error values; cells must not reach out of bounds.

    Raises:
        UnableToReadWorkbook: a value stands so far out that the sheet would not fit into memory, or an entry is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if "content.xml" in archive.namelist():
                return _odd_in_ods(archive.read("content.xml"))
            names = {entry: name for name, entry in _entries(archive).items()}
            sheets = {*names, *(entry for entry in archive.namelist() if _SHEET.search(entry))}
            return {names.get(entry, entry): _scanned(archive, entry, names.get(entry, entry)) for entry in sorted(sheets)}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as fault:
        raise UnableToReadWorkbook(
            "malformed", f"“{path.name}”已损坏（{fault}），请重新导出。", f"{path.name} is damaged ({fault}): export it again."
        ) from fault


def _blocks(archive: zipfile.ZipFile, entry: str) -> Iterator[bytes]:
    """Yield an entry in blocks that overlap by more than a cell, so that a large sheet is never whole in memory."""
    tail = b""
    with archive.open(entry) as stream:
        while block := stream.read(_BLOCK):
            yield tail + block
            tail = (tail + block)[-_OVERLAP:]


def _scanned(archive: zipfile.ZipFile, entry: str, name: str) -> Odd:
    odd, far = Odd(), set()
    for block in _blocks(archive, entry):
        far.update(_FAR.findall(block))
        if b"<f" in block:
            for cell in _FORMULA.finditer(block):
                # A formula that gives an empty text stores one: that is a blank, not a missing result.
                if b't="str"' not in cell.group(1):
                    _note(odd.uncomputed, cell.group(1))
        if b't="e"' in block:
            for cell in _ERROR.finditer(block):
                _note(odd.errors, cell.group(0))
    rows, columns = _reach(far, _NEAR_ROWS, _NEAR_COLUMNS)
    if rows * columns > MOST_CELLS:
        _demand_reach(archive, entry, name)
    return odd


def _reach(references: set[bytes], rows: int = 0, columns: int = 0) -> tuple[int, int]:
    for reference in references:
        letters = reference.rstrip(b"0123456789")
        rows, columns = max(rows, int(reference[len(letters) :])), max(columns, column_index(letters.decode()) + 1)
    return rows, columns


def _demand_reach(archive: zipfile.ZipFile, entry: str, name: str) -> None:
    """Refuse a sheet whose values span too wide a box: the reader lays out every cell of it."""
    rows = columns = 0
    for block in _blocks(archive, entry):
        rows, columns = _reach(set(_ANY.findall(block)), rows, columns)
    if rows * columns > MOST_CELLS:
        raise UnableToReadWorkbook(
            "far-cell", f"工作表“{name}”的数据铺到第{rows}行第{columns}列，超出可读范围。请删去表外多余的单元格后另存。",
            f"Values of sheet {name!r} reach to row {rows} and column {columns}, further than can be read. Delete the stray cells beside the table and save again.",
        )  # fmt: skip


def _note(places: Places, attributes: bytes) -> None:
    reference = _REFERENCE.search(attributes)
    if reference:
        places.add((int(reference.group(2)) - 1, column_index(reference.group(1).decode())))


def _odd_in_ods(content: bytes) -> dict[str, Odd]:
    found: dict[str, Odd] = {}
    odd, row, column, step = Odd(), -1, 0, 1
    if b'value-type="error"' not in content and b"table:formula" not in content:
        return found
    for token in _ODS_TOKEN.finditer(content):
        table, line, cell = token.groups()
        if table is not None:
            name = _ODS_NAME.search(table)
            odd = found.setdefault(html.unescape(name.group(1).decode("utf-8", "replace")) if name else "", Odd())
            row, step = -1, 1
        elif line is not None:
            row, column, step = row + step, 0, _times(line)
        elif cell is not None:
            if b'value-type="error"' in cell:
                odd.errors.add((row, column))
            elif b"table:formula" in cell and b"office:value-type" not in cell:
                odd.uncomputed.add((row, column))
            column += _times(cell)
    return found


def _times(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found.group(1)) if found else 1


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


def column_index(letters: str) -> int:
    """Return the index from 0 of a column told in letters: A → 0, AA → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1
