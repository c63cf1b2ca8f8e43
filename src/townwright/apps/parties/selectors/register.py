"""Who is on record, as of a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from difflib import get_close_matches
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from townwright.apps.parties.domain import industry_section, normal_name
from townwright.apps.parties.domain.codes import normal_code
from townwright.apps.parties.domain.industries import UnknownIndustry
from townwright.apps.parties.models import Identifier, IndustryCode, MergeSuggestion, Party, PartyAlias, Tag, ZoneMembership
from townwright.frame.beginnings import begins

FIRM_KINDS = (Party.Kind.FIRM, Party.Kind.BRANCH)
# People are listed by ``people_rows`` alone, to those who may see them.
LISTED_KINDS = tuple(kind for kind in Party.Kind.values if kind != Party.Kind.PERSON)
MOST_NAMED = 20
MOST_COMPARED = 1000


class UnknownParty(LookupError):
    """No party answers to that; near names are suggested."""


class AmbiguousParty(UnknownParty):
    """Several parties answer to that; they are named with their keys."""


def in_force(day: date, start: str = "from_on", end: str = "to_on") -> Q:
    """Return the condition that a half-open span holds on the day."""
    return Q(**{f"{start}__lte": day}) & (Q(**{f"{end}__gt": day}) | Q(**{end: None}))


def stayed(start: date, end: date) -> Exists:
    """Return the condition that a party was in the zone on any day from the first up to but without the second."""
    open_to = Q(left_on=None) | Q(left_on__gt=start)
    return Exists(ZoneMembership.records.filter(open_to, party=OuterRef("pk"), arrived_on__lt=end))


def firm_rows(
    zone: Any, *, at: date, q: str = "", tag: str = "", section: str = "", status: str = "", kind: str = "", sample: str = "",
) -> QuerySet[Party]:  # fmt: skip
    """Return firms and branches with their stay, code and industry as of a day, for lists.

    ``q`` is part of a name, a code, or pinyin initials; ``status`` is present, left or expected; ``section`` an industry
    section letter (GB/T 4754-2017); ``kind`` another kind of party instead, people excepted.
    """
    stays = ZoneMembership.records.filter(party=OuterRef("pk"), arrived_on__lte=at).order_by("-arrived_on")
    codes = Identifier.records.filter(party=OuterRef("pk"), scheme="uscc").order_by("id")
    industries = IndustryCode.records.filter(in_force(at), party=OuterRef("pk")).order_by("-from_on")
    rows = (
        Party.objects.in_zone(zone)
        .filter(kind__in=[kind] if kind in LISTED_KINDS else FIRM_KINDS, merged_into=None)
        .annotate(
            uscc=Subquery(codes.values("value")[:1]), code_status=Subquery(codes.values("status")[:1]),
            industry=Subquery(industries.values("code")[:1]),
            arrived_on=Subquery(stays.values("arrived_on")[:1]), left_on=Subquery(stays.values("left_on")[:1]),
            present=Exists(ZoneMembership.records.filter(in_force(at, "arrived_on", "left_on"), party=OuterRef("pk"))),
        )
    )  # fmt: skip
    if q:
        rows = rows.filter(_answers_to(zone, q.strip()))
    if tag:
        rows = rows.filter(Exists(Tag.records.filter(in_force(at), party=OuterRef("pk"), tag=tag)))
    if section:
        rows = rows.filter(Exists(industries.filter(_of_section(zone, section))))
    if sample in ("yes", "no"):
        rows = rows.filter(sample=sample == "yes")
    if status:
        rows = {
            "present": rows.filter(present=True),
            "left": rows.filter(present=False, left_on__lte=at),
            "expected": rows.filter(present=False, arrived_on=None),
        }.get(status, rows)
    return rows.order_by("name", "key")


def _answers_to(zone: Any, term: str) -> Q:
    """Return the condition that a name, a code or pinyin initials answer to the words.

    Codes are looked up once and not for each row; the rest is read from one index.
    """
    coded = Identifier.objects.in_zone(zone).filter(begins("value", normal_code(term)))
    found = Q(name_normal__contains=normal_name(term)) | Q(name_en__icontains=term) | Q(pk__in=coded.values("party"))
    return found | Q(name_initials__contains=term.lower()) if term.isascii() and term.isalpha() else found


def _of_section(zone: Any, section: str) -> Q:
    """Return the condition that an industry code is of a section: a town holds a few hundred codes, however many firms."""
    found: dict[tuple[str, str], list[str]] = {}
    for scheme, edition, code in IndustryCode.objects.in_zone(zone).values_list("scheme", "edition", "code").distinct():
        try:
            if industry_section(code, scheme=scheme, edition=edition) == section:
                found.setdefault((scheme, edition), []).append(code)
        except UnknownIndustry:
            continue
    held = Q(pk__in=[])
    for (scheme, edition), codes in found.items():
        held |= Q(scheme=scheme, edition=edition, code__in=codes)
    return held


def count_firms(zone: Any, *, at: date, tag: str = "") -> int:
    """Return how many firms and branches were in the zone on the day."""
    return firm_rows(zone, at=at, tag=tag, status="present").count()


def merge_suggestions(zone: Any, *, status: str = "open") -> QuerySet[MergeSuggestion]:
    """Return proposals to merge, best first."""
    rows = MergeSuggestion.objects.in_zone(zone).select_related("kept", "other")
    return (rows.filter(status=status) if status else rows).order_by("-score", "id")


def survivors(zone: Any) -> dict[int, int]:
    """Return, for each merged party, the party that stands for it now."""
    into = dict(Party.objects.in_zone(zone).filter(merged_into__isnull=False).values_list("pk", "merged_into_id"))
    found = {}
    for start in into:
        end = start
        while end in into:
            end = into[end]
        found[start] = end
    return found


def stays_by_party(zone: Any) -> dict[int, list[tuple[date, date | None]]]:
    """Return the stays of each party."""
    found: dict[int, list[tuple[date, date | None]]] = {}
    for pk, arrived, left in ZoneMembership.objects.in_zone(zone).order_by("arrived_on").values_list("party_id", "arrived_on", "left_on"):
        found.setdefault(pk, []).append((arrived, left))
    return found


def party_finder(zone: Any) -> Any:
    """Return a function (code, name) → party or None that answers many rows from one reading of the register."""
    parties = {party.pk: party for party in Party.objects.in_zone(zone).order_by("id")}
    lost = survivors(zone)
    by_code = dict(Identifier.objects.in_zone(zone).values_list("value", "party_id"))
    by_name: dict[str, int] = {}
    for pk, party in parties.items():
        by_name.setdefault(party.name_normal, pk)

    def find(code: str | None, name: str | None) -> Party | None:
        pk = by_code.get(normal_code(code)) if code else None
        if pk is None and name and not code:
            pk = by_name.get(normal_name(name))
        return parties[lost.get(pk, pk)] if pk is not None else None

    return find


def party_by_ref(zone: Any, ref: str, *, people: bool = True) -> Party:
    """Return the party that a key, a code or a whole name stands for (a merged one gives its survivor).

    ``people=False`` leaves people out, as if they were not on record.

    Raises:
        UnknownParty: nothing answers to it.
        AmbiguousParty: several parties answer to it.
    """
    rows = Party.objects.in_zone(zone) if people else Party.objects.in_zone(zone).exclude(kind=Party.Kind.PERSON)
    coded = Identifier.objects.in_zone(zone).filter(value=normal_code(ref)).values("party")
    known = PartyAlias.objects.in_zone(zone).filter(name_normal=normal_name(ref)).values("party")
    # An order by id would have SQLite read the zone's parties in that order instead of looking the key up; a key is one party's.
    ways = (
        rows.filter(key=ref).order_by(), rows.filter(pk__in=coded).order_by("id"),
        rows.filter(Q(name_normal=normal_name(ref)) | Q(pk__in=known)).order_by("id"),
    )  # fmt: skip
    found = next((held for held in (list(one[:MOST_NAMED]) for one in ways) if held), [])
    standing = {one.pk: one for one in map(survivor, found)}
    if len(standing) > 1:
        exact = [one for one in standing.values() if one.name == ref]
        if len(exact) != 1:
            told = {"ref": ref, "parties": ", ".join(f"{one.name} ({one.key})" for one in standing.values())}
            raise AmbiguousParty(_("Several parties answer to “%(ref)s”: %(parties)s. Name one by the key in brackets.") % told)
        return exact[0]
    if not standing:
        near = _near_names(rows, ref)
        hint = _("Did you mean %(names)s?") % {"names": ", ".join(near)} if near else _("Search the register by part of the name.")
        raise UnknownParty(_("No party of %(zone)s answers to “%(ref)s”.") % {"zone": zone, "ref": ref} + " " + hint)
    return next(iter(standing.values()))


def _near_names(rows: QuerySet[Party], ref: str) -> list[str]:
    """Return up to three names that are like what was asked for: of those that share its first four characters, its first two, or none."""
    normal = normal_name(ref)
    for start, alike in ((normal[:4], 0.3), (normal[:2], 0.7), ("", 0.7)):
        names = list(rows.filter(name_normal__contains=start).order_by("name").values_list("name", flat=True)[:MOST_COMPARED])
        near = get_close_matches(ref, names, n=3, cutoff=alike)
        if near:
            return near
    return []


def survivor(party: Party) -> Party:
    """Return the party that stands for a merged one now, itself otherwise."""
    while party.merged_into is not None:
        party = party.merged_into
    return party


def names_of_keys(zone: Any, keys: Collection[str], *, people: bool) -> dict[str, str]:
    """Return the names of the parties whose keys are among the words, people only where asked for."""
    rows = Party.objects.in_zone(zone).filter(key__in=keys)
    return dict((rows if people else rows.exclude(kind=Party.Kind.PERSON)).values_list("key", "name"))


def firm_and_keys(zone: Any, key: str) -> tuple[Party, tuple[str, ...]]:
    """Return the party that stands for a key now, and the keys of all that were merged into it, its own first.

    Raises:
        UnknownParty: no party but a person has that key.
    """
    found = Party.objects.in_zone(zone).exclude(kind=Party.Kind.PERSON).filter(key=key).first()
    if found is None:
        raise UnknownParty(_("No party of %(zone)s answers to “%(ref)s”.") % {"zone": zone, "ref": key})
    firm = survivor(found)
    keys, level = [firm.key], [firm.pk]
    while level:
        merged = list(Party.objects.in_zone(zone).filter(merged_into__in=level).order_by("pk").values_list("pk", "key"))
        keys.extend(one for _pk, one in merged)
        level = [pk for pk, _key in merged]
    return firm, tuple(keys)
