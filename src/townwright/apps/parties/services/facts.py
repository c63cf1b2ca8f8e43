"""Verbs on single facts of a party."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from townwright.apps.parties.models import Identifier, Party, Tag, ZoneMembership
from townwright.frame.actors import Actor
from townwright.frame.audit import write


class UnableToChangeParty(ValueError):
    """The change does not fit what is on record: says what and why."""


def accept_identifier_warning(*, zone: Any, identifier_id: int, reason: str, actor: Actor, at: datetime) -> Identifier:
    """Accept a code that fails its check, with the person's reason (early pilot codes are lawful).

    Raises:
        UnableToChangeParty: no reason is given, or the code is not in doubt.
    """
    if not reason.strip():
        raise UnableToChangeParty("Say why the code is accepted, as in: licence seen on 12 March.")
    identifier = Identifier.objects.in_zone(zone).select_related("party").get(pk=identifier_id)
    with write(verb="parties.identifier.accept", subject=identifier.party.key, zone=zone, actor=actor, at=at, reason=reason) as told:
        identifier = Identifier.records.select_for_update().get(pk=identifier.pk)
        if identifier.status != Identifier.Status.WARNED:
            raise UnableToChangeParty(f"{identifier.value} is not in doubt (status {identifier.status}).")
        told.old, told.new = {"status": identifier.status}, {"status": "accepted", "value": identifier.value}
        identifier.status, identifier.accepted_by = Identifier.Status.ACCEPTED, actor.name
        identifier.accepted_at, identifier.accepted_reason = at, reason.strip()
        identifier.save()
    return identifier


def tag_party(*, zone: Any, party: Party, tag: str, from_on: date, actor: Actor, at: datetime, to_on: date | None = None) -> Tag:
    """Put a town's mark on a party from a date; repeated, it changes nothing."""
    with write(verb="parties.tag", subject=party.key, zone=zone, actor=actor, at=at) as told:
        row, made = Tag.records.get_or_create(zone=zone, party=party, tag=tag, from_on=from_on, defaults={"to_on": to_on})
        told.new = {"tag": tag, "from": str(from_on), "to": str(to_on or "")}
        if not made:
            told.nothing_changed()
    return row


def leave(*, zone: Any, party: Party, left_on: date, actor: Actor, at: datetime) -> ZoneMembership:
    """Record that a party left the zone; ``left_on`` is its first day outside.

    Raises:
        UnableToChangeParty: the party has no open stay that began before.
    """
    with write(verb="parties.leave", subject=party.key, zone=zone, actor=actor, at=at) as told:
        stay = ZoneMembership.records.select_for_update().filter(zone=zone, party=party, left_on=None).order_by("arrived_on").last()
        if stay is None or stay.arrived_on >= left_on:
            raise UnableToChangeParty(f"{party.name} has no stay that is open and began before {left_on}.")
        told.old, told.new = {"left_on": None}, {"left_on": str(left_on)}
        told.event("parties.party.left", key=party.key, on=str(left_on))
        stay.left_on = left_on
        stay.save()
    return stay
