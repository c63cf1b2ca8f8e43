"""Finding parties by what people type: a name, part of one, a code, a key, or pinyin initials."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Length

from townwright.apps.parties.domain import normal_name
from townwright.apps.parties.domain.codes import normal_code
from townwright.apps.parties.models import Identifier, Party, PartyAlias

FEWEST_INITIALS = 2


def search_parties(zone: Any, q: str, *, people: bool = False) -> QuerySet[Party]:
    """Return parties that answer to the words, the likeliest first; people only, or everybody else.

    First whole names, codes and keys, then names that begin so, initials that begin so, other names, then the middle of a
    name. Among equals the shorter name is first. Merged parties are left out: their names are kept with who stands for them.
    """
    term, normal, code = q.strip(), normal_name(q), normal_code(q)
    rows = Party.objects.in_zone(zone).filter(merged_into=None)
    rows = rows.filter(kind=Party.Kind.PERSON) if people else rows.exclude(kind=Party.Kind.PERSON)
    if not normal:
        return rows.none()
    coded = Identifier.records.filter(party=OuterRef("pk"))
    known = PartyAlias.records.filter(party=OuterRef("pk"), name_normal__contains=normal)
    ranks = [
        Q(key=term) | Q(name_normal=normal) | Q(Exists(coded.filter(value=code))),
        Q(name_normal__startswith=normal) | Q(Exists(coded.filter(value__startswith=code))) if code else Q(name_normal__startswith=normal),
        _initials(term, "startswith"),
        Q(Exists(known)),
        Q(name_normal__contains=normal) | Q(name_en__icontains=term) | _initials(term, "contains"),
    ]
    held = [one for one in ranks if one]
    found = Q()
    for one in held:
        found |= one
    whens = [When(one, then=Value(place)) for place, one in enumerate(held)]
    rank = Case(*whens, default=Value(len(held)), output_field=IntegerField())
    return rows.filter(found).annotate(rank=rank).order_by("rank", Length("name_normal"), "name", "id")


def _initials(term: str, how: str) -> Q:
    if len(term) < FEWEST_INITIALS or not (term.isascii() and term.isalpha()):
        return Q()
    return Q(**{f"name_initials__{how}": term.lower()})
