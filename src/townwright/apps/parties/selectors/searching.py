"""Finding parties by what people type: a name, part of one, a code, a key, or pinyin initials."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from townwright.apps.parties.domain import normal_name
from townwright.apps.parties.domain.codes import normal_code
from townwright.apps.parties.models import Identifier, Party, PartyAlias
from townwright.apps.parties.selectors.register import LISTED_KINDS
from townwright.frame.beginnings import begins

FEWEST_INITIALS = 2


def search_parties(zone: Any, q: str, *, people: bool = False) -> QuerySet[Party]:
    """Return parties that answer to the words, the likeliest first; people only, or everybody else.

    First whole names, codes and keys, then names that begin so, initials that begin so, other names, then the middle of a
    name. Among equals the shorter name is first. Merged parties are left out: their names are kept with who stands for them.
    """
    term, normal, code = q.strip(), normal_name(q), normal_code(q)
    rows = Party.objects.in_zone(zone).filter(merged_into=None, kind__in=[Party.Kind.PERSON] if people else LISTED_KINDS)
    if not normal:
        return rows.none()
    keyed = Party.objects.in_zone(zone).filter(key=term).values("pk")
    coded = Identifier.objects.in_zone(zone)
    begun = coded.filter(begins("value", code)) if code else coded.none()
    known = PartyAlias.objects.in_zone(zone).filter(name_normal__contains=normal).values("party")
    ranks = [
        Q(pk__in=keyed) | Q(name_normal=normal) | Q(pk__in=coded.filter(value=code).values("party")),
        Q(name_normal__startswith=normal) | Q(pk__in=begun.values("party")),
        _initials(term, "startswith"),
        Q(pk__in=known),
    ]
    # What is found one way or another. Nothing hangs on the row in hand but its own names, which lie together in one index.
    found = Q(name_normal__contains=normal) | Q(name_en__icontains=term) | _initials(term, "contains")
    found |= Q(pk__in=keyed) | Q(pk__in=begun.values("party")) | Q(pk__in=known)
    whens = [When(one, then=Value(place)) for place, one in enumerate(ranks) if one]
    rank = Case(*whens, default=Value(len(ranks)), output_field=IntegerField())
    return rows.filter(found).annotate(rank=rank).order_by("rank", Length("name_normal"), "name", "id")


def _initials(term: str, how: str) -> Q:
    if len(term) < FEWEST_INITIALS or not (term.isascii() and term.isalpha()):
        return Q()
    return Q(**{f"name_initials__{how}": term.lower()})
