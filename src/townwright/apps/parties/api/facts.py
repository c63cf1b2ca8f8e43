"""Dated facts of a party: each begins, ends, or is withdrawn as a mistake."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from townwright.apps.parties import selectors as parties
from townwright.apps.parties import services
from townwright.apps.parties.api.shapes import Done, Key, Ref, find, other_party, router
from townwright.frame.api import Answer, Day, In, Number, refuse, writes
from townwright.frame.api.doors import actor_of, allowed, demand
from townwright.frame.clock import now

PARTY = "/parties/{path:key}"
Reason = Annotated[str, Field(min_length=1, max_length=500)]
TagWord = Annotated[str, Field(min_length=1, max_length=60, description="A known tag, its label, or a word of the town's own.")]
_FACT: dict[str, Any] = {"permission": "parties.edit", "response": Done, "also": ("people.edit",)}


def _told(request: HttpRequest, zone: Any, key: str) -> dict[str, Any]:
    """Return what every verb is given; a person's file needs people.edit."""
    party = find(request, zone, key).party
    if party.kind == "person":
        demand(request, "people.edit")
    return {"zone": zone, "party": party, "actor": actor_of(request), "at": now()}


def _done(row: Any, key: str, status: int = 200) -> Answer:
    return Answer({"id": row.pk, "key": key}, status=status)


class NewTag(In):
    """A mark from a day; ``to_on`` is the first day without."""

    tag: TagWord
    from_on: Day
    to_on: Day | None = None


class TagEnd(In):
    """A mark that is taken off."""

    tag: TagWord
    to_on: Day


@writes(
    router,
    "POST",
    f"{PARTY}/tags",
    name="parties.tags.add",
    summary=_("Put a tag on"),
    status=201,
    **_FACT,
    example={"tag": "cloud", "from_on": "2016-03-01"},
)
def add_tag(request: HttpRequest, zone: Any, key: Key, told: NewTag) -> Answer:
    """Put a town's mark on a party from a day; one that holds already is left as it is."""
    return _done(services.tag_party(**_told(request, zone, key), **told.model_dump()), key, 201)


@writes(
    router,
    "POST",
    f"{PARTY}/tags/end",
    name="parties.tags.end",
    summary=_("Take a tag off"),
    **_FACT,
    example={"tag": "cloud", "to_on": "2017-01-01"},
)
def end_tag(request: HttpRequest, zone: Any, key: Key, told: TagEnd) -> Answer:
    """Take a mark off a party."""
    return _done(services.end_tag(**_told(request, zone, key), **told.model_dump()), key)


class NewStay(In):
    """An arrival; ``left_on``, the first day outside, only for a stay that is over."""

    arrived_on: Day
    left_on: Day | None = None


class StayEnd(In):
    """The first day outside."""

    left_on: Day


@writes(
    router,
    "POST",
    f"{PARTY}/stays",
    name="parties.stays.add",
    summary=_("Record an arrival"),
    status=201,
    **_FACT,
    example={"arrived_on": "2016-03-01"},
)
def add_stay(request: HttpRequest, zone: Any, key: Key, told: NewStay) -> Answer:
    """Record that a party arrived, or came back."""
    return _done(services.arrive(**_told(request, zone, key), **told.model_dump()), key, 201)


@writes(
    router, "POST", f"{PARTY}/stays/end", name="parties.stays.end", summary=_("Record leaving"), **_FACT, example={"left_on": "2017-01-01"}
)
def end_stay(request: HttpRequest, zone: Any, key: Key, told: StayEnd) -> Answer:
    """Record that a party left the zone."""
    return _done(services.leave(**_told(request, zone, key), left_on=told.left_on), key)


class NewIndustry(In):
    """An industry code from a day."""

    industry_code: str = Field(min_length=1, max_length=10)
    edition: str = Field("GB/T4754 2017", max_length=40)
    from_on: Day


@writes(
    router,
    "POST",
    f"{PARTY}/industries",
    name="parties.industries.set",
    summary=_("Set the industry"),
    status=201,
    **_FACT,
    example={"industry_code": "6510", "edition": "GB/T4754 2017", "from_on": "2016-03-01"},
)
def set_industry(request: HttpRequest, zone: Any, key: Key, told: NewIndustry) -> Answer:
    """Set a party's industry from a day; the code in force ends on it."""
    given = {"code": told.industry_code, "edition": told.edition, "from_on": told.from_on}
    return _done(services.set_industry(**_told(request, zone, key), **given), key, 201)


class NewCode(In):
    """A code under a scheme."""

    scheme: str = Field(min_length=1, max_length=30)
    code: str = Field(min_length=1, max_length=80)


class CodeAccepted(In):
    """A code that fails its check, and why it is accepted all the same."""

    id: Number
    reason: Reason


@writes(
    router,
    "POST",
    f"{PARTY}/codes",
    name="parties.codes.add",
    summary=_("Add a code"),
    status=201,
    **_FACT,
    example={"scheme": "uscc", "code": "91330106MA27X00017"},
)
def add_code(request: HttpRequest, zone: Any, key: Key, told: NewCode) -> Answer:
    """Give a party another code; a unified social credit code that fails its check lands as warned."""
    return _done(services.add_identifier(**_told(request, zone, key), **told.model_dump()), key, 201)


