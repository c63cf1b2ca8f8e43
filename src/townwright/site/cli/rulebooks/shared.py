"""What the verbs on rulebooks share: the group, reading files or packaged codes, rows from files or snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones.selectors import zone_by_code
from townwright.kernel.formula import (
    Rulebook,
    RulebookFinding,
    RulebookRefused,
    check_rulebook,
    load_rulebook,
    tables_of_rows,
)
from townwright.kernel.formula.datafile import DataFile, read_data
from townwright.kernel.values.said import SaidError
from townwright.rulebooks import packaged
from townwright.site.cli.frame import group, migrated
from townwright.site.cli.options import JSON

FILES = click.argument("files", nargs=-1, required=True, metavar="FILE|CODE…")
PERIOD = click.option("--period", default="", help="Period, as 2016, 2016Q1 or 2016-03 (default: the data's own).")
ON = click.option(
    "--on", "on_day", default="", metavar="DATE", help="Day on which parameters and force are read (default: the period's last)."
)


__all__ = [
    "FILES", "JSON", "ON", "PERIOD", "UnableToRead", "book_of", "checked", "data_of", "day_of", "plain", "rulebook_group", "tables_for", "text_of",
]  # fmt: skip


class UnableToRead(SaidError):
    """A file, code, case or option cannot be read."""


@group("rulebook")
def rulebook_group() -> None:
    """Write, check, test, explain and compare rulebooks."""


def text_of(name: str) -> tuple[str, str]:
    """Return text and source of a file, or of the packaged rulebook of that code.

    Raises:
        UnableToRead: there is neither, or the file is not UTF-8.
    """
    path = Path(name)
    if path.is_file():
        try:
            return path.read_text(encoding="utf-8"), name
        except UnicodeDecodeError as fault:
            raise UnableToRead(f"{name} 不是 UTF-8 编码。", f"{name} is not UTF-8.") from fault
    for source, text in packaged().items():
        if Path(source).stem == name:
            return text, source
    raise UnableToRead(f"“{name}”既不是文件，也不是内置规则的代码。", f"{name!r} is neither a file nor the code of a packaged rulebook.")


def checked(name: str, *, notes: bool = False) -> tuple[Rulebook | None, list[RulebookFinding]]:
    """Return the rulebook (None if it cannot be read) and what the checker says."""
    text, source = text_of(name)
    try:
        book = load_rulebook(text, source=source)
    except RulebookRefused as fault:
        return None, list(fault.findings)
    return book, check_rulebook(book, notes=notes)


def book_of(name: str) -> Rulebook:
    """Return a rulebook that can be used.

    Raises:
        RulebookRefused: with all errors.
    """
    book, findings = checked(name)
    errors = [finding for finding in findings if finding.severity == "error"]
    if book is None or errors:
        raise RulebookRefused(errors)
    return book


def day_of(text: str) -> date | None:
    """Return the day of an option, None if it was not given.

    Raises:
        UnableToRead: it is no date.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise UnableToRead(f"--on {text} 不是日期，请写作 2020-12-31。", f"--on {text} is not a date: write 2020-12-31.") from fault


def data_of(path: str) -> DataFile:
    """Return the rows of a data file."""
    text, source = text_of(path)
    return read_data(text, source=source)


def tables_for(book: Rulebook, data: str, zone_code: str, period: str) -> tuple[Mapping[str, pa.Table], str, date | None]:
    """Return tables, period and day from a data file or from a zone's snapshot.

    Raises:
        UnableToRead: neither or both are given, the period is not told, or the database is not set up.
        UnknownZone, UnknownSnapshot: there is no such zone or snapshot.
    """
    if bool(data) == bool(zone_code):
        raise UnableToRead("请给出 --data 文件，或 --zone 区域，二者择一。", "Give either --data FILE or --zone CODE.")
    if zone_code:
        if not migrated():
            raise UnableToRead(
                "数据库尚未就绪，请先运行 townwright init。", "The database is not set up for this version. Run: townwright init"
            )
        frozen = snapshots.latest(zone_by_code(zone_code), period)
        return snapshots.tables(frozen), frozen.period, None
    told = data_of(data)
    when = period or told.period
    if not when:
        raise UnableToRead("数据文件没有写 period，请用 --period 给出。", "The data file says no period: give --period.")
    return tables_of_rows(book, told.data), when, told.on


def plain(value: Any) -> Any:
    """Return a value JSON-ready; numbers as text."""
    return value if value is None or isinstance(value, bool | str | int) else str(value)
