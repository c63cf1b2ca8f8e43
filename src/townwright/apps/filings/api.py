"""Returns for programs: datasets, what was filed, who has not, entering, correcting, deciding."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router
from pydantic import Field, StrictBool, StrictInt, StrictStr

from townwright.apps.filings import selectors as filings
from townwright.apps.filings.services import accept, correct, hand_in, return_filing, save_draft, submit
from townwright.apps.parties.selectors import UnknownParty, party_by_ref
from townwright.frame.api import (
    Answer,
    In,
    Number,
    Out,
    Paging,
    Problem,
    Texts,
    demand_state,
    page_of,
    paged,
    reads,
    refuse,
    state_of,
    texts,
    writes,
)
from townwright.frame.api.doors import actor_of
from townwright.frame.api.paging import in_order
from townwright.frame.clock import now
from townwright.frame.text import in_language
from townwright.kernel.values.period import Period

router = Router(tags=["filings"])
Value = StrictStr | StrictBool | StrictInt | None
Values = Annotated[
    dict[str, Value],
    Field(
        max_length=300,
        description="By field name; amounts and other decimals as text in the base unit.",
        examples=[{"output": "1200000.00"}],
    ),
]
Answers = Annotated[
    dict[str, Annotated[str, Field(max_length=500)]], Field(max_length=300, description="Notes on odd values that were checked, by field.")
]
PeriodText = Annotated[str, Field(max_length=10, description="As in 2016, 2016Q1 or 2016-03.", examples=["2016"])]


class FieldOut(Out):
    """A field of a dataset; ``unit`` is the base unit in which values are kept."""

    name: str
    type: str
    unit: str
    label: Texts
    required: bool
    choices: dict[str, Texts]


class DatasetOut(Out):
    """A dataset that firms file each ``grain`` (month, quarter or year)."""

    name: str
    grain: str
    title: Texts
    fields: list[FieldOut]


class FirmOut(Out):
    """The firm of a return."""

    key: str
    name: str


class FilingRow(Out):
    """A return in a list."""

    id: int
    firm: FirmOut
    dataset: str
    period: str
    status: str
    version: int
    submitted_at: datetime | None
    decided_at: datetime | None
    decided_by: str


class ChangeOut(Out):
    """What a correction changed in one field."""

    field: str
    old: str | int | bool | None
    new: str | int | bool | None


class CorrectionOut(Out):
    """One correction: which version came of it, by whom, when, why."""

    version: int
    at: datetime
    by: str
    reason: str
    changes: list[ChangeOut]


class FilingOut(FilingRow):
    """A return with its values and every correction, newest first."""

    values: dict[str, str | int | bool | None]
    answers: dict[str, Any]
    return_reason: str
    corrections: list[CorrectionOut]


class NotFiledOut(Out):
    """A firm that was here in the period and has handed in nothing for it."""

    key: str
    name: str
    uscc: str | None
    industry: str | None
    arrived_on: date | None
    left_on: date | None
    state: str | None = Field(description="draft or returned; null where nothing was begun.")
    last_period: str | None


FilingPage, NotFiledPage = page_of(FilingRow), page_of(NotFiledOut)


@reads(router, "/datasets", name="datasets.list", summary=_("List datasets"), permission="filings.view", response=list[DatasetOut])
def list_datasets(request: HttpRequest, zone: Any) -> Any:
    """Return the datasets that firms file, with their fields."""

    def told(one: Any) -> dict[str, Any]:
        unit = one.unit or (zone.currency if one.type == "money" else "")
        choices = {code: texts(label) for code, label in one.choices.items()}
        return {"name": one.name, "type": one.type, "unit": unit, "label": texts(one.label), "required": one.required, "choices": choices}

    return [
        {"name": one.name, "grain": one.grain, "title": texts(one.title), "fields": [told(field) for field in one.fields]}
        for one in filings.definitions().values()
    ]


class FilingFilter(Paging):
    """Which returns."""

    dataset: str = Field("", max_length=60)
    period: str = Field("", max_length=10)
    status: Literal["", "draft", "submitted", "accepted", "returned"] = ""
    q: str = Field("", max_length=100, description="Part of the firm's name, or the beginning of its code.")


def _row(row: Any) -> dict[str, Any]:
    plain = ("dataset", "period", "status", "version", "submitted_at", "decided_at", "decided_by")
    return {"id": row.pk, "firm": {"key": row.party.key, "name": row.party.name}, **{name: getattr(row, name) for name in plain}}


@reads(router, "/filings", name="filings.list", summary=_("List returns"), permission="filings.view", response=FilingPage)
def list_filings(request: HttpRequest, zone: Any, told: Query[FilingFilter]) -> Answer:
    """Return returns, newest period first."""
    return paged(request, told, filings.inbox(zone, dataset=told.dataset, period=told.period, status=told.status, q=told.q), _row)


class NotFiledFilter(Paging):
    """Whose returns are missing: of which dataset and period."""

    dataset: str = Field(min_length=1, max_length=60, examples=["yearly-return"])
    period: PeriodText
    q: str = Field("", max_length=100, description="Part of a name, a code, or pinyin initials.")
    sort: Literal["name", "-name", "arrived_on", "-arrived_on", "last_period", "-last_period"] = "name"


@reads(
    router,
    "/filings/missing",
    name="filings.missing",
    summary=_("List who has not filed"),
    permission="filings.view",
    response=NotFiledPage,
)
def list_missing(request: HttpRequest, zone: Any, told: Query[NotFiledFilter]) -> Answer:
    """Return the firms due for the period whose return is neither submitted nor accepted."""
    rows = filings.not_filed(zone, told.dataset, _period(told.dataset, told.period, "query"), q=told.q.strip())
    return paged(request, told, in_order(rows, told.sort, "name", "key"), lambda row: row)


def _period(dataset: str, text: str, where: str = "body") -> Period:
    try:
        return filings.period_for(dataset, text)
    except (filings.UnknownDataset, filings.UnableToChoosePeriod) as fault:
        name = "dataset" if isinstance(fault, filings.UnknownDataset) else "period"
        raise Problem("invalid", str(fault), [{"field": f"{where}.{name}", "message": str(fault)}]) from fault


def _state(row: Any) -> str:
    return state_of(row.pk, row.version, row.status)


def _whole(row: Any, status: int = 200) -> Answer:
    corrections = [
        {"version": one.version, "at": one.at, "by": one.by, "reason": one.reason,
         "changes": [{"field": field.name, "old": _stored(old), "new": _stored(new)} for field, old, new in one.changes]}
        for one in filings.corrections(row)
    ]  # fmt: skip
    body = {**_row(row), "values": row.values, "answers": row.answers, "return_reason": row.return_reason, "corrections": corrections}
    return Answer(
        body, status=status, state=_state(row), location=f"/api/v1/zones/{row.zone.code}/filings/{row.pk}" if status == 201 else ""
    )


def _stored(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


@reads(router, "/filings/{int:number}", name="filings.get", summary=_("Read a return"), permission="filings.view", response=FilingOut)
def get_filing(request: HttpRequest, zone: Any, number: Path[Number]) -> Answer:
    """Return one return with its values and what each correction changed."""
    return _whole(filings.filing(zone, number))


class NewFiling(In):
    """A return: of which firm, for which dataset and period, with which values."""

    firm: str = Field(min_length=1, max_length=300, description="Key, code or whole name.")
    dataset: str = Field(min_length=1, max_length=60, examples=["yearly-return"])
    period: PeriodText
    values: Values
    answers: Answers = {}
    draft: bool = Field(False, description="Keep it as a draft: required fields may be empty, nothing is asked.")


def _typed(dataset: str, zone: Any, told: dict[str, Value]) -> dict[str, Any]:
    """Return typed values; booleans and whole numbers may come as JSON's own.

    Raises:
        Problem: a field is not the dataset's, or its value cannot be read.
    """
    known = [one.name for one in filings.definition(dataset).fields]
    unknown = [
        {"field": f"body.values.{name}", "message": str(_("There is no such field: leave it out."))} for name in told if name not in known
    ]
    read, faults = filings.read_texts(dataset, zone.currency, {name: filings.as_text(value) for name, value in told.items()})
    errors = unknown + [{"field": f"body.values.{name}", "message": texts(message)} for name, message in faults.items()]
    if errors:
        raise Problem("invalid", str(_("Some of the input does not hold; see errors.")), [_in_words(one) for one in errors])
    return {name: value for name, value in read.items() if name in told}


def _in_words(error: dict[str, Any]) -> dict[str, Any]:
    return error if isinstance(error["message"], str) else {**error, "message": in_language(error["message"])}


@writes(
    router,
    "POST",
    "/filings",
    name="filings.enter",
    summary=_("Enter a return"),
    permission="filings.edit",
    response=FilingOut,
    status=201,
    example={
        "firm": "uscc:91330106MA27X00017",
        "dataset": "yearly-return",
        "period": "2016",
        "values": {"output": "1200000.00", "staff": 12},
        "answers": {"output": "checked with the firm"},
    },
)
def enter(request: HttpRequest, zone: Any, told: NewFiling) -> Answer:
    """Hand a return in, or keep it as a draft. A question that a soft check asks comes back under errors with ``asks``: send
    the return again with an answer for the field."""
    period = _period(told.dataset, told.period)
    try:
        party = party_by_ref(zone, told.firm, people=False)
    except UnknownParty as fault:
        raise refuse(str(fault), "firm", kind="invalid") from fault
    given = {"zone": zone, "party": party, "dataset": told.dataset, "period": period, "values": _typed(told.dataset, zone, told.values)}
    given |= {"actor": actor_of(request), "at": now()}
    row = save_draft(**given) if told.draft else hand_in(**given, answers=told.answers)
    return _whole(row, 201)


class Submission(In):
    """Answers to what soft checks ask of a draft."""

    answers: Answers = {}


@writes(
    router, "POST", "/filings/{int:number}/submission", name="filings.submit", summary=_("Hand a draft in"), permission="filings.edit",
    response=FilingOut, example={'answers': {}})  # fmt: skip
def submit_draft(request: HttpRequest, zone: Any, number: Path[Number], told: Submission) -> Answer:
    """Hand in a draft, or a return that was given back."""
    filings.filing(zone, number)
    return _whole(submit(zone=zone, filing_id=number, answers=told.answers, actor=actor_of(request), at=now()))


class Correction(In):
    """Values to change, and why; what is left out stays as it is."""

    values: Values
    reason: str = Field(min_length=1, max_length=500)
    answers: Answers = {}


@writes(
    router, "PATCH", "/filings/{int:number}", name="filings.correct", summary=_("Correct a return"), permission="filings.edit", response=FilingOut,
    matches="must", example={'values': {'output': '1250000.00'}, 'reason': 'The firm sent the audited figure.'})  # fmt: skip
def correct_filing(request: HttpRequest, zone: Any, number: Path[Number], told: Correction) -> Answer:
    """Correct an accepted return; what it replaces is kept. Refused if another corrected it since you read it."""
    row = filings.filing(zone, number)
    demand_state(request, _state(row))
    kept, _faults = filings.read_texts(row.dataset, zone.currency, {name: filings.as_text(value) for name, value in row.values.items()})
    values = {**kept, **_typed(row.dataset, zone, told.values)}
    done = correct(
        zone=zone,
        filing_id=number,
        version=row.version,
        values=values,
        reason=told.reason,
        answers=told.answers,
        actor=actor_of(request),
        at=now(),
    )
    return _whole(done)


class FilingDecision(In):
    """Accept a submitted return, or give it back with a reason."""

    decision: Literal["accept", "return"]
    reason: str = Field("", max_length=500, description="Needed to give it back: what the firm should mend.")


@writes(
    router, "POST", "/filings/{int:number}/decision", name="filings.decide", summary=_("Decide a return"), permission="filings.decide",
    response=FilingOut, matches="may", example={'decision': 'accept'})  # fmt: skip
def decide_filing(request: HttpRequest, zone: Any, number: Path[Number], told: FilingDecision) -> Answer:
    """Accept a submitted return, or give it back; with If-Match, only as you read it."""
    given = {"zone": zone, "filing_id": number, "actor": actor_of(request), "at": now()}
    with transaction.atomic():
        demand_state(request, _state(filings.filing(zone, number)), needed=False)
        row = accept(**given) if told.decision == "accept" else return_filing(**given, reason=told.reason)
    return _whole(row)
