"""Several versions of one rulebook beside each other: no two may be in force on the same day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations

from townwright.kernel.formula.compiled import rulebook_hash
from townwright.kernel.formula.findings import ERROR, Place, RulebookFinding
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.rulebook import Rulebook


def check_versions(books: Sequence[Rulebook]) -> list[RulebookFinding]:
    """Return an error for each two rulebooks of one code that are in force together, or share a version but not a text."""
    found = []
    for one, other in combinations(books, 2):
        if one.code != other.code:
            continue
        if one.version == other.version:
            if rulebook_hash(one) != rulebook_hash(other):
                words = {"code": one.code, "version": one.version, "other": other.source}
                found.append(RulebookFinding.of(ERROR, Place(one.source, 1), "same-version", **words))
            continue
        start = max(filter(None, (one.start, other.start)), default=None)
        end = min(filter(None, (one.end, other.end)), default=None)
        if start is not None and end is not None and start >= end:
            continue
        later = max((book.start for book in (one, other) if book.start), default=None)
        told: dict[str, object] = {
            "code": one.code, "version": one.version, "other_version": other.version, "other": other.source,
            "span": _span(start, end), "hint": _repair(one.start, other.start, later),
        }  # fmt: skip
        found.append(RulebookFinding.of(ERROR, Place(one.source, 1), "overlap", **told))
    return found


def _span(start: date | None, end: date | None) -> Said:
    begins = Said(f"自 {start} 起", f"from {start}") if start else Said("一直以来", "from ever")
    return Said(f"{begins.zh}至 {end}（不含）", f"{begins.en} up to but without {end}") if end else Said(begins.zh, f"{begins.en} on")


def _repair(one: date | None, other: date | None, later: date | None) -> Said:
    """Return how to part the two: close the older one, or where both begin on one day, let one of them begin later."""
    if one == other:
        return Said(
            "两者同日起效：请让后一版本晚些起效，再以 in_force: to 终止前一版本。",
            "Both begin on the same day: let the later one begin later, and close the other on that day with in_force: to.",
        )
    return Said(f"请以 in_force: {{to: {later}}} 终止较早的版本。", f"Close the older one with in_force: {{to: {later}}}.")
