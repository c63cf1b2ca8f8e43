"""Several versions of one rulebook beside each other: no two may be in force on the same day."""

from __future__ import annotations

from collections.abc import Sequence
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
            "start": start or Said("一直以来", "ever"), "end": end or Said("今后", "ever"), "close": later or "…",
        }  # fmt: skip
        found.append(RulebookFinding.of(ERROR, Place(one.source, 1), "overlap", **told))
    return found
