"""What every adoption of a rulebook version demands, whichever app keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from townwright.frame.text import in_language
from townwright.kernel.formula import Rulebook, RulebookRefused, check_rulebook, has_errors, load_rulebook, run_cases
from townwright.kernel.values.offer import TableOffer


class UnableToAdoptRulebook(ValueError):
    """A rulebook is not fit to be used: its findings, the cases that fail, or the version it collides with."""


class Adopted(Protocol):
    """A version that a zone keeps."""

    version: str
    hash: str
    in_force_from: date | None
    in_force_to: date | None


Row = TypeVar("Row", bound=Adopted)


def fit_rulebook(text: str, *, source: str, kinds: tuple[str, ...], offers: Mapping[str, TableOffer]) -> Rulebook:
    """Return the rulebook of a text that checks against the tables that the zone offers, and whose cases pass.

    Raises:
        UnableToAdoptRulebook: it does not read or check, reads a table or column that no snapshot of the zone has, a case
            fails, or it is of another kind.
    """
    try:
        book = load_rulebook(text, source=source)
    except RulebookRefused as fault:
        raise UnableToAdoptRulebook(in_language(fault.message)) from fault
    if book.kind not in kinds:
        told = {"source": source, "kind": book.kind, "kinds": ", ".join(kinds)}
        raise UnableToAdoptRulebook(_("%(source)s is of the kind %(kind)s; here %(kinds)s can be adopted.") % told)
    findings = check_rulebook(book, offers=offers)
    if has_errors(findings):
        raise UnableToAdoptRulebook(in_language(RulebookRefused(findings).message))
    failed = [difference for result in run_cases(book) if not result.passed for difference in result.differences]
    if failed:
        told = in_language({"zh": "\n".join(one.zh for one in failed), "en": "\n".join(one.en for one in failed)})
        raise UnableToAdoptRulebook(_("%(source)s: cases fail:") % {"source": source} + "\n" + told)
    return book


def held_already(held: Iterable[Row], book: Rulebook, digest: str) -> tuple[Row | None, Row | None]:
    """Return the row that holds this very text, and the open-ended row that a new version takes over from on its first day.

    Raises:
        UnableToAdoptRulebook: the version is held with another text, or another version is in force in the same days.
    """
    former: Row | None = None
    for row in held:
        if row.version == book.version and row.hash == digest:
            return row, None
        if row.version == book.version:
            raise UnableToAdoptRulebook(_("%(row)s is adopted with another text. Give the changed rulebook a new version.") % {"row": row})
        begun = book.start is not None and (row.in_force_from is None or row.in_force_from < book.start)
        if row.in_force_to is None and begun:
            former = row
        elif overlap(row.in_force_from, row.in_force_to, book.start, book.end):
            told = {"row": row, "version": book.version}
            raise UnableToAdoptRulebook(
                _("%(row)s is in force in the same days as %(version)s. Let the new version begin later, or withdraw the older one.") % told
            )
    return None, former


def overlap(start: date | None, end: date | None, other_start: date | None, other_end: date | None) -> bool:
    """Say whether two half-open spans share a day; None is open."""
    starts_before = start is None or other_end is None or start < other_end
    return starts_before and (other_start is None or end is None or other_start < end)
