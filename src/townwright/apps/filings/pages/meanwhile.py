"""Two correctors of one return: the second is told what the first changed, and may go on from there."""

from __future__ import annotations

from typing import Any

from townwright.apps.filings import selectors as filings
from townwright.frame.meanwhile import Change


def taken_over(row: Any, seen: int, texts: dict[str, str]) -> list[tuple[Any, Change, bool]]:
    """Return what was corrected since the version that the second corrector saw: label, change, whether they typed there too.

    ``texts``, what they typed, is brought up to what stands now wherever they had left the value as they found it.
    """
    before = filings.values_of_version(row, seen)
    newer = [one for one in filings.corrections(row) if one.version > seen]
    found = []
    for field in filings.definition(row.dataset).fields:
        old, now = filings.as_text(before.get(field.name)), filings.as_text(row.values.get(field.name))
        if old == now:
            continue
        mine = texts[field.name].strip() != old
        if not mine:
            texts[field.name] = now
        author = next((one for one in newer if any(changed.name == field.name for changed, _old, _new in one.changes)), None)
        change = Change(field.name, old, now, author.by if author else "", author.at if author else None)
        found.append((field.label, change, mine))
    return found
