"""Withdrawing a fact that was entered by mistake. Facts that were true and are over are ended, not withdrawn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.parties.models import IndustryCode, Party
from townwright.apps.parties.selectors.facts import fact_of
from townwright.apps.parties.services.codes import kept_back
from townwright.apps.parties.services.facts import UnableToChangeParty, day, locked
from townwright.frame.actors import Actor
from townwright.frame.audit import write

# What the audit trail keeps of a withdrawn fact.
_KEPT = {
    "name": ("name",), "stay": ("arrived_on", "left_on"), "tag": ("tag", "from_on", "to_on"),
    "industry": ("scheme", "edition", "code", "from_on", "to_on"), "alliance": ("alliance", "joined_on", "left_on", "founder"),
    "relation": ("from_party", "kind", "to_party", "from_on", "to_on"),
}  # fmt: skip


def withdraw_fact(*, zone: Any, party: Party, fact: str, number: int, reason: str, actor: Actor, at: datetime) -> None:
    """Take a fact out of the register that was entered by mistake; the audit entry keeps what it said, and the reason.

    ``fact`` is name, stay, tag, industry, alliance or relation, ``number`` its row. An industry code that had ended on the
    first day of a withdrawn one holds again in its place. Snapshots that were frozen keep what they hold.

    Raises:
        UnableToChangeParty: no reason is given, or the party has no such fact.
    """
    if not reason.strip():
        raise UnableToChangeParty(_("Say what was wrong, as in: the date was that of another firm."), "reason")
    with write(verb=f"parties.{fact}.withdraw", subject=party.key, zone=zone, actor=actor, at=at, reason=reason.strip()) as told:
        locked(zone, party)
        row = fact_of(zone, party, fact, number)
        if row is None:
            raise UnableToChangeParty(_("%(name)s has no such fact; it may have been withdrawn before.") % {"name": party.name})
        told.old = {name: _kept(party, fact, getattr(row, name)) for name in _KEPT[fact]}
        told.event("parties.fact.withdrawn", key=party.key, fact=fact)
        if fact == "industry":
            rows = IndustryCode.records.filter(party=party, scheme=row.scheme, to_on=row.from_on)
            rows.update(to_on=row.to_on)
        row.delete()


def _kept(party: Party, fact: str, value: Any) -> Any:
    if isinstance(value, Party):
        return value.key
    if value is None or isinstance(value, date):
        return day(value)
    return kept_back(party.kind, value) if fact == "name" else value
