"""Policies, assessments and awards for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router
from pydantic import Field

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import decide_awards, propose_awards
from townwright.apps.parties.selectors import party_by_ref
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.api import Answer, In, Money, Number, Out, Paging, Problem, Texts, money, page_of, paged, reads, texts, writes
from townwright.frame.api.doors import actor_of
from townwright.frame.api.paging import SnapshotRef, Which, snapshot_ref
from townwright.frame.api.schemas import LARGEST, DecimalText
from townwright.frame.clock import now

router = Router(tags=["incentives"])
PolicyCode = Annotated[str, Path(description="Code of the rulebook.", max_length=80, pattern=r"^[-a-zA-Z0-9_]+$")]
Key = Annotated[str, Path(description="Key of the party.", max_length=120)]


class PolicyRow(Out):
    """A rulebook version that the zone adopted: a policy or a classification. ``hash`` names its text."""

    code: str
    version: str
    kind: str
    status: str
    title: Texts
    hash: str
    in_force_from: date | None
    in_force_to: date | None
    adopted_at: datetime
    adopted_by: str


class ConditionOut(Out):
    """A condition of a policy, or another named variable, with its formula."""

    name: str
    label: Texts
    formula: str


class BudgetOut(Out):
    """What a policy may spend in a year (null: no limit), and what is approved of it."""

    policy: str
    title: Texts
    year: int
    amount: Money | None
    approved: Money


class PolicyFile(PolicyRow):
    """A rulebook with its variables, its text as adopted, and its budgets."""

    conditions: list[str]
    variables: list[ConditionOut]
    text: str
    budgets: list[BudgetOut]


class AssessmentRow(Out):
    """One firm judged by one rulebook over one snapshot. ``result`` is the class of a classification."""

    id: int
    firm: str
    name: str
    policy: str
    version: str
    title: Texts
    period: str
    verdict: str
    amount: Money | None
    score: DecimalText | None
    result: str
    result_label: Texts
    conditions: dict[str, bool | None] = Field(description="Whether each condition holds; null where it cannot be decided.")


class AwardRow(Out):
    """Money for a firm under a policy. ``cut`` says why less was granted, ``changed`` how the newest assessment differs."""

    id: int
    firm: str
    name: str
    policy: str
    title: Texts
    year: int
    eligible: Money
    granted: Money
    cut: Texts
    status: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    superseded: Texts
    changed: Texts | None
    rejected_before: str | None


class Entitlement(AssessmentRow):
    """What a firm is entitled to under a policy, and the award that stands, if there is one."""

    award: AwardRow | None


class Working(Out):
    """The tree of working: every value with the formula, parameters and rows it was made from. See docs/reference/api.md."""

    assessment: AssessmentRow
    snapshot: SnapshotRef
    rulebook_hash: str
    told: dict[str, Any]


AssessmentPage, AwardPage = page_of(AssessmentRow), page_of(AwardRow)


def _policy(row: Any) -> dict[str, Any]:
    plain = ("code", "version", "kind", "status", "hash", "in_force_from", "in_force_to", "adopted_at", "adopted_by")
    return {**{name: getattr(row, name) for name in plain}, "title": texts(row.title)}


def _budget(one: dict[str, Any]) -> dict[str, Any]:
    amounts = {name: money(one[name], one["currency"]) for name in ("amount", "approved")}
    return {"policy": one["policy"], "title": texts(one["title"]), "year": one["year"], **amounts}


@reads(router, "/policies", name="policies.list", summary=_("List policies"), permission="policies.view", response=list[PolicyRow])
def list_policies(request: HttpRequest, zone: Any, kind: Literal["", "policy", "classification"] = "") -> Any:
    """Return the rulebooks that the zone adopted, every version, newest first."""
    return [_policy(row) for row in incentives.rulebooks(zone, kind)]


@reads(router, "/policies/{str:policy}", name="policies.get", summary=_("Read a policy"), permission="policies.view", response=PolicyFile)
def get_policy(request: HttpRequest, zone: Any, policy: PolicyCode) -> Any:
    """Return the newest version of a rulebook with its conditions, formulas, text and budgets."""
    row = incentives.rulebook(zone, policy)
    book = incentives.book_of(row)
    variables = [{"name": one.name, "label": texts(one.label), "formula": one.formula} for one in book.variables.values()]
    conditions = list(book.policy.conditions) if book.policy is not None else []
    budgets = [_budget(one) for one in incentives.budgets(zone, policy)]
    return {**_policy(row), "conditions": conditions, "variables": variables, "text": row.text, "budgets": budgets}


@reads(router, "/budgets", name="budgets.list", summary=_("List budgets"), permission="assessments.view", response=list[BudgetOut])
def list_budgets(request: HttpRequest, zone: Any) -> Any:
    """Return what each policy may spend in each year and what is approved of it."""
    return [_budget(one) for one in incentives.budgets(zone)]


class AssessmentFilter(Which):
    """Which assessments of a policy."""

    verdict: Literal["", "eligible", "not_eligible", "undecided", "classified"] = ""
    q: str = Field("", max_length=100, description="Part of the firm's name.")


def _assessment(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "firm": row.party_key, "name": row.party_name, "policy": row.rulebook.code, "version": row.rulebook.version,
        "title": texts(row.rulebook.title), "period": row.snapshot.period, "verdict": row.verdict, "amount": money(row.amount, row.currency),
        "score": row.score, "result": row.result, "conditions": row.conditions,
        "result_label": texts(incentives.class_label(row) if row.result else ""),
    }  # fmt: skip


@reads(
    router, "/policies/{str:policy}/assessments", name="assessments.list", summary=_("List whom a policy found"), permission="assessments.view",
    response=AssessmentPage,
)  # fmt: skip
def list_assessments(request: HttpRequest, zone: Any, policy: PolicyCode, told: Query[AssessmentFilter]) -> Answer:
    """Return what the newest version of a rulebook found over a year's snapshot, highest amounts first."""
    frozen = snapshots.chosen(zone, told.snapshot, told.period, grain="year")
    rows = incentives.assessments(zone, snapshot=frozen, rulebook=incentives.rulebook(zone, policy), verdict=told.verdict, q=told.q)
    return paged(request, told, rows, _assessment)


