"""Proposals that two parties are one."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query
from pydantic import Field

from townwright.apps.parties import selectors as parties
from townwright.apps.parties.api.shapes import OtherOut, other, router
from townwright.apps.parties.services import dismiss_suggestion, merge_parties, undo_merge
from townwright.frame.api import Answer, In, Number, Out, Paging, Problem, Texts, page_of, paged, reads, texts, writes
from townwright.frame.api.doors import actor_of, allowed
from townwright.frame.clock import now

_VERBS = {"merge": merge_parties, "apart": dismiss_suggestion, "undo": undo_merge}


class MergeOut(Out):
    """A proposal: ``kept`` stands if the two are merged."""

    id: int
    kept: OtherOut
    other: OtherOut
    score: int
    reasons: list[Texts]
    status: str


MergePage = page_of(MergeOut)


class MergeFilter(Paging):
    """Which proposals."""

    status: Literal["open", "merged", "dismissed"] = "open"


@reads(
    router,
    "/merges",
    name="merges.list",
    summary=_("List proposals to merge"),
    permission="parties.merge",
    response=MergePage,
    also=("people.view",),
)
def list_merges(request: HttpRequest, zone: Any, told: Query[MergeFilter]) -> Answer:
    """Return proposals to merge, best first."""
    return paged(request, told, _seen(request, parties.merge_suggestions(zone, status=told.status)), _shown)


def _seen(request: HttpRequest, rows: Any) -> Any:
    """Leave out proposals on people where people may not be seen."""
    return rows if allowed(request, "people.view") else rows.exclude(kept__kind="person").exclude(other__kind="person")


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "kept": other(row.kept), "other": other(row.other), "score": row.score, "status": row.status,
        "reasons": [texts(one) for one in row.reasons],
    }  # fmt: skip


class MergeDecision(In):
    """Merge the two, keep them apart, or undo a merge."""

    decision: Literal["merge", "apart", "undo"] = Field(description="undo only where they were merged.")


@writes(
    router, "POST", "/merges/{int:number}/decision", name="merges.decide", summary=_("Decide a proposal to merge"), permission="parties.merge",
    response=MergeOut, example={'decision': 'apart'})  # fmt: skip
def decide_merge(request: HttpRequest, zone: Any, number: Path[Number], told: MergeDecision) -> Answer:
    """Decide whether two parties are one."""
    rows = _seen(request, parties.merge_suggestions(zone, status="")).filter(pk=number)
    if not rows.exists():
        raise Problem("not-found")
    _VERBS[told.decision](zone=zone, suggestion_id=number, actor=actor_of(request), at=now())
    return Answer(_shown(rows.get()))
