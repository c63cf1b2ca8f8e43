"""Text tables: in any encoding that towns send, by comma, tab or semicolon, with quotation marks that may be missing."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from charset_normalizer import from_bytes

from townwright.frame.workbooks.forms import WARNED, Finding, UnableToReadWorkbook

MOST_CELL = 10_000_000
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_END = "\x1e end of the file \x1e"


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, GB 18030 or another encoding that fits."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    best = from_bytes(data[:1_000_000]).best()
    return data.decode(best.encoding if best else "latin-1", errors="replace")


def delimiter_of(text: str) -> str:
    """Return the character that parts the columns: the most frequent outside quotation marks in the first twenty lines."""
    first = "\n".join(_QUOTED.sub("", text[:200_000]).splitlines()[:20])
    return max(",\t;", key=first.count)


def read_delimited(path: Path) -> tuple[list[list[str | None]], list[Finding]]:
    """Return the rows of a text table, and what is odd about them.

    Raises:
        UnableToReadWorkbook: it is no text, or a quotation mark is opened and never closed.
    """
    text = decode(path.read_bytes())
    if "\x00" in text:
        raise UnableToReadWorkbook(
            "malformed", f"“{path.name}”不是文本表格，请导出为CSV或.xlsx。", f"{path.name} is not a text table: export it as CSV or .xlsx."
        )
    delimiter = delimiter_of(text)
    csv.field_size_limit(MOST_CELL)
    # The last line tells whether the one before was read to its end, or swallowed by an open quotation mark.
    stream = io.StringIO(text + ("" if text.endswith(("\n", "\r")) else "\n") + _END, newline="")
    try:
        rows = list(csv.reader(stream, delimiter=delimiter))
    except csv.Error as fault:
        raise UnableToReadWorkbook(
            "malformed",
            f"“{path.name}”无法按文本表格读取（{fault}），请导出为.xlsx。",
            f"{path.name} cannot be read as a text table ({fault}): export it as .xlsx.",
        ) from fault
    if rows.pop() != [_END]:
        raise UnableToReadWorkbook(
            "quote",
            f"第{len(rows) + 1}行的引号没有结束，其后各行都被并入一个单元格。请补上或删去引号。",
            f"A quotation mark opened in row {len(rows) + 1} is never closed and swallows what follows. Close it, or remove it.",
        )
    return [[cell if cell != "" else None for cell in row] for row in rows], _swallowed(rows, delimiter)


def _swallowed(rows: list[list[str]], delimiter: str) -> list[Finding]:
    """Tell of cells that hold what looks like whole rows: two stray quotation marks make one cell of all between them."""
    width = max((len(row) for row in rows[:30]), default=0)
    if width < 3:
        return []
    return [
        Finding(
            WARNED, "quote",
            {"zh": f"单元格“{cell[:30]}…”中像是并入了整行数据，请核对引号。", "en": f"The cell {cell[:30]!r}… seems to hold whole rows: check the quotation marks."},
            number, "", cell[:80],
        )
        for number, row in enumerate(rows, 1) for cell in row if "\n" in cell and cell.count(delimiter) >= width - 1
    ]  # fmt: skip
