"""A file that was brought as one dataset and looks like another: said before anybody lands it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from townwright.frame.workbooks.files import read_sheets
from townwright.frame.workbooks.forms import WARNED, Finding, Reading, SheetForm, UnableToReadWorkbook
from townwright.frame.workbooks.headers import fields_named, resolve

# A name and a year head nearly every table: a form fits a file by more than these.
FEWEST = 3
CLEARLY = 2


def other_dataset(reading: Reading, form: SheetForm, peers: Sequence[SheetForm]) -> list[Finding]:
    """Return a warning where another form names clearly more of the file's columns than the one it was read by."""
    headers = [column.header for column in reading.mapping.values()] + list(reading.unmapped)
    named = {peer.name: len(fields_named(headers, peer)) for peer in peers if peer.name != form.name}
    best = max(peers, key=lambda peer: named.get(peer.name, 0), default=None)
    own = len(reading.mapping)
    if best is None or named.get(best.name, 0) < max(FEWEST, own + CLEARLY):
        return []
    count, zh, en = named[best.name], best.title.get("zh", best.name), best.title.get("en", best.name)
    message = {
        "zh": f"文件的列更像“{zh}”（{best.name}，可识别{count}列），按“{form.title.get('zh', form.name)}”只识别{own}列。请确认所选数据集。",
        "en": f"The columns look like {en} ({best.name}: {count} of them fit); as {form.title.get('en', form.name)} only {own} do. Is it the right dataset?",
    }
    return [Finding(WARNED, "other-dataset", message, reading.header_row)]


def with_guess(fault: UnableToReadWorkbook, path: Path, form: SheetForm, peers: Sequence[SheetForm]) -> UnableToReadWorkbook:
    """Return the refusal of a file without a header row, with the dataset that it looks like, where it looks like one."""
    if fault.code != "no-header":
        return fault
    sheets = list(read_sheets(path).values())
    fits = [
        (max((len(found[2]) for sheet in sheets if (found := resolve(sheet, peer, {}))), default=0), -place, peer)
        for place, peer in enumerate(peers)
        if peer.name != form.name
    ]
    count, _, best = max(fits, key=lambda one: one[:2], default=(0, 0, form))
    if count < FEWEST:
        return fault
    zh = f"该文件更像“{best.title.get('zh', best.name)}”（{best.name}）。"
    en = f" It looks like {best.title.get('en', best.name)} ({best.name})."
    return UnableToReadWorkbook(fault.code, fault.message["zh"] + zh, fault.message["en"] + en)
