"""Registering a party by hand, and editing its plain facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from townwright.apps.parties.domain import name_keys, normal_name, parse_capital, pinyin_initials
from townwright.apps.parties.domain.capital import UnableToReadCapital
from townwright.apps.parties.models import Identifier, IndustryCode, Party, PartyAlias, Tag, ZoneMembership
from townwright.apps.parties.selectors.register import survivor
from townwright.apps.parties.services.codes import checked_code, checked_scheme, holder, kept_back, refuse_held
from townwright.apps.parties.services.facts import UnableToChangeParty, day, locked, today_in
from townwright.apps.parties.services.industries import checked_industry
from townwright.apps.parties.services.matching import branch_relation, leading_names, new_party, read_code, suggest_merges
from townwright.apps.parties.services.meanwhile import changed_meanwhile
from townwright.apps.parties.services.tags import checked_tag
from townwright.apps.zones.selectors import take_turns
from townwright.frame.actors import Actor
from townwright.frame.audit import write

PLAIN = ("name_en", "legal_form", "registered_on", "address", "business_scope")
BODIES = (Party.Kind.FIRM, Party.Kind.BRANCH, Party.Kind.INSTITUTION, Party.Kind.PUBLIC_BODY)
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class PartyDetails:
    """What a person tells of a party that is to be registered. Empty means not told.

    ``capital`` is written as on the licence; ``industry_edition`` as in ``GB/T4754 2017``; ``industry_from`` and the tags'
    first day default to the arrival, then to the day of registration. ``token`` is a random word that the door makes once a
    form, so that a form sent twice registers one person.
    """

    kind: str
    name: str
    name_en: str = ""
    other_names: tuple[str, ...] = ()
    scheme: str = "uscc"
    code: str = ""
    legal_form: str = ""
    registered_on: date | None = None
    capital: str = ""
    address: str = ""
    business_scope: str = ""
    arrived_on: date | None = None
    industry_code: str = ""
    industry_edition: str = ""
    industry_from: date | None = None
    tags: tuple[str, ...] = ()
    token: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """The party as it stands, and in both languages what a person should look at."""

    party: Party
    warnings: tuple[Mapping[str, str], ...] = ()


def register_party(*, zone: Any, details: PartyDetails, actor: Actor, at: datetime) -> Registered:
    """Take a party up in the register, with its code, arrival, industry and tags, in one transaction.

    A unified social credit code that fails its check lands as ``warned``. Parties of like name are proposed for merging.

    Raises:
        UnableToChangeParty: a detail does not hold (``field`` names it), another party holds the code, or, where no code
            is told, the register has a party of that very name without one.
    """
    facts = {name: getattr(details, name) for name in PLAIN}
    capital, notes = _checked_plain(zone, {"name": details.name, "capital": details.capital, **facts}, at)
    _checked_names("other_names", details.other_names)
    if details.kind not in Party.Kind.values:
        raise UnableToChangeParty(_("“%(kind)s” is not a kind of party: choose one of %(kinds)s.") % {"kind": details.kind, "kinds": ", ".join(Party.Kind.values)}, "kind")  # fmt: skip
    industry, tags = _industry_told(details), dict.fromkeys(checked_tag(word, "tags") for word in details.tags)
    scheme = checked_scheme(details.scheme, details.kind) if details.code else ""
    read = checked_code(details.code, scheme) if details.code else read_code("", "")
    party = new_party(
        zone=zone, kind=details.kind, name=details.name.strip(), at=at, scheme=scheme, code=read.value, token=details.token,
        sample=zone.sample, **facts, **capital,
    )  # fmt: skip
    with write(verb="parties.register", subject=party.key, zone=zone, actor=actor, at=at) as told:
        take_turns(zone)
        known = Party.objects.in_zone(zone).filter(key=party.key).first()
        if known is not None and details.kind == Party.Kind.PERSON and known.name == party.name:
            told.nothing_changed()
            return Registered(known)
        refuse_held(holder(zone, scheme, read.value) if read.value else None, "code")
        _refuse_known(known)
        party.save()
        if read.value:
            Identifier.records.create(
                zone=zone, party=party, scheme=scheme, value=read.value, status=read.status, warning=list(read.warnings)
            )
        _hang_on(party, details, industry, tags)
        told.new = _audited(
            party, {**facts, **capital, "kind": party.kind, "name": party.name, "code": read.value, **_dated(details, industry, tags)}
        )
        told.event("parties.party.registered", key=party.key, kind=party.kind)
        return Registered(party, (*read.warnings, *notes, *suggest_merges(party), *_tie(party)))


def edit_party(
    *, zone: Any, party: Party, changes: Mapping[str, Any], seen: Mapping[str, Any] | None = None, actor: Actor, at: datetime,
) -> Registered:  # fmt: skip
    """Change plain facts of a party; what is not in ``changes`` stays, and a change to what stands already is none.

    ``changes`` may hold ``name`` (the former name is kept as another name), ``other_name`` (one more name), ``name_en``,
    ``kind`` (between firm, branch, institution and public body), ``legal_form``, ``registered_on``, ``capital``, ``address``
    and ``business_scope``. The party's key never changes. ``seen`` is what the editor's form showed, by the same names.

    Raises:
        EditedMeanwhile: somebody changed one of these facts since the editor's form showed them.
        UnableToChangeParty: a fact does not hold (``field`` names it).
    """
    facts = {name: value for name, value in changes.items() if name in (*PLAIN, "kind")}
    capital, notes = _checked_plain(zone, changes, at)
    _checked_names("other_name", [changes["other_name"]] if changes.get("other_name") else [])
    with write(verb="parties.edit", subject=party.key, zone=zone, actor=actor, at=at) as told:
        row = locked(zone, party)
        notes += changed_meanwhile(zone, row, seen or {}, changes)
        _checked_kind_change(row, facts.get("kind", row.kind))
        old = {name: getattr(row, name) for name in (*facts, *capital)}
        new = {**facts, **capital}
        renamed = "name" in changes and changes["name"].strip() != row.name
        if renamed:
            old["name"], new["name"] = row.name, changes["name"].strip()
            _rename(row, new["name"])
            _add_name(row, old["name"])
        added = changes.get("other_name", "").strip()
        if added and _add_name(row, added):
            new["other_name"] = added
        if old == {name: new.get(name) for name in old} and "other_name" not in new:
            told.nothing_changed()
            return Registered(row, tuple(notes))
        for name, value in {**facts, **capital}.items():
            setattr(row, name, value)
        row.save()
        changed = {name: value for name, value in new.items() if name == "other_name" or old[name] != value}
        told.old, told.new = _audited(row, {name: old.get(name) for name in changed}), _audited(row, changed)
        told.event("parties.party.edited", key=row.key, facts=sorted(changed))
        return Registered(row, (*notes, *(suggest_merges(row) if renamed else ())))


def _checked_plain(zone: Any, told: Mapping[str, Any], at: datetime) -> tuple[dict[str, Any], list[Mapping[str, str]]]:
    """Check plain facts; return the columns of the capital (none where it is not told) and notes on how it was read."""
    if "name" in told:
        _checked_names("name", [told["name"]])
    for name in PLAIN:
        value, longest = told.get(name), Party._meta.get_field(name).max_length
        if isinstance(value, str) and longest and len(value) > longest:
            raise UnableToChangeParty(
                _("This has %(count)d characters; the most is %(most)d.") % {"count": len(value), "most": longest}, name
            )
    registered, today = told.get("registered_on"), today_in(zone, at)
    if registered is not None and registered > today:
        raise UnableToChangeParty(_("%(day)s lies after today, %(today)s: correct the day of registration.") % {"day": registered, "today": today}, "registered_on")  # fmt: skip
    if "capital" not in told:
        return {}, []
    return _capital(zone, told["capital"].strip())


def _capital(zone: Any, text: str) -> tuple[dict[str, Any], list[Mapping[str, str]]]:
    longest = Party._meta.get_field("capital_text").max_length
    try:
        read = parse_capital(text, home=zone.currency)
    except UnableToReadCapital as fault:
        raise UnableToChangeParty(_("No amount can be read from “%(text)s”: write it as in 100万元人民币 or USD 1,000,000.") % {"text": text}, "capital") from fault  # fmt: skip
    if read is None:
        return {"capital_text": text[:longest], "capital_amount": None, "capital_currency": ""}, []
    if len(text) > longest or read.amount >= Decimal(10) ** _MOST_DIGITS or read.amount != round(read.amount, 2):
        raise UnableToChangeParty(_("“%(text)s” is too long, too large, or parts a cent: compare with the licence.") % {"text": text[:60]}, "capital")  # fmt: skip
    columns = {"capital_text": text, "capital_amount": read.amount, "capital_currency": read.currency or ""}
    return columns, [read.note] if read.note else []


def _checked_names(field: str, names: Any) -> None:
    longest = Party._meta.get_field("name").max_length
    for name in names:
        normal = normal_name(name)
        if not normal:
            raise UnableToChangeParty(_("Write a name: letters, digits or characters."), field)
        if len(name) > longest or len(normal) > longest:
            raise UnableToChangeParty(
                _("This has %(count)d characters; the most is %(most)d.") % {"count": len(name), "most": longest}, field
            )


def _industry_told(details: PartyDetails) -> tuple[str, str, str, date] | None:
    """Return scheme, edition, code and first day of the industry, and see that the tags have a first day."""
    since = details.arrived_on or details.registered_on
    if details.tags and since is None:
        raise UnableToChangeParty(_("Say when the party arrived or was registered: tags hold from that day."), "tags")
    if not details.industry_code.strip():
        return None
    start = details.industry_from or since
    scheme, edition, code = checked_industry(details.industry_code, details.industry_edition)
    if start is None:
        raise UnableToChangeParty(_("Say from which day the industry code holds."), "industry_from")
    return scheme, edition, code, start


def _refuse_known(known: Party | None) -> None:
    """Refuse a party whose key is taken: by one of that very name without a code, or by the person that this form registered."""
    if known is None:
        return
    told = {"name": survivor(known).name}
    if known.kind == Party.Kind.PERSON:
        raise UnableToChangeParty(_("This form registered %(name)s already: open a new one.") % told, "name")
    raise UnableToChangeParty(_("%(name)s is on record under this name, without a code: open its file, or tell the code.") % told, "name")


def _hang_on(party: Party, details: PartyDetails, industry: tuple[str, str, str, date] | None, tags: Iterable[str]) -> None:
    """Write what hangs on a party that was just saved."""
    for name in details.other_names:
        _add_name(party, name)
    if details.arrived_on is not None:
        ZoneMembership.records.create(zone=party.zone, party=party, arrived_on=details.arrived_on)
    if industry is not None:
        scheme, edition, code, start = industry
        IndustryCode.records.create(zone=party.zone, party=party, scheme=scheme, edition=edition, code=code, from_on=start)
    for slug in tags:
        Tag.records.create(zone=party.zone, party=party, tag=slug, from_on=details.arrived_on or details.registered_on)


def _add_name(party: Party, name: str) -> bool:
    """Keep another name; say whether it is new."""
    told = name.strip()
    if told == party.name:
        return False
    _row, made = PartyAlias.records.get_or_create(
        zone=party.zone, party=party, name=told, defaults={"name_normal": name_keys(told)[0]}
    )  # fmt: skip
    return made


def _rename(party: Party, name: str) -> None:
    party.name = name
    party.name_normal, sound = name_keys(name)
    party.name_sound, party.name_initials = sound[:600], pinyin_initials(name)


def _checked_kind_change(party: Party, kind: str) -> None:
    if kind != party.kind and (kind not in BODIES or party.kind not in BODIES):
        told = {"name": party.name, "kind": party.get_kind_display(), "kinds": ", ".join(str(Party.Kind(one).label) for one in BODIES)}
        raise UnableToChangeParty(_("%(name)s is on record as %(kind)s; only %(kinds)s can be turned into one another.") % told, "kind")


def _tie(party: Party) -> list[Mapping[str, str]]:
    """Tie a branch to the firm whose whole name leads the branch's, and say so."""
    if party.kind != Party.Kind.BRANCH:
        return []
    leading = Q(name_normal__in=leading_names(party.name_normal))
    firms = {one.name_normal: one for one in Party.objects.in_zone(party.zone).filter(leading, kind=Party.Kind.FIRM, merged_into=None)}
    relation = branch_relation(party, firms, party.registered_on)
    if relation is None:
        return []
    relation.save()
    name = relation.to_party.name
    return [{"zh": f"按名称记为“{name}”的分支机构，请核对。", "en": f"By its name it was taken for a branch of {name}. Compare them."}]


def _dated(details: PartyDetails, industry: tuple[str, str, str, date] | None, tags: Iterable[str]) -> dict[str, Any]:
    """Return the dated facts as the audit trail keeps them."""
    names = ", ".join(details.other_names)
    return {"other_names": names, "arrived_on": details.arrived_on, "industry": " ".join(map(str, industry or ())), "tags": ", ".join(tags)}


def _audited(party: Party, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as the audit trail keeps them: told ones only, as text; of a person, which ones but not their values."""
    told = {name: day(value) if isinstance(value, date) else str(value) for name, value in facts.items() if value not in (None, "")}
    return {name: text if name == "kind" else kept_back(party.kind, text) for name, text in told.items()}
