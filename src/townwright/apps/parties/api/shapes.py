"""Shapes of the register, and how a party is found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field

from townwright.apps.parties import selectors as parties
from townwright.frame.api import Day, DecimalText, In, Money, Out, Texts, money, refuse, texts
from townwright.frame.api.doors import allowed
from townwright.frame.clock import today

router = Router(tags=["parties"])
Key = Annotated[str, Path(description="Key of the party, as in uscc:91330106MA27X00017.", max_length=120)]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Ref = Annotated[str, Field(min_length=1, max_length=300, description="Key, code or whole name of a party on record.")]
Word = Annotated[str, Field(max_length=300)]
BodyKind = Literal["firm", "branch", "institution", "public_body", "alliance"]


class PartyRow(Out):
    """A firm in a list, as of a day: code, industry, its last stay up to then."""

    key: str
    kind: str
    name: str
    name_en: str
    uscc: str | None = Field(description="Unified social credit code, null where none is on record.")
    code_status: str | None = Field(description="ok, warned (fails its check) or accepted by a person.")
    industry: str | None
    arrived_on: date | None
    left_on: date | None = Field(description="First day outside.")
    present: bool
    sample: bool


class CodeOut(Out):
    """A code under its scheme; ``warnings`` say what is odd about one that fails its check."""

    id: int
    scheme: str
    scheme_label: Texts
    value: str
    status: str
    warnings: list[Texts]
    accepted_reason: str


class IndustryOut(Out):
    """An industry code with its edition, in force from a day."""

    id: int
    scheme: str
    edition: str
    code: str
    from_on: date
    to_on: date | None


class TagOut(Out):
    """A town's mark, in force from a day; ``to_on`` is the first day without."""

    id: int
    tag: str
    label: Texts
    from_on: date
    to_on: date | None


class StayOut(Out):
    """A stay in the zone; ``left_on`` is the first day outside."""

    id: int
    arrived_on: date
    left_on: date | None


class OtherOut(Out):
    """A party that another stands in relation to."""

    key: str
    kind: str
    name: str


class MembershipOut(Out):
    """Membership of an alliance: ``party`` is the alliance on a member's file, the member on the alliance's."""

    id: int
    party: OtherOut
    joined_on: date
    left_on: date | None
    founder: bool


class RelationOut(Out):
    """A relation as read from this party's side."""

    id: int
    kind: str
    label: Texts
    other: OtherOut
    from_on: date | None
    to_on: date | None
    holds: bool


class PartyFile(Out):
    """What the register holds of a party as of a day."""

    key: str
    kind: str
    name: str
    name_en: str
    other_names: list[str]
    legal_form: str
    registered_on: date | None
    capital: Money | None
    capital_text: str
    address: str
    business_scope: str
    sample: bool
    created_at: datetime
    at: date
    present: bool
    codes: list[CodeOut]
    industries: list[IndustryOut]
    tags: list[TagOut]
    stays: list[StayOut]
    alliances: list[MembershipOut]
    members: list[MembershipOut]
    relations: list[RelationOut]


class Warned(Out):
    """A party that was written, and in both languages what a person should look at."""

    key: str
    name: str
    warnings: list[Texts]


class Done(Out):
    """A fact that was written."""

    id: int
    key: str


def find(request: HttpRequest, zone: Any, key: str, at: date | None = None) -> parties.FirmFile:
    """Return a party's file as the asker may see it: a person's only where people may be seen."""
    return parties.firm_file(zone, key=key, at=at or today(zone.time_zone), people=allowed(request, "people.view"))


def other_party(request: HttpRequest, zone: Any, ref: str, field: str, *, permission: str = "people.edit") -> Any:
    """Return the party that a body names; people answer only to who may see them.

    Raises:
        Problem: nothing answers to it.
    """
    try:
        return parties.party_by_ref(zone, ref, people=allowed(request, permission))
    except parties.UnknownParty as fault:
        raise refuse(str(fault), field, kind="invalid") from fault


def other(party: Any) -> dict[str, Any]:
    """Return a party as others name it."""
    return {"key": party.key, "kind": party.kind, "name": party.name}


