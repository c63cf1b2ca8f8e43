"""Figures with their provenance, and the claims ledger, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router
from pydantic import Field

from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.services import UnableToLoadClaims, add_claim, withdraw_claim
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.api import Answer, In, Out, Texts, page_of, paged, reads, refuse, texts, writes
from townwright.frame.api.doors import actor_of
from townwright.frame.api.paging import Paging, SnapshotRef, Which, snapshot_ref
from townwright.frame.api.schemas import Day, DecimalText
from townwright.frame.clock import now

router = Router(tags=["indicators"])
FigureCode = Annotated[str, Path(description="Code of the figure.", max_length=80, pattern=r"^[-a-zA-Z0-9_]+$")]
_BOUNDS = Literal["exact", "at_least", "more_than", "almost", "about", "at_most"]


class FigureRow(Out):
    """A figure measured over a snapshot; ``value`` is null where it cannot be told. Money is in the unit's currency."""

    code: str
    label: Texts
    value: DecimalText | None
    unit: str
    rulebook: str
    rulebook_hash: str
    measured_at: datetime


class FigureList(Out):
    """All figures of a snapshot, in the order of their rulebooks."""

    snapshot: SnapshotRef
    figures: list[FigureRow]


class RowsPart(Out):
    """One set of rows behind a figure; ask for them by its place."""

    part: int
    entity: str
    rows: int
    columns: list[str]


class BreakdownRow(Out):
    """A figure's share of one value of a column."""

    key: str | None
    value: str | None


class FigureFile(FigureRow):
    """A figure opened: its formula, the whole working, its breakdowns, and the rows it was made of."""

    snapshot: SnapshotRef
    formula: str
    working: dict[str, Any]
    sentences: dict[str, list[str]]
    breakdowns: dict[str, list[BreakdownRow]]
    parts: list[RowsPart]


class FigureCells(Out):
    """One row behind a figure: its values by column, exact numbers as text."""

    cells: dict[str, str | int | bool | None]


class ClaimRow(Out):
    """A published figure and, over the snapshot, what was measured and the verdict (null: none speaks of it yet)."""

    uid: str
    system: str
    label: Texts
    value: DecimalText
    bound: str
    step: DecimalText
    unit: str
    as_of: str
    source: str
    published: str
    quote: str
    speaker: str
    promise_due: date | None
    indicator: str
    derived_from: str
    withdrawn_at: datetime | None
    withdrawn_why: str
    measured: DecimalText | None
    verdict: str | None
    why: Texts | None


CellsPage, ClaimPage = page_of(FigureCells), page_of(ClaimRow)


def _figure(row: Any) -> dict[str, Any]:
    plain = ("code", "value", "unit", "rulebook", "rulebook_hash", "measured_at")
    return {**{name: getattr(row, name) for name in plain}, "label": texts(row.label)}


class OfSnapshot(In):
    """Over which snapshot."""

    snapshot: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    period: str = Field("", max_length=10, description="As in 2016, 2016Q1 or 2016-03: its newest revision.")


@reads(router, "/figures", name="figures.list", summary=_("List figures"), permission="figures.view", response=FigureList)
def list_figures(request: HttpRequest, zone: Any, told: Query[OfSnapshot]) -> Any:
    """Return the figures measured over a snapshot, by default of the period that ended last."""
    frozen = snapshots.chosen(zone, told.snapshot, told.period)
    return {"snapshot": snapshot_ref(frozen), "figures": [_figure(row) for row in indicators.figures(zone, frozen)]}


@reads(router, "/figures/{str:figure}", name="figures.get", summary=_("Open a figure"), permission="figures.view", response=FigureFile)
def get_figure(request: HttpRequest, zone: Any, figure: FigureCode, told: Query[OfSnapshot]) -> Any:
    """Return a figure with its provenance: formula, parameters in force, working, breakdowns, and which rows it was made of."""
    frozen = snapshots.chosen(zone, told.snapshot, told.period)
    opened = indicators.figure(zone, frozen, figure)
    return {**_figure(opened.row), "snapshot": snapshot_ref(frozen), **indicators.figure_told(opened)}


class RowsFilter(Which):
    """Which rows behind a figure."""

    part: int = Field(0, ge=0, le=1000)


@reads(
    router,
    "/figures/{str:figure}/rows",
    name="figures.rows",
    summary=_("List the rows behind a figure"),
    permission="figures.view",
    response=CellsPage,
)
def list_rows(request: HttpRequest, zone: Any, figure: FigureCode, told: Query[RowsFilter]) -> Answer:
    """Return the rows of one part that a figure was made of, as frozen."""
    opened = indicators.figure(zone, snapshots.chosen(zone, told.snapshot, told.period), figure)
    if told.part >= len(opened.rows):
        return paged(request, told, [], dict)
    table = opened.rows[told.part].rows
    return paged(
        request, told, range(table.num_rows), lambda row: {"cells": {name: indicators.cell(value) for name, value in row.items()}},
        read=lambda page: table.slice(page.start, len(page)).to_pylist(),
    )  # fmt: skip


