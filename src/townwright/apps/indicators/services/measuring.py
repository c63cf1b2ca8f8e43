"""Adopting indicator rulebooks, and measuring by them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.indicators.models import IndicatorBook, IndicatorValue
from townwright.apps.indicators.selectors import books, compiled_for, packaged_source
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones import selectors as zones
from townwright.frame.actors import Actor
from townwright.frame.adoption import UnableToAdoptRulebook, fit_rulebook, held_already
from townwright.frame.audit import write
from townwright.frame.engines import EmbeddedEngine, Engine, decided
from townwright.kernel.formula import (
    CompiledRulebook,
    Rulebook,
    RulebookRefused,
    check_rulebook,
    has_errors,
    load_rulebook,
    rulebook_hash,
)
from townwright.kernel.formula.findings import ERROR
from townwright.rulebooks import read_text


def adopt_indicators(*, zone: Any, text: str, source: str, actor: Actor, at: datetime) -> IndicatorBook:
    """Adopt an indicator rulebook; a version of the packaged one's code takes its place. The same text twice changes nothing.

    Raises:
        UnableToAdoptRulebook: it does not check, a case fails, its version is adopted with another text, another version
            of the code is in force in the same days, or another rulebook of the zone measures a figure of the same code.
    """
    book = fit_rulebook(text, source=source, kinds=("indicators",), offers=snapshots.offered(zone))
    digest = rulebook_hash(book)
    with write(verb="indicators.rulebook.adopt", subject=f"{book.code} {book.version}", zone=zone, actor=actor, at=at) as told:
        held, former = held_already(IndicatorBook.records.select_for_update().filter(zone=zone, code=book.code), book, digest)
        if held is not None:
            told.nothing_changed()
            return held
        if former is not None:
            told.old = {"version": former.version, "in_force_to": None}
            IndicatorBook.records.filter(pk=former.pk).update(in_force_to=book.start)
        _refuse_double_codes(zone, book)
        made = IndicatorBook.records.create(
            zone=zone, code=book.code, version=book.version, title=dict(book.title), text=text, source=source, hash=digest,
            in_force_from=book.start, in_force_to=book.end, adopted_at=at, adopted_by=actor.name,
        )  # fmt: skip
        told.new = {"hash": digest, "indicators": list(book.indicators)}
    return made


def _refuse_double_codes(zone: Any, book: Rulebook) -> None:
    source = packaged_source(zone)
    others = [load_rulebook(read_text(source), source=source), *(load_rulebook(row.text, source=row.source) for row in books(zone))]
    for other in others:
        double = sorted(set(book.indicators) & set(other.indicators)) if other.code != book.code else []
        if double:
            told = {"codes": ", ".join(double), "other": other.code, "code": book.code}
            raise UnableToAdoptRulebook(
                _("%(codes)s: measured by %(other)s already. Give the figures of %(code)s codes of their own.") % told
            )


def measure(*, zone: Any, snapshot: Any, actor: Actor, at: datetime, engine: Engine | None = None) -> int:
    """Measure the zone's indicators over a snapshot by an engine (default: embedded); repeated, it changes nothing.

    Raises:
        RulebookRefused: a rulebook does not fit the tables.
        UnableToReadSnapshot: a file of the snapshot is missing or cut short.
    """
    offered = snapshots.offers(snapshot)
    done = set(IndicatorValue.objects.in_zone(zone).filter(snapshot=snapshot).values_list("rulebook_hash", "code"))
    count, rows = 0, []
    for compiled in compiled_for(zone, snapshot.period):
        count += len(compiled.book.indicators)
        if {(compiled.hash, code) for code in compiled.book.indicators} <= done:
            continue
        findings = check_rulebook(compiled.book, offers=offered, on=compiled.on)
        if has_errors(findings):
            raise RulebookRefused([finding for finding in findings if finding.severity == ERROR])
        # Before the transaction: an engine may take minutes, and holds no lock meanwhile.
        rows += _measured(zone, snapshot, compiled, engine or EmbeddedEngine(), at)
    with write(verb="indicators.measure", subject=str(snapshot), zone=zone, actor=actor, at=at) as told:
        zones.take_turns(zone)
        # Another may have measured meanwhile.
        done = set(IndicatorValue.objects.in_zone(zone).filter(snapshot=snapshot).values_list("rulebook_hash", "code"))
        rows = [row for row in rows if (row.rulebook_hash, row.code) not in done]
        if not rows:
            told.nothing_changed()
            return count
        IndicatorValue.records.bulk_create(rows, ignore_conflicts=True)
        told.new = {row.code: None if row.value is None else str(row.value) for row in rows}
    return count


def _measured(zone: Any, snapshot: Any, compiled: CompiledRulebook, engine: Engine, at: datetime) -> list[IndicatorValue]:
    result = engine.evaluate(compiled, snapshots.source(snapshot), outputs=decided(compiled))
    rows = []
    for code in compiled.book.indicators:
        variable = compiled.book.variables["zone", code]
        value = result.values("zone", code)[0]
        rows.append(
            IndicatorValue(
                zone=zone, snapshot=snapshot, rulebook=compiled.book.code, rulebook_hash=compiled.hash, code=code, label=dict(variable.label),
                value=None if value is None else Decimal(value), unit=str(variable.type.unit) if variable.type else "", measured_at=at,
            )
        )  # fmt: skip
    return rows
