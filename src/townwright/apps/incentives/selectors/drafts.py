"""Drafts of policies, and what the checker and the cases say of a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from townwright.apps.incentives.models import DraftText, RulebookDraft, ZoneRulebook
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.adoption import UnableToAdoptRulebook, held_already
from townwright.kernel.formula import (
    CaseResult,
    Rulebook,
    RulebookFinding,
    RulebookRefused,
    check_rulebook,
    has_errors,
    load_rulebook,
    rulebook_hash,
    run_cases,
)
from townwright.kernel.values.offer import TableOffer

# What a person may type before checking it would keep others waiting.
MOST_CHARACTERS = 400_000


class UnknownDraft(LookupError):
    """The zone has no such draft."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be said of a text: ``book`` is None where it cannot be read; cases run only on a text without errors."""

    book: Rulebook | None
    findings: tuple[RulebookFinding, ...]
    cases: tuple[CaseResult, ...]

    @property
    def sound(self) -> bool:
        """Whether it checks without an error."""
        return self.book is not None and not has_errors(self.findings)

    @property
    def fit(self) -> bool:
        """Whether it checks, has cases, and all of them pass."""
        return self.sound and bool(self.cases) and all(case.passed for case in self.cases)


def drafts(zone: Any, *, status: str = "") -> QuerySet[RulebookDraft]:
    """Return drafts without their texts, the newest first; without a status those that are open."""
    rows = RulebookDraft.objects.in_zone(zone).select_related("base", "published").defer("text")
    return rows.filter(status__in=[status] if status else RulebookDraft.OPEN).order_by("-written_at", "-pk")


def draft(zone: Any, pk: int) -> RulebookDraft:
    """Return a draft.

    Raises:
        UnknownDraft: the zone has none of that number.
    """
    row = RulebookDraft.objects.in_zone(zone).select_related("base", "published").filter(pk=pk).first()
    if row is None:
        raise UnknownDraft(_("There is no draft %(pk)s in %(zone)s.") % {"pk": pk, "zone": zone})
    return row


def history(row: RulebookDraft) -> QuerySet[DraftText]:
    """Return the texts that a draft had before, newest first."""
    return DraftText.objects.in_zone(row.zone_id).filter(draft=row).order_by("-revision")


def checked(zone: Any, text: str, source: str) -> Checked:
    """Check a text against the tables that the zone offers, and run its cases where it has no error.

    Raises:
        UnableToAdoptRulebook: the text is longer than anybody writes.
    """
    if len(text) > MOST_CHARACTERS:
        told = {"count": len(text), "most": MOST_CHARACTERS}
        raise UnableToAdoptRulebook(_("The text has %(count)d characters; at most %(most)d are checked here. Split the rulebook.") % told)
    offers = snapshots.offered(zone)
    return _checked(text, source, tuple(sorted(offers)), _Offers(offers))


class _Offers(dict[str, TableOffer]):
    """Tables on offer, told apart by their names and columns."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple((name, tuple(column.name for column in self[name].columns)) for name in sorted(self)))


@lru_cache(maxsize=64)
def _checked(text: str, source: str, _names: tuple[str, ...], offers: Mapping[str, TableOffer]) -> Checked:
    try:
        book = load_rulebook(text, source=source)
    except RulebookRefused as fault:
        return Checked(None, fault.findings, ())
    findings = tuple(check_rulebook(book, offers=offers))
    cases = () if has_errors(findings) else tuple(run_cases(book))
    return Checked(book, findings, cases)


def collision(zone: Any, book: Rulebook) -> str:
    """Say with which version in the zone a rulebook would collide if it were published; nothing where it would not."""
    held = ZoneRulebook.objects.in_zone(zone).filter(code=book.code)
    try:
        held_already(held, book, rulebook_hash(book))
    except UnableToAdoptRulebook as fault:
        return str(fault)
    return ""
