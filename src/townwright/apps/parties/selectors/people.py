"""People on record. Only doors that checked ``people.view`` may ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from townwright.apps.parties.domain import normal_name
from townwright.apps.parties.domain.codes import normal_code
from townwright.apps.parties.models import Identifier, Party
from townwright.apps.parties.selectors.files import held_relations
from townwright.apps.parties.selectors.vocabulary import relation_label


def people_rows(zone: Any, *, at: date, q: str = "") -> QuerySet[Party]:
    """Return people with what they are to other parties on the day.

    ``q`` is part of a name, pinyin initials, the beginning of a code, or part of the name of a party that they are related
    to on the day.
    """
    rows = Party.objects.in_zone(zone).filter(kind=Party.Kind.PERSON, merged_into=None)
    term = q.strip()
    if term:
        tied = held_relations(at).filter(from_party=OuterRef("pk"), to_party__name_normal__contains=normal_name(term))
        found = Q(name_normal__contains=normal_name(term)) | Q(name_en__icontains=term) | Q(Exists(tied.order_by()))
        code = normal_code(term)
        if code:
            found |= Q(Exists(Identifier.records.filter(party=OuterRef("pk"), value__startswith=code)))
        if term.isascii() and term.isalpha():
            found |= Q(name_initials__contains=term.lower())
        rows = rows.filter(found)
    return rows.prefetch_related(
        Prefetch("relations", held_relations(at), to_attr="held"),
        Prefetch("identifiers", Identifier.records.order_by("scheme", "value"), to_attr="codes"),
    ).order_by("name", "id")


def positions(person: Party) -> list[tuple[Mapping[str, str], Party]]:
    """Return what a person of ``people_rows`` is, and to whom."""
    return [(relation_label(row.kind), row.to_party) for row in person.held]
