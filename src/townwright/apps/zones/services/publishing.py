"""Verbs on the public site of a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.zones.domain import LONGEST_INTRO, PublicFace
from townwright.apps.zones.models import Publication
from townwright.frame.actors import Actor
from townwright.frame.audit import write


class UnableToPublish(ValueError):
    """The public site cannot be set so: says why, and what to do."""


def set_publication(
    *, zone: Any, published: bool, face: PublicFace, actor: Actor, at: datetime, revision: int | None = None
) -> Publication:  # fmt: skip
    """Say whether the zone has a public site, and what it shows; repeated, it changes nothing.

    ``revision`` is the one that the editor saw (None: whatever stands is overwritten).

    Raises:
        UnableToPublish: another changed it meanwhile, a code is told twice, a text is too long, or nothing would be shown.
    """
    _check(published, face)
    told = {"published": published, **face.fields()}
    with write(verb="zones.publication.change", subject=f"publication {zone.code}", zone=zone, actor=actor, at=at) as entry:
        row = Publication.records.select_for_update().filter(zone=zone).first()
        if revision is not None and revision != (row.revision if row else 0):
            name = row.changed_by if row else ""
            raise UnableToPublish(_("%(name)s changed the public site while you had it open. Look at it anew, then save.") % {"name": name})
        old = {name: getattr(row, name) for name in told} if row else {}
        if old == told:
            entry.nothing_changed()
            return row
        if published != bool(old.get("published")):
            entry.verb = "zones.publish" if published else "zones.unpublish"
        row = row or Publication(zone=zone)
        for name, value in told.items():
            setattr(row, name, value)
        row.revision, row.changed_at, row.changed_by = row.revision + 1, at, actor.label
        row.save()
        entry.old = {name: value for name, value in old.items() if value != told[name]}
        entry.new = {name: value for name, value in told.items() if value != old.get(name)}
        entry.event("zones.publication.changed", published=published)
    return row


def _check(published: bool, face: PublicFace) -> None:
    for codes in (face.figures, face.policies):
        double = sorted({code for code in codes if codes.count(code) > 1})
        if double:
            raise UnableToPublish(_("%(codes)s: told twice. Name each figure and each policy once.") % {"codes": ", ".join(double)})
    if any(len(text) > LONGEST_INTRO for text in (face.intro or {}).values()):
        raise UnableToPublish(_("The introduction is longer than %(most)d characters: shorten it.") % {"most": LONGEST_INTRO})
    if published and not (face.figures or face.policies or any((face.intro or {}).values())):
        raise UnableToPublish(_("There is nothing to show: choose figures or policies, or write an introduction."))
