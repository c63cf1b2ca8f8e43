"""Adopting a rulebook version in a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.incentives.models import ZoneRulebook
from townwright.apps.incentives.selectors import book_of
from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.kernel.formula import RulebookRefused, check_rulebook, has_errors, load_rulebook, rulebook_hash, run_cases


class UnableToAdoptRulebook(ValueError):
    """A rulebook is not fit to be used: its findings, or the cases that fail."""


def adopt_rulebook(*, zone: Any, text: str, source: str, actor: Actor, at: datetime) -> ZoneRulebook:
    """Adopt a rulebook; the same text twice changes nothing.

    Raises:
        UnableToAdoptRulebook: it does not check, a case fails, its version is adopted with another text, or another
            version of the code is in force in the same days.
    """
    try:
        book = load_rulebook(text, source=source)
    except RulebookRefused as fault:
        raise UnableToAdoptRulebook(str(fault)) from fault
    findings = check_rulebook(book)
    if has_errors(findings):
        raise UnableToAdoptRulebook("\n".join(map(str, findings)))
    failed = [difference for result in run_cases(book) if not result.passed for difference in result.differences]
    if failed:
        raise UnableToAdoptRulebook(_("%(source)s: cases fail:") % {"source": source} + "\n" + "\n".join(failed))
    digest = rulebook_hash(book)
    with write(verb="incentives.rulebook.adopt", subject=f"{book.code} {book.version}", zone=zone, actor=actor, at=at) as told:
        held = list(ZoneRulebook.records.select_for_update().filter(zone=zone, code=book.code))
        for row in held:
            if row.version == book.version and row.hash == digest:
                told.nothing_changed()
                return row
            if row.version == book.version:
                raise UnableToAdoptRulebook(
                    _("%(row)s is adopted with another text. Give the changed rulebook a new version.") % {"row": row}
                )
            if _overlap(book_of(row), book):
                raise UnableToAdoptRulebook(
                    _("%(row)s is in force in the same days as %(version)s. Close the older one with in_force: to.")
                    % {"row": row, "version": book.version}
                )
        made = ZoneRulebook.records.create(
            zone=zone, code=book.code, version=book.version, kind=book.kind, status=book.status, title=dict(book.title), text=text, source=source,
            hash=digest, in_force_from=book.start, in_force_to=book.end, adopted_at=at, adopted_by=actor.name,
        )  # fmt: skip
        told.new = {"hash": digest, "status": book.status}
    return made


def _overlap(one: Any, other: Any) -> bool:
    starts_before = one.start is None or other.end is None or one.start < other.end
    ends_after = one.end is None or other.start is None or other.start < one.end
    return bool(starts_before and ends_after)
