"""Adopting a policy or classification in a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from townwright.apps.incentives.models import ZoneRulebook
from townwright.frame.actors import Actor
from townwright.frame.adoption import UnableToAdoptRulebook, fit_rulebook, held_already
from townwright.frame.audit import write
from townwright.kernel.formula import rulebook_hash

KINDS = ("policy", "classification")


def adopt_rulebook(*, zone: Any, text: str, source: str, actor: Actor, at: datetime) -> ZoneRulebook:
    """Adopt a policy or classification; the same text twice changes nothing.

    Raises:
        UnableToAdoptRulebook: it does not check, a case fails, its version is adopted with another text, or another
            version of the code is in force in the same days.
    """
    book = fit_rulebook(text, source=source, kinds=KINDS)
    digest = rulebook_hash(book)
    with write(verb="incentives.rulebook.adopt", subject=f"{book.code} {book.version}", zone=zone, actor=actor, at=at) as told:
        held = held_already(ZoneRulebook.records.select_for_update().filter(zone=zone, code=book.code), book, digest)
        if held is not None:
            told.nothing_changed()
            return held
        made = ZoneRulebook.records.create(
            zone=zone, code=book.code, version=book.version, kind=book.kind, status=book.status, title=dict(book.title), text=text, source=source,
            hash=digest, in_force_from=book.start, in_force_to=book.end, adopted_at=at, adopted_by=actor.name,
        )  # fmt: skip
        told.new = {"hash": digest, "status": book.status}
    return made


__all__ = ["UnableToAdoptRulebook", "adopt_rulebook"]
