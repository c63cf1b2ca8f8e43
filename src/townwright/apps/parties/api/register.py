"""Who is on record: lists, files, registering and editing."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from townwright.apps.parties import selectors as parties
from townwright.apps.parties.api.shapes import (
    Key,
    NewNames,
    NewParty,
    NewPerson,
    PartyEdit,
    PartyFile,
    PartyRow,
    PersonRow,
    Warned,
    find,
    other,
    router,
    shown,
)
from townwright.apps.parties.services import PartyDetails, Registered, edit_party, register_party
from townwright.apps.parties.services.facts import locked
from townwright.frame.api import Answer, Day, Paging, demand_state, page_of, paged, reads, state_of, texts, writes
from townwright.frame.api.doors import actor_of, demand
from townwright.frame.api.paging import in_order
from townwright.frame.clock import now, today

PartyPage, PersonPage = page_of(PartyRow), page_of(PersonRow)
_COLUMNS = ("name", "uscc", "industry", "arrived_on", "left_on", "present")
_SORTS = Literal["name", "-name", "uscc", "-uscc", "industry", "-industry", "arrived_on", "-arrived_on", "left_on", "-left_on"]
_PLAIN = ("kind", "name", "name_en", "legal_form", "registered_on", "capital_text", "address", "business_scope")


class PartyFilter(Paging):
    """Which parties: as on the page of firms."""

    at: Day | None = Field(None, description="As of this day; today in the zone if none is told.")
    q: str = Field("", max_length=100, description="Part of a name, beginning of a code, or pinyin initials.")
    tag: str = Field("", max_length=60)
    section: str = Field("", max_length=1, description="Industry section letter (GB/T 4754-2017).")
    status: Literal["", "present", "left", "expected"] = ""
    kind: Literal["", "firm", "branch", "institution", "public_body", "alliance"] = Field("", description="Empty: firms and branches.")
    sample: Literal["", "yes", "no"] = ""
    sort: _SORTS = Field("name", description="A column, - before it for descending; then by name and key.")


@reads(router, "/parties", name="parties.list", summary=_("List parties"), permission="parties.view", response=PartyPage)
def list_parties(request: HttpRequest, zone: Any, told: Query[PartyFilter]) -> Answer:
    """Return firms and branches, or another kind of party, with stay, code and industry as of a day. People are not among them."""
    chosen = {name: getattr(told, name) for name in ("q", "tag", "section", "status", "kind", "sample")}
    rows = parties.firm_rows(zone, at=told.at or today(zone.time_zone), **chosen)
    return paged(request, told, in_order(rows, told.sort, "name", "key"), lambda row: row)


def _state(party: Any) -> str:
    """Return the state of what an edit changes."""
    return state_of(party.pk, *(getattr(party, name) for name in _PLAIN))


class AsOf(Paging):
    """As of which day."""

    at: Day | None = Field(None, description="As of this day; today in the zone if none is told.")


@reads(
    router, "/parties/{path:key}", name="parties.get", summary=_("Read a party's file"), permission="parties.view", response=PartyFile,
    also=("people.view",),
)  # fmt: skip
def get_party(request: HttpRequest, zone: Any, key: Key, at: Day | None = None) -> Answer:
    """Return what is on record of a party as of a day. A person's file, and people in relations, need people.view."""
    told = find(request, zone, key, at)
    return Answer(shown(told), state=_state(told.party))


def _registered(told: Registered, zone: Any, status: int) -> Answer:
    body = {"key": told.party.key, "name": told.party.name, "warnings": [texts(one) for one in told.warnings]}
    return Answer(body, status=status, state=_state(told.party), location=f"/api/v1/zones/{zone.code}/parties/{told.party.key}")


def _details(told: NewNames, **more: Any) -> PartyDetails:
    given = {name: value for name, value in told.model_dump().items() if name not in ("tags", "other_names")}
    return PartyDetails(**given, other_names=tuple(told.other_names), token=secrets.token_hex(8), **more)


@writes(
    router,
    "POST",
    "/parties",
    name="parties.register",
    summary=_("Register a party"),
    permission="parties.edit",
    response=Warned,
    status=201,
    example={"kind": "firm", "name": "杭州示例科技有限公司", "arrived_on": "2016-03-01", "tags": ["cloud"]},
)
def register(request: HttpRequest, zone: Any, told: NewParty) -> Answer:
    """Register a firm, branch, institution, public body or alliance, with its code, arrival, industry and tags."""
    done = register_party(zone=zone, details=_details(told, tags=tuple(told.tags)), actor=actor_of(request), at=now())
    return _registered(done, zone, 201)


@writes(
    router, "PATCH", "/parties/{path:key}", name="parties.edit", summary=_("Edit a party"), permission="parties.edit", response=Warned,
    matches="must", also=("people.edit",), example={'name_en': 'Sample Technology', 'address': '云栖小镇 1 号楼'})  # fmt: skip
def edit(request: HttpRequest, zone: Any, key: Key, told: PartyEdit) -> Answer:
    """Change plain facts of a party; refused if somebody changed them since you read its file. People need people.edit."""
    party = find(request, zone, key).party
    if party.kind == "person":
        demand(request, "people.edit")
    changes = {name: value for name, value in told.model_dump(exclude_unset=True).items() if value is not None or name == "registered_on"}
    with transaction.atomic():
        demand_state(request, _state(locked(zone, party)))
        done = edit_party(zone=zone, party=party, changes=changes, actor=actor_of(request), at=now())
    return _registered(done, zone, 200)


class PeopleFilter(AsOf):
    """Which people."""

    q: str = Field("", max_length=100, description="Part of a name or of a related party's name, beginning of a code, or pinyin initials.")


@reads(router, "/people", name="people.list", summary=_("List people"), permission="people.view", response=PersonPage)
def list_people(request: HttpRequest, zone: Any, told: Query[PeopleFilter]) -> Answer:
    """Return people with what they are to whom on the day, and their numbers."""

    def show(person: Any) -> dict[str, Any]:
        held = [{"label": texts(label), "other": other(party)} for label, party in parties.positions(person)]
        codes = [{"scheme": one.scheme, "value": one.value} for one in person.codes]
        return {
            "key": person.key,
            "name": person.name,
            "name_en": person.name_en,
            "address": person.address,
            "positions": held,
            "codes": codes,
        }

    return paged(request, told, parties.people_rows(zone, at=told.at or today(zone.time_zone), q=told.q), show)


@writes(
    router,
    "POST",
    "/people",
    name="people.register",
    summary=_("Register a person"),
    permission="people.edit",
    response=Warned,
    status=201,
    example={"name": "王小明"},
)
def register_person(request: HttpRequest, zone: Any, told: NewPerson) -> Answer:
    """Register a person."""
    done = register_party(zone=zone, details=_details(told, kind="person"), actor=actor_of(request), at=now())
    return _registered(done, zone, 201)
