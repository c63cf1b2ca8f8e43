"""What the register holds of one party, as of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from townwright.apps.parties.domain import Span
from townwright.apps.parties.models import Identifier, Party, Relation
from townwright.apps.parties.selectors.register import UnknownParty, in_force, party_by_ref
from townwright.apps.parties.selectors.vocabulary import relation_label


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation as read on the file of one of its two parties."""

    pk: int
    kind: str
    label: Mapping[str, str]
    other: Party
    from_on: date | None
    to_on: date | None
    holds: bool


@dataclass(frozen=True, slots=True)
class FirmFile:
    """What the register holds of a party as of a day (一企一档)."""

    party: Party
    at: date
    present: bool
    identifiers: list[Any]
    industries: list[Any]
    tags: list[Any]
    stays: list[Any]
    alliances: list[Any]
    members: list[Any]
    relations: list[RelationRow]
    aliases: list[Any]


def firm_file(zone: Any, *, key: str, at: date, people: bool = False) -> FirmFile:
    """Return the file of a party; marks, industries and memberships are those in force on the day.

    Stays and relations come whole, with their dates. People are left out, and have no file, unless ``people``.

    Raises:
        UnknownParty: no party of the zone has the key, or it is a person and ``people`` is not set.
    """
    party = party_by_ref(zone, key, people=people)
    stays = list(party.stays.order_by("arrived_on"))
    membership = in_force(at, "joined_on", "left_on")
    return FirmFile(
        party, at, any(Span(stay.arrived_on, stay.left_on).holds(at) for stay in stays),
        list(party.identifiers.order_by("scheme", "value")), list(party.industries.filter(in_force(at)).order_by("scheme", "from_on")),
        list(party.tags.filter(in_force(at)).order_by("tag", "from_on")), stays,
        list(party.alliances.filter(membership).select_related("alliance").order_by("joined_on", "id")),
        list(party.members.filter(membership, _seen("party", people)).select_related("party").order_by("joined_on", "id")),
        relation_rows(party, at=at, people=people), list(party.aliases.order_by("name")),
    )  # fmt: skip


def _seen(side: str, people: bool) -> Q:
    return Q() if people else ~Q(**{f"{side}__kind": Party.Kind.PERSON})


def relation_rows(party: Party, *, at: date, people: bool) -> list[RelationRow]:
    """Return the relations of a party from its side, those that hold on the day first."""
    found = []
    for back, side, rows in ((False, "to_party", party.relations), (True, "from_party", party.related_from)):
        for row in rows.filter(_seen(side, people)).select_related(side):
            holds = Span(row.from_on, row.to_on).holds(at)
            found.append(
                RelationRow(row.pk, row.kind, relation_label(row.kind, back=back), getattr(row, side), row.from_on, row.to_on, holds)
            )
    return sorted(found, key=lambda one: (not one.holds, one.kind, one.from_on or date.min, one.pk))


def identifier_of(zone: Any, pk: int) -> Identifier:
    """Return a code of the zone.

    Raises:
        UnknownParty: the zone keeps no such code.
    """
    found = Identifier.objects.in_zone(zone).select_related("party").filter(pk=pk).first()
    if found is None:
        raise UnknownParty(f"{zone} keeps no code numbered {pk}.")
    return found


def alliances_of(zone: Any) -> list[Party]:
    """Return the alliances that the zone keeps, by name."""
    # Sorted here: SQLite would rather read all parties by name than sort the few alliances.
    rows = Party.objects.in_zone(zone).filter(kind=Party.Kind.ALLIANCE, merged_into=None).order_by()
    return sorted(rows, key=lambda one: (one.name, one.pk))


def schemes_in_use(zone: Any, *, person: bool) -> list[str]:
    """Return the schemes under which the zone keeps codes of people, or of everybody else."""
    held = Identifier.objects.in_zone(zone).order_by("scheme")
    if person:
        return list(held.filter(party__kind=Party.Kind.PERSON).values_list("scheme", flat=True).distinct())
    # From one scheme to the next, of which there are few, instead of through all codes, of which there are many.
    found: list[str] = []
    while True:
        rest = held.exclude(party__kind=Party.Kind.PERSON).filter(scheme__gt=found[-1] if found else "")
        one = rest.values_list("scheme", flat=True).first()
        if one is None:
            return found
        found.append(one)


def relation_in_force(day: date) -> Q:
    """Return the condition that a relation holds on the day; one without a first day has always held."""
    return (Q(from_on=None) | Q(from_on__lte=day)) & (Q(to_on=None) | Q(to_on__gt=day))


def held_relations(day: date) -> Any:
    """Return the relations that hold on the day, with their second party, for prefetching."""
    return Relation.records.filter(relation_in_force(day)).select_related("to_party").order_by("kind", "id")
