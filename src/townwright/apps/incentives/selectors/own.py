"""What one firm is entitled to: every policy of the zone, with what came out, what is missing, and the award."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from townwright.apps.filings.selectors import Lacking, definitions, lacking
from townwright.apps.incentives.models import Assessment, Award, ZoneRulebook
from townwright.apps.incentives.selectors.judgement import compiled_for, firm_assessments, newest_rulebooks, tell_changes
from townwright.apps.snapshots import selectors as snapshots
from townwright.kernel.formula import RulebookNotInForce, VerdictTrace, WhyNot, explain_verdict, tables_reached, why_not
from townwright.kernel.values.period import Period


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A policy and what the firm gets of it in the year.

    ``row`` is None where the firm was not assessed by it. ``automatic``: the policy reads no application, so nobody has to
    ask. ``lacking`` are returns that it reads and that are not accepted; an application is one of them only where it asks for one.
    """

    rulebook: ZoneRulebook
    row: Assessment | None
    verdict: VerdictTrace | None
    why_not: WhyNot | None
    automatic: bool
    lacking: Sequence[Lacking]


@dataclass(frozen=True, slots=True)
class Year:
    """The newest year that was closed, and what the firm is entitled to by it; ``frozen`` is the snapshot, None if no year is closed."""

    frozen: Any
    policies: list[Entitlement]


def entitlements(zone: Any, party_key: str) -> Year:
    """Return every policy of the zone as it came out for the firm at the close of the newest year, the granted ones first.

    The working is recomputed from the snapshot, as ``working`` does. Costs the same few queries whatever the firm.
    """
    frozen = snapshots.asked(zone, None, grain="year")
    if frozen is None:
        return Year(None, [])
    day = Period.parse(frozen.period).last_day
    judged = {one.rulebook.code: one for one in firm_assessments(zone, party_key) if one.snapshot.period == frozen.period}
    missing = lacking(zone, party_key, int(frozen.period))
    told = [_entitlement(row, judged.get(row.code), frozen, missing) for row in newest_rulebooks(zone, day) if row.kind == "policy"]
    order = {Assessment.Verdict.ELIGIBLE: 0, Assessment.Verdict.UNDECIDED: 1, Assessment.Verdict.NOT_ELIGIBLE: 2}
    told.sort(
        key=lambda one: (order.get(one.row.verdict, 3) if one.row else 3, -(one.row.amount or 0) if one.row else 0, one.rulebook.code)
    )
    return Year(frozen, told)


def _entitlement(book: ZoneRulebook, row: Assessment | None, frozen: Any, missing: Any) -> Entitlement:
    # The version that judged counts, whichever is in force since.
    rulebook = row.rulebook if row is not None else book
    try:
        compiled = compiled_for(rulebook, frozen.period)
    except RulebookNotInForce:
        return Entitlement(rulebook, row, None, None, False, ())
    reached = tables_reached(compiled)
    automatic = not any(one.table in reached for one in definitions().values() if one.application)
    if row is None:
        return Entitlement(rulebook, None, None, None, automatic, ())
    tables = snapshots.tables(row.snapshot)
    lacks = [] if row.verdict == Assessment.Verdict.ELIGIBLE else [one for table in sorted(reached) for one in missing.get(table, ())]
    verdict = explain_verdict(compiled, tables, key=row.party_key)
    why = None if row.verdict == Assessment.Verdict.ELIGIBLE else why_not(compiled, tables, key=row.party_key)
    return Entitlement(rulebook, row, verdict, why, automatic, lacks)


def own_assessment(zone: Any, party_key: str, pk: int) -> Assessment:
    """Return one assessment of this very firm; Assessment.DoesNotExist where it has none of that number."""
    return Assessment.objects.in_zone(zone).select_related("rulebook", "snapshot").get(pk=pk, party_key=party_key)


def own_awards(zone: Any, party_key: str) -> list[Award]:
    """Return the firm's awards that stand or were rejected, newest year first, each with ``changed`` and its rulebook."""
    rows = Award.objects.in_zone(zone).filter(party_key=party_key).exclude(status=Award.Status.SUPERSEDED)
    return tell_changes(zone, rows.select_related("assessment__rulebook").order_by("-year", "policy", "-pk"))


def sums(policies: Sequence[Entitlement]) -> list[tuple[str, Any, int]]:
    """Return what the firm is eligible for in all, by currency: currency, sum, number of policies."""
    held: dict[str, list[Any]] = {}
    for one in policies:
        if one.row is not None and one.row.amount is not None:
            held.setdefault(one.row.currency, []).append(one.row.amount)
    return [(currency, sum(amounts), len(amounts)) for currency, amounts in sorted(held.items())]