@reads(
    router,
    "/assessments/{int:number}",
    name="assessments.get",
    summary=_("Open an assessment"),
    permission="assessments.view",
    response=Working,
)
def get_assessment(request: HttpRequest, zone: Any, number: Path[Number]) -> Any:
    """Return one assessment with its whole working, recomputed from the snapshot and the rulebook version that it names."""
    row = incentives.assessment(zone, number)
    return {
        "assessment": _assessment(row), "snapshot": snapshot_ref(row.snapshot), "rulebook_hash": row.rulebook.hash,
        "told": incentives.working_told(row),
    }  # fmt: skip


@reads(
    router, "/parties/{path:key}/entitlements", name="entitlements.list", summary=_("List what a firm is entitled to"),
    permission="assessments.view", response=list[Entitlement],
)  # fmt: skip
def list_entitlements(request: HttpRequest, zone: Any, key: Key) -> Any:
    """Return what every rulebook found of a firm, newest period first, with the award that stands."""
    party = party_by_ref(zone, key, people=False)
    rows = incentives.firm_assessments(zone, party.key)
    return [{**_assessment(row), "award": _award(row.award) if row.award else None} for row in rows]


@reads(
    router, "/parties/{path:key}/entitlements/{str:policy}", name="entitlements.get", summary=_("Explain an entitlement"),
    permission="assessments.view", response=dict[str, Any],
)  # fmt: skip
def get_entitlement(request: HttpRequest, zone: Any, key: Key, policy: PolicyCode, period: str = "") -> Any:
    """Return a firm's verdict under a policy with conditions, reasons, what is missing, what would change it, and the tree of
    working, over the newest snapshot of a year."""
    return incentives.explain_firm(zone, party_key=party_by_ref(zone, key, people=False).key, code=policy, period=period[:10])


