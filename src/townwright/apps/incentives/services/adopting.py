"""Adopting a policy or classification in a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.incentives.models import ZoneRulebook
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.actors import Actor
from townwright.frame.adoption import UnableToAdoptRulebook, fit_rulebook, held_already
from townwright.frame.audit import write
from townwright.kernel.formula import rulebook_hash

KINDS = ("policy", "classification")


def adopt_rulebook(*, zone: Any, text: str, source: str, actor: Actor, at: datetime) -> ZoneRulebook:
    """Adopt a policy or classification; the same text twice changes nothing.

    A version that begins later than one without an end takes over from it on its first day.

    Raises:
        UnableToAdoptRulebook: it does not check, a case fails, its version is adopted with another text, or another
            version of the code is in force in the same days.
    """
    book = fit_rulebook(text, source=source, kinds=KINDS, offers=snapshots.offered(zone))
    digest = rulebook_hash(book)
    with write(verb="incentives.rulebook.adopt", subject=f"{book.code} {book.version}", zone=zone, actor=actor, at=at) as told:
        held, former = held_already(ZoneRulebook.records.select_for_update().filter(zone=zone, code=book.code), book, digest)
        if held is not None:
            told.nothing_changed()
            return held
        if former is not None:
            told.old = {"version": former.version, "in_force_to": None}
            ZoneRulebook.records.filter(pk=former.pk).update(in_force_to=book.start)
        made = ZoneRulebook.records.create(
            zone=zone, code=book.code, version=book.version, kind=book.kind, status=book.status, title=dict(book.title), text=text, source=source,
            hash=digest, in_force_from=book.start, in_force_to=book.end, adopted_at=at, adopted_by=actor.name,
        )  # fmt: skip
        told.new = {"hash": digest, "status": book.status}
    return made


def withdraw_rulebook(*, zone: Any, code: str, version: str, reason: str, actor: Actor, at: datetime) -> None:
    """Withdraw a version by which nothing was judged yet: one adopted by mistake.

    Raises:
        UnableToAdoptRulebook: no reason is given, the version is not held, or assessments stand on it.
    """
    if not reason.strip():
        raise UnableToAdoptRulebook(_("Say why the version is withdrawn."))
    with write(verb="incentives.rulebook.withdraw", subject=f"{code} {version}", zone=zone, actor=actor, at=at, reason=reason) as told:
        row = ZoneRulebook.records.select_for_update().filter(zone=zone, code=code, version=version).first()
        if row is None:
            raise UnableToAdoptRulebook(_("%(code)s %(version)s is not adopted here.") % {"code": code, "version": version})
        if row.assessments.exists():
            told_row = {"row": row}
            raise UnableToAdoptRulebook(
                _("%(row)s has judged firms already and stays on record. Adopt a new version that begins later.") % told_row
            )
        told.old = {"hash": row.hash}
        ZoneRulebook.records.filter(zone=zone, code=code, in_force_to=row.in_force_from).exclude(pk=row.pk).update(in_force_to=None)
        row.delete()


__all__ = ["UnableToAdoptRulebook", "adopt_rulebook", "withdraw_rulebook"]
