"""Writing a policy version: begun, saved, submitted by one person, published by another."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.incentives.models import DraftText, RulebookDraft, ZoneRulebook
from townwright.apps.incentives.selectors import draft
from townwright.apps.incentives.selectors.drafts import MOST_CHARACTERS
from townwright.apps.incentives.services.adopting import KINDS, adopt_rulebook
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.actors import Actor
from townwright.frame.adoption import fit_rulebook
from townwright.frame.audit import write

S = RulebookDraft.Status
_CODE = re.compile(r"^rulebook:\s*['\"]?([a-z0-9][a-z0-9-]{0,79})['\"]?\s*(?:#.*)?$", re.MULTILINE)


class UnableToDraft(ValueError):
    """A draft cannot be changed so: says why and what to do."""


class DraftChanged(UnableToDraft):
    """Another person saved the draft meanwhile; ``row`` is it as it stands now."""

    def __init__(self, row: RulebookDraft) -> None:
        told = {"name": row.written_label, "revision": row.revision}
        super().__init__(_("%(name)s saved this draft meanwhile (now revision %(revision)s). Compare the two texts, then save yours over it or take theirs.") % told)  # fmt: skip
        self.row = row


def begin_draft(*, zone: Any, text: str, base: ZoneRulebook | None = None, actor: Actor, at: datetime) -> RulebookDraft:
    """Begin a draft from a text: that of an adopted version, a packaged one, or a skeleton.

    Raises:
        UnableToDraft: the text is too long.
    """
    code = _code(text)
    with write(verb="incentives.draft.begin", subject=code, zone=zone, actor=actor, at=at) as told:
        row = RulebookDraft.records.create(
            zone=zone, code=code, base=base, text=text, status=S.DRAFT, written_by=actor.name, written_label=actor.label, written_at=at
        )
        told.subject = str(row)
        told.new = {"base": str(base) if base else "", "characters": len(text)}
    return row


def save_draft(*, zone: Any, pk: int, text: str, revision: int, actor: Actor, at: datetime) -> RulebookDraft:
    """Save a text over the revision that its writer began from; the former text is kept. A submitted draft is being written again.

    Raises:
        DraftChanged: another person saved it meanwhile.
        UnableToDraft: it is published or dropped, or the text is too long.
        UnknownDraft: there is no such draft.
    """
    code = _code(text)
    with write(verb="incentives.draft.save", subject=str(pk), zone=zone, actor=actor, at=at) as told:
        row = _open(zone, pk)
        told.subject = str(row)
        if row.text == text:
            told.nothing_changed()
            return row
        if row.revision != revision:
            raise DraftChanged(row)
        DraftText.records.create(
            zone=zone, draft=row, revision=row.revision, text=row.text, written_by=row.written_by, written_label=row.written_label,
            written_at=row.written_at,
        )  # fmt: skip
        told.old, told.new = {"revision": row.revision, "status": row.status}, {"revision": row.revision + 1, "status": S.DRAFT.value}
        row.code, row.text, row.revision, row.status = code, text, row.revision + 1, S.DRAFT
        row.written_by, row.written_label, row.written_at = actor.name, actor.label, at
        row.submitted_by, row.submitted_at, row.decided_by, row.decided_at, row.reason = "", None, "", None, ""
        row.save()
    return row


def submit_draft(*, zone: Any, pk: int, revision: int, actor: Actor, at: datetime) -> RulebookDraft:
    """Put a draft before a second person.

    Raises:
        UnableToAdoptRulebook: it does not check, or a case fails.
        DraftChanged: another person saved it meanwhile.
        UnableToDraft: it is not being written, or has no case.
    """
    with write(verb="incentives.draft.submit", subject=str(pk), zone=zone, actor=actor, at=at) as told:
        row = _open(zone, pk)
        told.subject = str(row)
        if row.revision != revision:
            raise DraftChanged(row)
        if row.status == S.SUBMITTED:
            told.nothing_changed()
            return row
        book = fit_rulebook(row.text, source=str(row), kinds=KINDS, offers=snapshots.offered(zone))
        if not book.cases:
            raise UnableToDraft(_("%(code)s has no case: write at least one, with figures worked out by hand.") % {"code": book.code})
        row.status, row.submitted_by, row.submitted_at = S.SUBMITTED, actor.name, at
        row.reason, row.decided_by, row.decided_at = "", "", None
        row.save()
        told.new = {"version": book.version, "revision": row.revision}
        told.event("incentives.draft.submitted", draft=row.pk, code=row.code)
    return row


def decide_draft(*, zone: Any, pk: int, revision: int, publish: bool, reason: str = "", actor: Actor, at: datetime) -> RulebookDraft:
    """Publish a submitted draft, so that the zone adopts it, or send it back with a reason.

    Raises:
        UnableToDraft: it was not submitted, it goes back without a reason, or the same person wrote or submitted it.
        UnableToAdoptRulebook: it fits no more, or collides with a version in force.
        DraftChanged: another person saved it meanwhile.
    """
    with write(verb="incentives.draft.decide", subject=str(pk), zone=zone, actor=actor, at=at, reason=reason.strip()) as told:
        row = _open(zone, pk)
        told.subject = str(row)
        if row.revision != revision:
            raise DraftChanged(row)
        if row.status != S.SUBMITTED:
            raise UnableToDraft(_("%(draft)s was not submitted: nothing waits for a decision.") % {"draft": row})
        if actor.name in (row.submitted_by, row.written_by):
            raise UnableToDraft(_("%(name)s wrote or submitted this version: another person must decide.") % {"name": actor.label})
        if not publish and not reason.strip():
            raise UnableToDraft(_("Say what should be changed, so that the writer can."))
        row.decided_by, row.decided_at, row.reason = actor.name, at, reason.strip()
        if publish:
            row.published = adopt_rulebook(zone=zone, text=row.text, source=f"draft/{row.code}.yaml", actor=actor, at=at)
        row.status = S.PUBLISHED if publish else S.DRAFT
        row.save()
        told.new = {"status": row.status, "revision": row.revision}
        told.event("incentives.draft.decided", draft=row.pk, code=row.code, status=row.status)
    return row


def drop_draft(*, zone: Any, pk: int, revision: int, actor: Actor, at: datetime) -> RulebookDraft:
    """Drop a draft: it leaves the list of open ones and stays on record.

    Raises:
        DraftChanged: another person saved it meanwhile.
        UnableToDraft: it is published or dropped already.
    """
    with write(verb="incentives.draft.drop", subject=str(pk), zone=zone, actor=actor, at=at) as told:
        row = _open(zone, pk)
        told.subject = str(row)
        if row.revision != revision:
            raise DraftChanged(row)
        told.old, told.new = {"status": row.status}, {"status": S.DROPPED.value}
        row.status = S.DROPPED
        row.save()
    return row


def _open(zone: Any, pk: int) -> RulebookDraft:
    """Return a draft that is open, locked until the transaction ends."""
    draft(zone, pk)
    row = RulebookDraft.records.select_for_update().get(zone=zone, pk=pk)
    if row.status not in RulebookDraft.OPEN:
        told = {"draft": row, "status": row.get_status_display()}
        raise UnableToDraft(_("%(draft)s is closed (%(status)s): begin a new draft from it.") % told)
    return row


def _code(text: str) -> str:
    """Return the code that a text gives itself, as far as it can be read while it is being written."""
    if len(text) > MOST_CHARACTERS:
        raise UnableToDraft(_("The text has %(count)d characters, the most is %(most)d.") % {"count": len(text), "most": MOST_CHARACTERS})
    if "\x00" in text:
        raise UnableToDraft(_("A NUL is no text."))
    found = _CODE.search(text)
    return found.group(1) if found else "?"