@writes(
    router,
    "POST",
    f"{PARTY}/codes/accept",
    name="parties.codes.accept",
    summary=_("Accept a code"),
    **_FACT,
    example={"id": 12, "reason": "Licence seen on 12 March."},
)
def accept_code(request: HttpRequest, zone: Any, key: Key, told: CodeAccepted) -> Answer:
    """Accept a code of the party that fails its check, with a reason."""
    given = _told(request, zone, key)
    if not given["party"].identifiers.filter(pk=told.id).exists():
        raise refuse(str(_("The party has no such fact.")), "id")
    del given["party"]
    return _done(services.accept_identifier_warning(**given, identifier_id=told.id, reason=told.reason), key)


class NewRelation(In):
    """A relation: ``side`` first reads *this party KIND the other*, second the reverse."""

    kind: str = Field(min_length=1, max_length=30, description="As in branch_of, invests_in, legal_representative.")
    other: Ref
    side: Literal["first", "second"] = "first"
    from_on: Day | None = Field(None, description="Null: since before anybody noted.")
    to_on: Day | None = None


class RelationEnd(In):
    """The first day without the relation."""

    id: Number
    to_on: Day


@writes(
    router,
    "POST",
    f"{PARTY}/relations",
    name="parties.relations.add",
    summary=_("Add a relation"),
    status=201,
    **_FACT,
    example={"kind": "invests_in", "other": "uscc:91330106MA27X00025", "from_on": "2015-06-01"},
)
def add_relation(request: HttpRequest, zone: Any, key: Key, told: NewRelation) -> Answer:
    """Record that the party stands in a relation to another."""
    given, second = _told(request, zone, key), other_party(request, zone, told.other, "other")
    party = given.pop("party")
    pair = {"first": party, "second": second} if told.side == "first" else {"first": second, "second": party}
    return _done(services.relate(**given, **pair, kind=told.kind, from_on=told.from_on, to_on=told.to_on), key, 201)


def _touched(request: HttpRequest, given: dict[str, Any], number: int) -> None:
    """Refuse a relation that is not the party's, or is to a person where people may not be touched."""
    rows = parties.relation_rows(given["party"], at=given["at"].date(), people=allowed(request, "people.edit"))
    if number not in [one.pk for one in rows]:
        raise refuse(str(_("The party has no such fact.")), "id")


@writes(
    router,
    "POST",
    f"{PARTY}/relations/end",
    name="parties.relations.end",
    summary=_("End a relation"),
    **_FACT,
    example={"id": 12, "to_on": "2017-01-01"},
)
def end_relation(request: HttpRequest, zone: Any, key: Key, told: RelationEnd) -> Answer:
    """End a relation of the party."""
    given = _told(request, zone, key)
    _touched(request, given, told.id)
    del given["party"]
    return _done(services.end_relation(**given, relation_id=told.id, to_on=told.to_on), key)


class NewMembership(In):
    """Membership of an alliance that the zone keeps."""

    alliance: Ref
    joined_on: Day
    left_on: Day | None = None
    founder: bool = False


class MembershipEnd(In):
    """The first day outside the alliance."""

    alliance: Ref
    left_on: Day


@writes(
    router,
    "POST",
    f"{PARTY}/alliances",
    name="parties.alliances.join",
    summary=_("Join an alliance"),
    status=201,
    **_FACT,
    example={"alliance": "云栖联盟", "joined_on": "2016-03-01"},
)
def join(request: HttpRequest, zone: Any, key: Key, told: NewMembership) -> Answer:
    """Record that the party joined an alliance."""
    given, alliance = _told(request, zone, key), other_party(request, zone, told.alliance, "alliance")
    dates = {"joined_on": told.joined_on, "left_on": told.left_on, "founder": told.founder}
    return _done(services.join_alliance(**given, alliance=alliance, **dates), key, 201)


@writes(
    router,
    "POST",
    f"{PARTY}/alliances/end",
    name="parties.alliances.end",
    summary=_("Leave an alliance"),
    **_FACT,
    example={"alliance": "云栖联盟", "left_on": "2017-01-01"},
)
def leave_alliance(request: HttpRequest, zone: Any, key: Key, told: MembershipEnd) -> Answer:
    """Record that the party left an alliance."""
    given, alliance = _told(request, zone, key), other_party(request, zone, told.alliance, "alliance")
    return _done(services.leave_alliance(**given, alliance=alliance, left_on=told.left_on), key)


class Mistake(In):
    """A fact that was entered by mistake."""

    fact: Literal["name", "stay", "tag", "industry", "alliance", "relation"]
    id: Number
    reason: Reason


@writes(
    router,
    "POST",
    f"{PARTY}/withdrawals",
    name="parties.facts.withdraw",
    summary=_("Withdraw a fact"),
    **_FACT,
    example={"fact": "stay", "id": 12, "reason": "The date was that of another firm."},
)
def withdraw(request: HttpRequest, zone: Any, key: Key, told: Mistake) -> Answer:
    """Take a fact out of the register that was entered by mistake; the audit trail keeps it."""
    given = _told(request, zone, key)
    if told.fact == "relation":
        _touched(request, given, told.id)
    services.withdraw_fact(**given, fact=told.fact, number=told.id, reason=told.reason)
    return Answer({"id": told.id, "key": key})
