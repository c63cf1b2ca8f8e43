"""Verbs on stays in the zone: arriving, leaving, coming back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.parties.domain import Span
from townwright.apps.parties.models import Party, ZoneMembership
from townwright.apps.parties.services.facts import UnableToChangeParty, check_apart, check_forward, day, locked
from townwright.frame.actors import Actor
from townwright.frame.audit import write


def arrive(*, zone: Any, party: Party, arrived_on: date, actor: Actor, at: datetime, left_on: date | None = None) -> ZoneMembership:
    """Record that a party arrived, or came back; repeated, it changes nothing. ``left_on`` is its first day outside.

    Raises:
        UnableToChangeParty: the stay holds no day, or shares a day with another stay of the party.
    """
    span = Span(arrived_on, left_on)
    check_forward(span, name=party.name, field="left_on")
    with write(verb="parties.arrive", subject=party.key, zone=zone, actor=actor, at=at) as told:
        locked(zone, party)
        stays = list(ZoneMembership.records.filter(party=party).order_by("arrived_on"))
        known = next((stay for stay in stays if Span(stay.arrived_on, stay.left_on) == span), None)
        if known is not None:
            told.nothing_changed()
            return known
        spans = [Span(stay.arrived_on, stay.left_on) for stay in stays]
        check_apart(span, spans, name=party.name, what=_("a stay"), field="arrived_on")
        told.new = {"arrived_on": day(arrived_on), "left_on": day(left_on), "came_back": bool(stays)}
        told.event("parties.party.arrived", key=party.key, on=day(arrived_on))
        return ZoneMembership.records.create(zone=zone, party=party, arrived_on=arrived_on, left_on=left_on)


def leave(*, zone: Any, party: Party, left_on: date, actor: Actor, at: datetime) -> ZoneMembership:
    """Record that a party left the zone; ``left_on`` is its first day outside. Repeated, it changes nothing.

    A merge can leave a party with several open stays; all that began before the day end with it.

    Raises:
        UnableToChangeParty: the party has no open stay that began before.
    """
    with write(verb="parties.leave", subject=party.key, zone=zone, actor=actor, at=at) as told:
        locked(zone, party)
        stays = list(ZoneMembership.records.filter(party=party).order_by("arrived_on"))
        open_ones = [stay for stay in stays if stay.left_on is None and stay.arrived_on < left_on]
        if not open_ones:
            ended = next((stay for stay in stays if stay.left_on == left_on), None)
            if ended is not None:
                told.nothing_changed()
                return ended
            known = {"name": party.name, "day": left_on}
            raise UnableToChangeParty(
                _("%(name)s has no stay that is open and began before %(day)s: record its arrival first, or choose a later day.") % known,
                "left_on",
            )
        told.old, told.new = {"left_on": None}, {"left_on": day(left_on)}
        told.event("parties.party.left", key=party.key, on=day(left_on))
        for stay in open_ones:
            stay.left_on = left_on
            stay.save(update_fields=["left_on"])
    return open_ones[-1]
