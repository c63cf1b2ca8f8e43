"""Verbs on membership of alliances."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.parties.domain import Span
from townwright.apps.parties.models import AllianceMembership, Party
from townwright.apps.parties.services.facts import UnableToChangeParty, check_apart, check_forward, day, locked
from townwright.frame.actors import Actor
from townwright.frame.audit import write


def join_alliance(
    *, zone: Any, party: Party, alliance: Party, joined_on: date, actor: Actor, at: datetime, left_on: date | None = None, founder: bool = False,
) -> AllianceMembership:  # fmt: skip
    """Record that a party joined an alliance; repeated, it changes nothing. ``left_on`` is its first day outside.

    Raises:
        UnableToChangeParty: the other is no alliance, or the party itself, the span holds no day, or it overlaps a membership.
    """
    if alliance.kind != Party.Kind.ALLIANCE or alliance.pk == party.pk:
        raise UnableToChangeParty(_("%(name)s is not an alliance that it could join: choose one.") % {"name": alliance.name}, "alliance")
    span = Span(joined_on, left_on)
    check_forward(span, name=party.name, field="left_on")
    with write(verb="parties.alliance.join", subject=party.key, zone=zone, actor=actor, at=at) as told:
        for one in sorted((party, alliance), key=lambda row: row.pk):
            locked(zone, one)
        rows = list(AllianceMembership.records.filter(party=party, alliance=alliance).order_by("joined_on"))
        known = next((row for row in rows if (Span(row.joined_on, row.left_on), row.founder) == (span, founder)), None)
        if known is not None:
            told.nothing_changed()
            return known
        spans = [Span(row.joined_on, row.left_on) for row in rows]
        what = _("membership of %(alliance)s") % {"alliance": alliance.name}
        check_apart(span, spans, name=party.name, what=what, field="joined_on")
        told.new = {"alliance": alliance.key, "joined_on": day(joined_on), "left_on": day(left_on), "founder": founder}
        told.event("parties.alliance.joined", key=party.key, alliance=alliance.key, on=day(joined_on))
        return AllianceMembership.records.create(
            zone=zone, party=party, alliance=alliance, joined_on=joined_on, left_on=left_on, founder=founder
        )


def leave_alliance(*, zone: Any, party: Party, alliance: Party, left_on: date, actor: Actor, at: datetime) -> AllianceMembership:
    """Record that a party left an alliance; ``left_on`` is its first day outside. Repeated, it changes nothing.

    Raises:
        UnableToChangeParty: the party is not a member on the day before.
    """
    with write(verb="parties.alliance.leave", subject=party.key, zone=zone, actor=actor, at=at) as told:
        locked(zone, party)
        rows = list(AllianceMembership.records.filter(party=party, alliance=alliance, joined_on__lt=left_on).order_by("joined_on"))
        ended = next((row for row in rows if row.left_on == left_on), None)
        if ended is not None:
            told.nothing_changed()
            return ended
        row = next((one for one in rows if one.left_on is None), None)
        if row is None:
            known = {"name": party.name, "alliance": alliance.name, "day": left_on}
            raise UnableToChangeParty(_("%(name)s has no open membership of %(alliance)s that began before %(day)s.") % known, "left_on")
        told.old, told.new = {"alliance": alliance.key, "left_on": None}, {"alliance": alliance.key, "left_on": day(left_on)}
        told.event("parties.alliance.left", key=party.key, alliance=alliance.key, on=day(left_on))
        row.left_on = left_on
        row.save(update_fields=["left_on"])
    return row
