"""Questions about policies, assessments and awards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.db.models import Count, QuerySet, Sum

from townwright.apps.incentives.models import Assessment, Award, PolicyBudget, ZoneRulebook
from townwright.apps.snapshots import selectors as snapshots
from townwright.kernel.formula import (
    CompiledRulebook,
    Rulebook,
    VerdictTrace,
    compile_rulebook,
    explain,
    explain_verdict,
    load_rulebook,
    why_not,
)
from townwright.kernel.formula.explain import TraceNode
from townwright.kernel.values.period import Period


class UnknownPolicy(LookupError):
    """The zone has adopted no rulebook of that code; near codes are suggested."""


@lru_cache(maxsize=64)
def _loaded(text: str, source: str) -> Rulebook:
    return load_rulebook(text, source=source)


def book_of(row: ZoneRulebook) -> Rulebook:
    """Return the rulebook that a row holds."""
    return _loaded(row.text, row.source)


def rulebooks(zone: Any, kind: str = "") -> QuerySet[ZoneRulebook]:
    """Return the zone's rulebooks, newest version of each code first."""
    rows = ZoneRulebook.objects.in_zone(zone)
    return (rows.filter(kind=kind) if kind else rows).order_by("code", "-version")


def rulebook(zone: Any, code: str) -> ZoneRulebook:
    """Return the newest adopted version of a rulebook.

    Raises:
        UnknownPolicy: the zone adopted none of that code.
    """
    found = rulebooks(zone).filter(code=code).first()
    if found is None:
        known = sorted(set(rulebooks(zone).values_list("code", flat=True)))
        near = get_close_matches(code, known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else f" It has {', '.join(known)}." if known else " It has none yet."
        raise UnknownPolicy(f"{zone} has adopted no rulebook {code!r}.{hint}")
    return found


def compiled_for(row: ZoneRulebook, period: str) -> CompiledRulebook:
    """Return the rulebook ready for a period."""
    return _compiled(row.text, row.source, period)


@lru_cache(maxsize=64)
def _compiled(text: str, source: str, period: str) -> CompiledRulebook:
    return compile_rulebook(_loaded(text, source), period=Period.parse(period))


def assessments(
    zone: Any, *, snapshot: Any = None, rulebook: ZoneRulebook | None = None, verdict: str = "", q: str = ""
) -> QuerySet[Assessment]:
    """Return assessments with their rulebooks, highest amounts first."""
    rows = Assessment.objects.in_zone(zone).select_related("rulebook", "snapshot")
    if snapshot is not None:
        rows = rows.filter(snapshot=snapshot)
    if rulebook is not None:
        rows = rows.filter(rulebook=rulebook)
    if verdict:
        rows = rows.filter(verdict=verdict)
    if q:
        rows = rows.filter(party_name__contains=q)
    return rows.order_by("-amount", "party_name", "id")


def firm_assessments(zone: Any, party_key: str) -> list[Assessment]:
    """Return what was found of a firm, newest period first, one for each rulebook and period."""
    rows = Assessment.objects.in_zone(zone).filter(party_key=party_key).select_related("rulebook", "snapshot", "award")
    found: dict[tuple[str, str], Assessment] = {}
    for row in rows.order_by("-snapshot__period", "-snapshot__revision", "rulebook__code"):
        found.setdefault((row.snapshot.period, row.rulebook.code), row)
    return list(found.values())


def assessment(zone: Any, pk: int) -> Assessment:
    """Return one assessment."""
    return Assessment.objects.in_zone(zone).select_related("rulebook", "snapshot").get(pk=pk)


@dataclass(frozen=True, slots=True)
class Working:
    """How an assessment came about: a verdict with conditions and amount, or a class with its working."""

    verdict: VerdictTrace | None
    trace: TraceNode | None


def working(row: Assessment) -> Working:
    """Recompute one firm's working from the snapshot and the rulebook version that the assessment names."""
    compiled = compiled_for(row.rulebook, row.snapshot.period)
    tables = snapshots.tables(row.snapshot)
    book = compiled.book
    if book.policy is not None:
        return Working(explain_verdict(compiled, tables, key=row.party_key), None)
    assert book.classification is not None
    told = book.classification
    return Working(None, explain(compiled, tables, entity=told.entity, key=row.party_key, name=told.result))


def explain_firm(zone: Any, *, party_key: str, code: str, period: str = "") -> dict[str, Any]:
    """Return one firm's verdict under a policy with all its working, JSON-ready.

    Raises:
        UnknownPolicy, UnknownSnapshot: there is no such rulebook or no snapshot.
        UnableToEvaluate: the firm is not in the snapshot.
    """
    row, frozen = rulebook(zone, code), snapshots.latest(zone, period)
    compiled, tables = compiled_for(row, frozen.period), snapshots.tables(frozen)
    told: dict[str, Any] = {
        "firm": party_key, "policy": row.code, "version": row.version, "status": row.status, "rulebook_hash": row.hash, "title": row.title,
        "period": frozen.period, "snapshot_hash": frozen.content_hash,
    }  # fmt: skip
    if compiled.book.policy is None:
        node = explain(compiled, tables, entity=compiled.book.main_entity, key=party_key, name=compiled.book.classification.result)  # type: ignore[union-attr]
        return {**told, "result": node.value, "working": node.to_dict(), "sentences": {word: node.sentences(word) for word in ("zh", "en")}}
    verdict = explain_verdict(compiled, tables, key=party_key)
    sentences = {word: verdict.amount.sentences(word) if verdict.amount else [] for word in ("zh", "en")}
    return {
        **told, "verdict": verdict.verdict, "amount": None if verdict.amount is None or verdict.amount.value is None else verdict.amount.to_dict()["value"],
        "conditions": [
            {"name": one.name, "holds": one.holds, "label": dict(one.label), "why_not": dict(one.why_not), "working": one.trace.to_dict()}
            for one in verdict.conditions
        ],
        "reasons": {word: verdict.reasons(word) for word in ("zh", "en")}, "missing": [dict(one) for one in verdict.missing],
        "working": verdict.amount.to_dict() if verdict.amount else None, "sentences": sentences,
        "why_not": why_not(compiled, tables, key=party_key).to_dict(),
    }  # fmt: skip


def awards(zone: Any, *, policy: str = "", status: str = "", snapshot: Any = None) -> QuerySet[Award]:
    """Return awards, largest first."""
    rows = Award.objects.in_zone(zone).select_related("assessment__rulebook")
    for name, value in (("policy", policy), ("status", status)):
        if value:
            rows = rows.filter(**{name: value})
    if snapshot is not None:
        rows = rows.filter(assessment__snapshot=snapshot)
    return rows.order_by("policy", "-granted_amount", "party_key")


def budgets(zone: Any, policy: str = "") -> QuerySet[PolicyBudget]:
    """Return budgets and what is approved of them."""
    rows = PolicyBudget.objects.in_zone(zone)
    return (rows.filter(policy=policy) if policy else rows).order_by("policy", "-year")


def verdict_counts(zone: Any, snapshot: Any) -> list[dict[str, Any]]:
    """Return, for each rulebook assessed over the snapshot, how many firms had which verdict or class, and the sum."""
    rows = Assessment.objects.in_zone(zone).filter(snapshot=snapshot)
    told = rows.values("rulebook_id", "rulebook__code", "rulebook__kind", "rulebook__status", "rulebook__title", "verdict", "result")
    return list(told.annotate(firms=Count("id"), total=Sum("amount")).order_by("rulebook__kind", "rulebook__code", "verdict", "result"))


def award_totals(zone: Any, snapshot: Any) -> list[dict[str, Any]]:
    """Return awards by policy and status: how many, eligible and granted sums."""
    rows = Award.objects.in_zone(zone).filter(assessment__snapshot=snapshot).values("policy", "status", "currency")
    return list(
        rows.annotate(firms=Count("id"), eligible=Sum("eligible_amount"), granted=Sum("granted_amount")).order_by("policy", "status")
    )


def awards_digest(zone: Any, snapshot: Any) -> str:
    """Return the SHA-256 over the awards of a snapshot: policy, firm, eligible and granted amounts, in that order."""
    digest = hashlib.sha256()
    rows = Award.objects.in_zone(zone).filter(assessment__snapshot=snapshot).order_by("policy", "party_key")
    for row in rows.values_list("policy", "party_key", "eligible_amount", "granted_amount"):
        digest.update("\x1f".join([row[0], row[1], f"{row[2]:.2f}", f"{row[3]:.2f}"]).encode() + b"\x1e")
    return digest.hexdigest()
