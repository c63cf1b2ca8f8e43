"""Questions about figures and claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from townwright.apps.indicators.domain import VERDICTS
from townwright.apps.indicators.models import Claim, IndicatorBook, IndicatorValue, Reconciliation
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.hints import hint
from townwright.frame.running import execution
from townwright.frame.terms import term
from townwright.kernel.formula import (
    CompiledRulebook,
    RowsBehind,
    breakdown,
    compile_rulebook,
    evaluate,
    explain,
    load_rulebook,
    rows_behind,
)
from townwright.kernel.formula.explain import TraceNode
from townwright.kernel.formula.ir import walk
from townwright.kernel.formula.ordering import closure
from townwright.kernel.values.period import Period
from townwright.rulebooks import read_text

ABROAD = ("cooperation_zone", "new_city")


class UnknownFigure(LookupError):
    """The zone's indicators hold none of that code."""


class UnknownClaim(LookupError):
    """The ledger of the zone holds no such claim."""


def packaged_source(zone: Any) -> str:
    """Return the file of the packaged indicator rulebook for the kind of zone."""
    return "indicators/cooperation-zone.yaml" if zone.kind in ABROAD else "indicators/innovation-town.yaml"


@lru_cache(maxsize=64)
def _compiled(text: str, source: str, period: str) -> CompiledRulebook:
    return compile_rulebook(load_rulebook(text, source=source), period=Period.parse(period))


def books(zone: Any) -> QuerySet[IndicatorBook]:
    """Return the indicator rulebooks that the zone adopted, newest version first."""
    return IndicatorBook.objects.in_zone(zone).order_by("code", "-in_force_from", "-id")


def compiled_for(zone: Any, period: str) -> list[CompiledRulebook]:
    """Return the indicator rulebooks in force at the end of a period, ready for it.

    The packaged one for the kind of zone comes first, unless the zone adopted a version of its code for these days; then
    the zone's own by code.
    """
    day = Period.parse(period).last_day
    own = {
        row.code: _compiled(row.text, row.source, period)
        for row in books(zone)
        if (row.in_force_from is None or row.in_force_from <= day) and (row.in_force_to is None or day < row.in_force_to)
    }
    source = packaged_source(zone)
    packaged = _compiled(read_text(source), source, period)
    return [own.pop(packaged.book.code, packaged), *(own[code] for code in sorted(own))]


def _measured_by(zone: Any, snapshot: Any, row: IndicatorValue) -> CompiledRulebook:
    """Return the rulebook version that the figure was measured by.

    Raises:
        UnknownFigure: the version is no longer at hand.
    """
    held = books(zone).filter(hash=row.rulebook_hash).first()
    if held is not None:
        return _compiled(held.text, held.source, snapshot.period)
    for compiled in compiled_for(zone, snapshot.period):
        if compiled.hash == row.rulebook_hash:
            return compiled
    told = {"code": row.code, "hash": row.rulebook_hash[:12]}
    raise UnknownFigure(_("%(code)s was measured by the rulebook %(hash)s, which is not at hand. Close the period again.") % told)


def figures(zone: Any, snapshot: Any) -> list[IndicatorValue]:
    """Return the figures measured over a snapshot by the rulebooks in force, in their order; older versions' are left out."""
    compiled = compiled_for(zone, snapshot.period)
    order = {(one.hash, code): place for place, (one, code) in enumerate((one, code) for one in compiled for code in one.book.indicators)}
    rows = list(IndicatorValue.objects.in_zone(zone).filter(snapshot=snapshot))
    current = [row for row in rows if (row.rulebook_hash, row.code) in order]
    return sorted(current or rows, key=lambda row: (order.get((row.rulebook_hash, row.code), len(order)), row.code))


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
    row = next((one for one in figures(zone, snapshot) if one.code == code), None)
    if row is None:
        raise UnknownFigure(
            _("%(code)s was not measured over %(snapshot)s. Close the period first.") % {"code": code, "snapshot": snapshot}
        )
    return _opened(zone, snapshot, row, _measured_by(zone, snapshot, row))


