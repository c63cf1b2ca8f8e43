"""Questions about figures and claims."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from townwright.apps.indicators.models import Claim, IndicatorValue, Reconciliation
from townwright.apps.snapshots import selectors as snapshots
from townwright.kernel.formula import CompiledRulebook, RowsBehind, breakdown, compile_rulebook, explain, load_rulebook, rows_behind
from townwright.kernel.formula.explain import TraceNode
from townwright.kernel.values.period import Period
from townwright.rulebooks import read_text

ABROAD = ("cooperation_zone", "new_city")


class UnknownFigure(LookupError):
    """The zone's indicators hold none of that code."""


def indicator_source(zone: Any) -> str:
    """Return the file of the indicator rulebook for the kind of zone."""
    return "indicators/cooperation-zone.yaml" if zone.kind in ABROAD else "indicators/innovation-town.yaml"


@lru_cache(maxsize=16)
def _compiled(source: str, period: str) -> CompiledRulebook:
    return compile_rulebook(load_rulebook(read_text(source), source=source), period=Period.parse(period))


def compiled_for(zone: Any, period: str) -> CompiledRulebook:
    """Return the zone's indicator rulebook ready for a period."""
    return _compiled(indicator_source(zone), period)


def figures(zone: Any, snapshot: Any) -> list[IndicatorValue]:
    """Return the figures measured over a snapshot, in the order of the rulebook.

    Where a later version of the rulebook measured the snapshot again, its figures stand and the earlier ones do not.
    """
    order = {code: place for place, code in enumerate(compiled_for(zone, snapshot.period).book.indicators)}
    rows = list(IndicatorValue.objects.in_zone(zone).filter(snapshot=snapshot).order_by("id"))
    last = [row for row in rows if row.rulebook_hash == rows[-1].rulebook_hash]
    return sorted(last, key=lambda row: (order.get(row.code, len(order)), row.code))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure opened: formula, working, the rows it was made of, and its breakdowns."""

    row: IndicatorValue
    formula: str
    trace: TraceNode
    rows: tuple[RowsBehind, ...]
    breakdowns: dict[str, list[tuple[Any, Any]]]
    compiled: CompiledRulebook


def figure(zone: Any, snapshot: Any, code: str) -> Figure:
    """Open a figure.

    Raises:
        UnknownFigure: it was not measured over the snapshot.
    """
    row = IndicatorValue.objects.in_zone(zone).filter(snapshot=snapshot, code=code).order_by("-id").first()
    if row is None:
        raise UnknownFigure(f"{code!r} was not measured over {snapshot}. Close the period first.")
    compiled, tables = compiled_for(zone, snapshot.period), snapshots.tables(snapshot)
    told = compiled.book.variables["zone", code]
    trace = explain(compiled, tables, entity="zone", key=zone.code, name=code)
    opened = rows_behind(compiled, tables, entity="zone", key=zone.code, name=code)
    parts = {by: breakdown(compiled, tables, indicator=code, by=by) for by in told.by}
    return Figure(row, told.formula.strip().strip('"'), trace, opened, parts, compiled)


def claims(zone: Any) -> QuerySet[Claim]:
    """Return the ledger by system."""
    return Claim.objects.in_zone(zone).order_by("id")


def reconciliations(zone: Any, snapshot: Any) -> QuerySet[Reconciliation]:
    """Return the verdicts over a snapshot, in the order of the ledger."""
    return Reconciliation.objects.in_zone(zone).filter(snapshot=snapshot).select_related("claim").order_by("claim_id")


def reconciliation_rows(zone: Any, snapshot: Any, language: str) -> list[dict[str, Any]]:
    """Return the verdicts as the command line and the report tell them."""
    word = "zh" if language.startswith("zh") else "en"
    return [
        {
            "system": row.claim.system, "uid": row.claim.uid, "claim": row.claim.label.get(word), "published": plain(row.claim.value),
            "bound": row.claim.bound, "unit": row.claim.unit, "as_of": row.claim.as_of, "quote": row.claim.quote, "source": row.claim.source,
            "measured": plain(row.measured), "verdict": row.verdict, "why": row.why.get(word), "indicator": row.claim.indicator or None,
            "derived": bool(row.claim.derived_from), "promise_due": row.claim.promise_due.isoformat() if row.claim.promise_due else None,
        }
        for row in reconciliations(zone, snapshot)
    ]  # fmt: skip


def plain(value: Any) -> str | None:
    """Return a decimal without trailing zeros, None where missing."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
