"""Text tables: in any encoding that towns send, by comma, tab or semicolon, with quotation marks that may be missing."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from charset_normalizer import from_bytes

from townwright.frame.workbooks.forms import WARNED, Finding, UnableToReadWorkbook

MOST_CELL = 10_000_000
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_END = "\x1e end of the file \x1e"


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file, and its encoding where that had to be guessed: "" for UTF-8, UTF-16 with its mark, GB 18030."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace"), ""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), ""
        except UnicodeDecodeError:
            continue
    # A Western file is letters of ASCII but for an accent here and there; of those a guess by frequency makes anything.
    western = sum(byte > 127 for byte in data[:1_000_000]) * 10 < len(data[:1_000_000])
    best = None if western else from_bytes(data[:1_000_000]).best()
    encoding = best.encoding if best else "cp1252"
    return data.decode(encoding, errors="replace"), encoding


def delimiter_of(text: str) -> str:
    """Return the character that parts the columns: the most frequent outside quotation marks in the first twenty lines."""
    first = "\n".join(_QUOTED.sub("", text[:200_000]).splitlines()[:20])
    return max(",\t;", key=first.count)


def read_delimited(path: Path) -> tuple[list[list[str | None]], list[Finding]]:
    """Return the rows of a text table, and what is odd about them.

    Raises:
        UnableToReadWorkbook: it is no text, or a quotation mark is opened and never closed.
    """
    text, guessed = decode(path.read_bytes())
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
    findings = _swallowed(rows, delimiter)
    if guessed:
        zh = f"文件不是UTF-8或GB 18030编码，按{guessed}读取，个别文字可能有误，请核对。"
        en = f"The file is neither UTF-8 nor GB 18030; read as {guessed}, some letters may be wrong. Compare them."
        findings.insert(0, Finding(WARNED, "encoding", {"zh": zh, "en": en}))
    return [[cell if cell != "" else None for cell in row] for row in rows], findings


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