class AwardFilter(Paging):
    """Which awards."""

    policy: str = Field("", max_length=80)
    status: Literal["", "proposed", "approved", "rejected", "superseded"] = Field("", description="Superseded ones only where asked for.")
    q: str = Field("", max_length=100, description="Part of the firm's name.")
    year: int | None = Field(None, ge=1900, le=2999)


def _award(row: Any) -> dict[str, Any]:
    plain = ("policy", "year", "status", "proposed_by", "proposed_at", "decided_by", "decided_at", "reason")
    changed = getattr(row, "changed", None)
    return {
        "id": row.pk, "firm": row.party_key, "name": row.party_name, **{name: getattr(row, name) for name in plain},
        "title": texts(row.assessment.rulebook.title), "eligible": money(row.eligible_amount, row.currency),
        "granted": money(row.granted_amount, row.currency), "cut": texts(row.cut or {}), "superseded": texts(row.superseded or {}),
        "changed": texts(changed) if changed else None, "rejected_before": getattr(row, "rejected_before", None),
    }  # fmt: skip


@reads(router, "/awards", name="awards.list", summary=_("List awards"), permission="assessments.view", response=AwardPage)
def list_awards(request: HttpRequest, zone: Any, told: Query[AwardFilter]) -> Answer:
    """Return awards by policy, largest first."""
    rows = incentives.awards(zone, policy=told.policy, status=told.status, q=told.q, year=told.year)
    return paged(request, told, rows, _award, read=lambda page: incentives.tell_changes(zone, page))


class Proposal(In):
    """The closed year whose awards are to be proposed; the newest if none is told."""

    period: str = Field("", max_length=10, examples=["2016"])


class Proposed(Out):
    """How many awards were proposed anew, and over which snapshot."""

    proposed: int
    snapshot: SnapshotRef


@writes(
    router,
    "POST",
    "/awards/proposals",
    name="awards.propose",
    summary=_("Propose awards"),
    permission="awards.propose",
    response=Proposed,
    example={"period": "2016"},
)
def propose(request: HttpRequest, zone: Any, told: Proposal) -> Any:
    """Propose awards for all that the newest snapshot of a year found eligible; repeated, it changes nothing."""
    frozen = snapshots.latest(zone, told.period, grain="year")
    incentives.demand_year(frozen.period)
    return {"proposed": propose_awards(zone=zone, snapshot=frozen, actor=actor_of(request), at=now()), "snapshot": snapshot_ref(frozen)}


class AwardDecision(In):
    """Approve or reject awards that another person proposed: all of them, or none."""

    awards: list[Annotated[int, Field(ge=1, le=LARGEST)]] = Field(min_length=1, max_length=500)
    decision: Literal["approve", "reject"]
    reason: str = Field("", max_length=2000, description="Needed to reject; the firm reads it.")


class Decided(Out):
    """How many awards were decided."""

    decided: int


@writes(
    router,
    "POST",
    "/awards/decisions",
    name="awards.decide",
    summary=_("Decide awards"),
    permission="awards.approve",
    response=Decided,
    example={"awards": [12, 13], "decision": "approve"},
)
def decide(request: HttpRequest, zone: Any, told: AwardDecision) -> Any:
    """Decide several awards in one transaction; never above a budget, never by who proposed them."""
    ids = list(dict.fromkeys(told.awards))
    missing = incentives.unknown_awards(zone, ids)
    if missing:
        told_ids = ", ".join(map(str, missing))
        message = str(_("The zone has no award %(numbers)s.")) % {"numbers": told_ids}
        raise Problem("invalid", message, [{"field": "body.awards", "message": message}])
    count = decide_awards(
        zone=zone, award_ids=ids, approve=told.decision == "approve", actor=actor_of(request), at=now(), reason=told.reason
    )
    return {"decided": count}