def opened_figures(zone: Any, snapshot: Any) -> list[Figure]:
    """Open every figure measured over a snapshot, in the order of the rulebooks.

    Raises:
        UnknownFigure: a rulebook version is no longer at hand.
    """
    books: dict[str, CompiledRulebook] = {}
    found = []
    for row in figures(zone, snapshot):
        if row.rulebook_hash not in books:
            books[row.rulebook_hash] = _measured_by(zone, snapshot, row)
        found.append(_opened(zone, snapshot, row, books[row.rulebook_hash]))
    return found


def _opened(zone: Any, snapshot: Any, row: IndicatorValue, compiled: CompiledRulebook) -> Figure:
    tables, told = snapshots.tables(snapshot), compiled.book.variables["zone", row.code]
    trace = explain(compiled, tables, entity="zone", key=zone.code, name=row.code)
    opened = rows_behind(compiled, tables, entity="zone", key=zone.code, name=row.code)
    parts = {by: breakdown(compiled, tables, indicator=row.code, by=by) for by in told.by}
    return Figure(row, told.formula.strip().strip('"'), trace, opened, parts, compiled)


def figure_told(opened: Figure) -> dict[str, Any]:
    """Return an opened figure JSON-ready: formula, working, sentences in both languages, breakdowns, and its sets of rows."""
    parts = {by: [{"key": _text(key), "value": _text(value)} for key, value in rows] for by, rows in opened.breakdowns.items()}
    return {
        "formula": opened.formula, "working": opened.trace.to_dict(), "sentences": {word: opened.trace.sentences(word) for word in ("zh", "en")},
        "breakdowns": parts,
        "parts": [
            {"part": place, "entity": one.entity, "rows": one.rows.num_rows, "columns": one.rows.column_names} for place, one in enumerate(opened.rows)
        ],
    }  # fmt: skip


def cell(value: Any) -> Any:
    """Return a cell of a frozen table JSON-ready: exact numbers and days as text."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _group_name(column: str, zone: Any) -> str:
    """Return the group of terms that names the values of a breakdown's column, nothing where they name themselves."""
    return {"industry_section": "section" if zone.country == "CN" else "section_isic"}.get(column, "")