class ClaimFilter(Which):
    """Which claims."""

    q: str = Field("", max_length=100, description="Part of the words or of the source, or the system.")
    verdict: Literal["", "agrees", "agrees after rounding", "conflicts", "cannot be measured here"] = ""


def _claim(row: Any) -> dict[str, Any]:
    plain = (
        "uid", "system", "value", "bound", "step", "unit", "as_of", "source", "published", "quote", "speaker", "promise_due", "indicator",
        "derived_from",
        "withdrawn_at",
        "withdrawn_why",
    )  # fmt: skip
    return {**{name: getattr(row, name) for name in plain}, "label": texts(row.label), "measured": None, "verdict": None, "why": None}


def _reconciled(row: Any) -> dict[str, Any]:
    return {**_claim(row.claim), "measured": row.measured, "verdict": row.verdict, "why": texts(row.why)}


@reads(router, "/claims", name="claims.list", summary=_("List claims with their verdicts"), permission="figures.view", response=ClaimPage)
def list_claims(request: HttpRequest, zone: Any, told: Query[ClaimFilter]) -> Answer:
    """Return published figures that were reconciled with a snapshot, in the order of the ledger."""
    frozen = snapshots.chosen(zone, told.snapshot, told.period)
    return paged(request, told, indicators.reconciliations(zone, frozen, q=told.q, verdict=told.verdict), _reconciled)


@reads(router, "/claims/ledger", name="claims.ledger", summary=_("List the claims ledger"), permission="figures.view", response=ClaimPage)
def list_ledger(request: HttpRequest, zone: Any, told: Query[Paging]) -> Answer:
    """Return every published figure that was entered, whether or not a snapshot speaks of it."""
    return paged(request, told, indicators.claims(zone), _claim)


class NewClaim(In):
    """A published figure as it was told. ``uid`` names it for good: a claim is never overwritten."""

    uid: str = Field(pattern=r"^[a-z0-9][-a-z0-9]{0,78}$", examples=["firms-2016"])
    label: Label
    value: DecimalText
    step: DecimalText = Field(description="Step of the last printed digit: 1000000 for 3.36 hundred million.", examples=["1"])
    bound: _BOUNDS
    unit: str = Field(min_length=1, max_length=20, examples=["firm"])
    as_of: str = Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$", examples=["2016"])
    quote: str = Field(min_length=1, max_length=200, description="Words as published.")
    source: str = Field(min_length=1, max_length=300)
    published: str = Field("", max_length=20)
    speaker: str = Field("", max_length=100)
    system: str = Field("", max_length=5)
    subject: str = Field("", max_length=80, description="Claims on one subject are held against each other.")
    promise: Day | None = Field(None, description="Only where the figure is a promise about a later day.")
    indicator: str = Field("", max_length=80, description="Code of the figure that measures it.")


class Label(In):
    """What it is, in both languages."""

    zh: str = Field(min_length=1, max_length=100)
    en: str = Field(min_length=1, max_length=100)


@writes(
    router,
    "POST",
    "/claims",
    name="claims.add",
    summary=_("Enter a claim"),
    permission="claims.edit",
    response=ClaimRow,
    status=201,
    example={
        "uid": "firms-2016",
        "label": {"zh": "企业数", "en": "Firms"},
        "value": "481",
        "step": "1",
        "bound": "exact",
        "unit": "firm",
        "as_of": "2016",
        "quote": "481家",
        "source": "Town gazette, 3 January 2017",
        "indicator": "firms",
    },
)
def enter_claim(request: HttpRequest, zone: Any, told: NewClaim) -> Answer:
    """Take one published figure into the ledger; the next close or reconciliation gives its verdict."""
    row = {
        **told.model_dump(),
        "value": str(told.value),
        "step": str(told.step),
        "promise": told.promise.isoformat() if told.promise else None,
    }
    try:
        made = add_claim(zone=zone, row=row, actor=actor_of(request), at=now())
    except UnableToLoadClaims as fault:
        raise refuse(str(fault), "uid") from fault
    return Answer(_claim(made), status=201)


class Withdrawal(In):
    """A claim that should not have been entered, and why."""

    uid: str = Field(min_length=1, max_length=80)
    reason: str = Field(min_length=1, max_length=300)


@writes(
    router, "POST", "/claims/withdrawals", name="claims.withdraw", summary=_("Withdraw a claim"), permission="claims.edit", response=list[ClaimRow],
    example={"uid": "firms-2016", "reason": "Printed by mistake; the gazette corrected it."},
)  # fmt: skip
def withdraw(request: HttpRequest, zone: Any, told: Withdrawal) -> Any:
    """Withdraw a published figure, and what was derived from it; it stays in the ledger as withdrawn."""
    rows = withdraw_claim(zone=zone, uid=told.uid, reason=told.reason, actor=actor_of(request), at=now())
    return [_claim(row) for row in rows]
