"""Verbs on links to the board for screens on walls."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.zones.models import WallLink
from townwright.frame.actors import Actor
from townwright.frame.audit import write

MOST_LINKS = 50


class UnableToLinkWall(ValueError):
    """A link for a wall cannot be made or revoked: says why, and what to do."""


def make_wall_link(*, zone: Any, name: str, actor: Actor, at: datetime) -> WallLink:
    """Make a link by which a screen shows the board without an account.

    Raises:
        UnableToLinkWall: it has no name, one of that name is in use, or there are too many.
    """
    name = name.strip()
    if not name or len(name) > 100:
        raise UnableToLinkWall(_("Name the screen, in at most 100 characters: “hall”, “lobby, left”."))
    with write(verb="zones.wall.make", subject=f"wall {name}", zone=zone, actor=actor, at=at) as told:
        live = WallLink.records.select_for_update().filter(zone=zone, revoked_at=None)
        if live.filter(name=name).exists():
            raise UnableToLinkWall(_("There is a link for “%(name)s” already: use it, or revoke it first.") % {"name": name})
        if live.count() >= MOST_LINKS:
            raise UnableToLinkWall(_("There are %(most)d links already: revoke those that no screen uses.") % {"most": MOST_LINKS})
        row = WallLink.records.create(zone=zone, name=name, secret=secrets.token_hex(16), made_at=at, made_by=actor.label)
        told.new = {"name": name, "link": row.pk}
    return row


def revoke_wall_link(*, zone: Any, pk: int, actor: Actor, at: datetime) -> WallLink:
    """Revoke a link: a screen that shows it goes dark at its next request. Repeated, it changes nothing.

    Raises:
        UnableToLinkWall: the zone has no such link.
    """
    with write(verb="zones.wall.revoke", subject=f"wall #{pk}", zone=zone, actor=actor, at=at) as told:
        row = WallLink.records.select_for_update().filter(zone=zone, pk=pk).first()
        if row is None:
            raise UnableToLinkWall(_("This zone has no link of that number."))
        told.subject = f"wall {row.name}"
        if row.revoked_at is not None:
            told.nothing_changed()
            return row
        row.revoked_at, row.revoked_by = at, actor.label
        row.save()
        told.old, told.new = {"name": row.name, "link": row.pk}, {"revoked": at.isoformat()}
    return row