def shown(told: parties.FirmFile) -> dict[str, Any]:
    """Return a file in the shape of ``PartyFile``."""
    party = told.party
    plain = (
        "key",
        "kind",
        "name",
        "name_en",
        "legal_form",
        "registered_on",
        "capital_text",
        "address",
        "business_scope",
        "sample",
        "created_at",
    )

    def member(row: Any, whom: Any) -> dict[str, Any]:
        return {"id": row.pk, "party": other(whom), "joined_on": row.joined_on, "left_on": row.left_on, "founder": row.founder}

    return {
        **{name: getattr(party, name) for name in plain}, "at": told.at, "present": told.present,
        "capital": money(party.capital_amount, party.capital_currency), "other_names": [one.name for one in told.aliases],
        "codes": [
            {"id": one.pk, "scheme": one.scheme, "scheme_label": texts(parties.scheme_label(one.scheme)), "value": one.value, "status": one.status,
             "warnings": [texts(told_warning) for told_warning in one.warning], "accepted_reason": one.accepted_reason}
            for one in told.identifiers
        ],
        "industries": [{"id": one.pk, "scheme": one.scheme, "edition": one.edition, "code": one.code, "from_on": one.from_on, "to_on": one.to_on} for one in told.industries],
        "tags": [{"id": one.pk, "tag": one.tag, "label": texts(parties.tag_label(one.tag)), "from_on": one.from_on, "to_on": one.to_on} for one in told.tags],
        "stays": [{"id": one.pk, "arrived_on": one.arrived_on, "left_on": one.left_on} for one in told.stays],
        "alliances": [member(one, one.alliance) for one in told.alliances], "members": [member(one, one.party) for one in told.members],
        "relations": [
            {"id": one.pk, "kind": one.kind, "label": texts(one.label), "other": other(one.other), "from_on": one.from_on, "to_on": one.to_on, "holds": one.holds}
            for one in told.relations
        ],
    }  # fmt: skip


class PersonRow(Out):
    """A person: what they are to whom on the day, and their numbers."""

    key: str
    name: str
    name_en: str
    address: str
    positions: list[RelatedTo]
    codes: list[PersonCode]


class RelatedTo(Out):
    """What somebody is to a party."""

    label: Texts
    other: OtherOut


class PersonCode(Out):
    """A person's number under its scheme."""

    scheme: str
    value: str


class NewNames(In):
    """Names and a code of a party that is new."""

    name: Name
    name_en: Word = ""
    other_names: list[Name] = Field([], max_length=20)
    scheme: str = Field("uscc", max_length=30)
    code: str = Field("", max_length=80)
    address: str = Field("", max_length=500)


class NewParty(NewNames):
    """A firm, branch, institution, public body or alliance."""

    kind: BodyKind
    legal_form: str = Field("", max_length=100)
    registered_on: Day | None = None
    capital: str = Field("", max_length=200, description="As on the licence: 100万元人民币, USD 1,000,000.")
    business_scope: str = Field("", max_length=20_000)
    arrived_on: Day | None = None
    industry_code: str = Field("", max_length=10)
    industry_edition: str = Field("GB/T4754 2017", max_length=40)
    industry_from: Day | None = None
    tags: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field([], max_length=50)

    model_config = {"json_schema_extra": {"examples": [{"kind": "firm", "name": "杭州示例科技有限公司", "arrived_on": "2016-03-01"}]}}


class NewPerson(NewNames):
    """A person; a number only where the town needs it."""

    scheme: str = Field("", max_length=30)


class PartyEdit(In):
    """Plain facts to change; what is left out stays as it is. The former name is kept as another name."""

    kind: Literal["firm", "branch", "institution", "public_body"] | None = None
    name: Name | None = None
    name_en: Word | None = None
    other_name: Word | None = Field(None, description="One more name.")
    legal_form: str | None = Field(None, max_length=100)
    registered_on: Day | None = None
    capital: str | None = Field(None, max_length=200)
    address: str | None = Field(None, max_length=500)
    business_scope: str | None = Field(None, max_length=20_000)


__all__ = [
    "DecimalText", "Done", "Key", "NewParty", "NewPerson", "PartyEdit", "PartyFile", "PartyRow", "PersonRow", "Ref", "Warned", "find", "other",
    "other_party", "router", "shown",
]  # fmt: skip