def breakdowns(zone: Any, snapshot: Any, opened: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """Return a figure's breakdowns: the column's label, and (value in both languages, figure) for each group."""
    offered = snapshots.offers(snapshot)
    found = []
    for by, rows in opened.breakdowns.items():
        link, _, column = by.partition(".")
        entity = opened.compiled.book.links["zone", link].to
        told = offered[entity].column(column)
        group = _group_name(column, zone)
        named = [
            ({one: f"{name} {term(group, name, one)}" if group and name else name or "" for one in ("zh", "en")}, value)
            for name, value in rows
        ]
        found.append((told.label if told else {"zh": by, "en": by}, named))
    return found


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of one year; ``measured``: at a close of that year, else told by the newest snapshot's dated records."""

    year: int
    value: Decimal | None
    measured: bool


YEARS_BACK = 3


def trend(zone: Any, snapshot: Any, codes: Sequence[str], *, most: int = 10) -> dict[str, list[Point]]:
    """Return figures of a snapshot by year, oldest first: as each year's newest close measured them.

    For up to three years before, which nobody closed, a figure is computed over the given snapshot, if all it reads are
    records that carry their period (returns); the register tells only how things stood at the snapshot's own end.
    """
    last = Period.parse(snapshot.period).year
    frozen = {row.pk: int(row.period) for row in _newest_of_years(zone) if last - most < int(row.period) <= last}
    found: dict[str, dict[int, Point]] = {code: {} for code in codes}
    for row in IndicatorValue.objects.in_zone(zone).filter(snapshot__in=list(frozen), code__in=list(codes)).order_by("pk"):
        found[row.code][frozen[row.snapshot_id]] = Point(frozen[row.snapshot_id], row.value, True)
    for year in range(last - YEARS_BACK, last):
        wanted = [code for code in codes if year not in found[code]]
        for compiled in compiled_for(zone, str(year)) if wanted else []:
            outputs = tuple(code for code in wanted if code in compiled.book.indicators)
            for code, value in _earlier(_Over(snapshot.content_hash, compiled.hash, year, outputs, snapshot, compiled)):
                found[code][year] = Point(year, value, False)
    return {code: [points[year] for year in sorted(points)] for code, points in found.items()}


@dataclass(frozen=True, slots=True)
class _Over:
    """Figures of a year to be computed over a snapshot; two are the same where the records, the rulebook and what is asked are."""

    content_hash: str
    rulebook_hash: str
    year: int
    codes: tuple[str, ...]
    snapshot: Any = field(compare=False)
    compiled: CompiledRulebook = field(compare=False)


@lru_cache(maxsize=64)
def _earlier(over: _Over) -> tuple[tuple[str, Decimal | None], ...]:
    """Return the figures that read dated records only; a snapshot never changes, so each is computed once in a process."""
    offered = snapshots.offers(over.snapshot)
    codes = [code for code in over.codes if _dated(over.compiled, code, offered)]
    if not codes:
        return ()
    outputs = [f"zone.{code}" for code in codes]
    told = evaluate(over.compiled, snapshots.tables(over.snapshot), outputs=outputs, execution=execution())
    values = [told.values("zone", code)[0] for code in codes]
    return tuple((code, None if value is None else Decimal(value)) for code, value in zip(codes, values, strict=True))


def _newest_of_years(zone: Any) -> list[Any]:
    newest: dict[str, Any] = {}
    for row in snapshots.snapshots(zone):
        if row.period.isdecimal():
            newest.setdefault(row.period, row)
    return list(newest.values())


def _dated(compiled: CompiledRulebook, code: str, offered: Mapping[str, Any]) -> bool:
    """Say whether all columns that a figure reads stand in records that carry their period."""
    names = closure(compiled.formulas, [("zone", code)])
    read = {node.entity for name in names for node in walk(compiled.formulas[name]) if node.op == "column"}
    return all(entity in offered and "period" in offered[entity].key for entity in read)


def claims(zone: Any) -> QuerySet[Claim]:
    """Return the ledger by system."""
    return Claim.objects.in_zone(zone).order_by("id")


def reconciliations(zone: Any, snapshot: Any, *, q: str = "", verdict: str = "") -> QuerySet[Reconciliation]:
    """Return the verdicts over a snapshot in the order of the ledger, without withdrawn claims.

    ``q`` is part of the words, the source or the system.
    """
    rows = Reconciliation.objects.in_zone(zone).filter(snapshot=snapshot, claim__withdrawn_at=None).select_related("claim")
    if verdict:
        rows = rows.filter(verdict=verdict)
    if q:
        words = Q(claim__label__zh__icontains=q) | Q(claim__label__en__icontains=q) | Q(claim__quote__icontains=q)
        rows = rows.filter(words | Q(claim__source__icontains=q) | Q(claim__system__iexact=q))
    return rows.order_by("claim_id")


def unreconciled(zone: Any, snapshot: Any) -> list[Claim]:
    """Return claims that no verdict over the snapshot speaks of yet (all, where there is no snapshot)."""
    rows = claims(zone).filter(withdrawn_at=None)
    return list(rows.exclude(reconciliations__snapshot=snapshot) if snapshot is not None else rows)


def withdrawn(zone: Any) -> list[Claim]:
    """Return the claims that were withdrawn, latest first."""
    return list(claims(zone).exclude(withdrawn_at=None).order_by("-withdrawn_at", "id"))


def claim(zone: Any, uid: str) -> Claim:
    """Return a claim of the zone's ledger.

    Raises:
        UnknownClaim: there is none of that code; the nearest is suggested.
    """
    found = claims(zone).filter(uid=uid).first()
    if found is None:
        known = claims(zone).values_list("uid", flat=True)
        raise UnknownClaim(_("%(zone)s has no claim %(uid)s.") % {"zone": zone, "uid": uid} + hint(uid, known))
    return found


def free_uid(zone: Any, uid: str) -> str:
    """Return the code, or the first of it with a number behind that no withdrawn claim holds."""
    held = set(claims(zone).filter(uid__startswith=uid).exclude(withdrawn_at=None).values_list("uid", flat=True))
    found, number = uid, 2
    while found in held:
        found, number = f"{uid}-{number}", number + 1
    return found


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


__all__ = [
    "VERDICTS", "Figure", "Point", "UnknownClaim", "UnknownFigure", "books", "breakdowns", "cell", "claim", "claims", "compiled_for", "figure",
    "figure_told", "figures", "free_uid", "packaged_source", "plain", "reconciliation_rows", "reconciliations", "trend", "unreconciled", "withdrawn",
]  # fmt: skip
