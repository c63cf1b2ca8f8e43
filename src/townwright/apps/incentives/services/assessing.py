"""Assessing a snapshot by the zone's rulebooks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from townwright.apps.incentives.models import Assessment, ZoneRulebook
from townwright.apps.incentives.selectors import compiled_for, demand_year
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones import selectors as zones
from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.engines import EmbeddedEngine, Engine, decided
from townwright.frame.tables import Source
from townwright.kernel.formula import (
    CompiledRulebook,
    RulebookNotInForce,
    RulebookRefused,
    check_rulebook,
    has_errors,
)

BATCH = 5000
V = Assessment.Verdict


def assess(
    *, zone: Any, snapshot: Any, rulebook: ZoneRulebook, actor: Actor, at: datetime, engine: Engine | None = None
) -> int | None:  # fmt: skip
    """Judge every firm of a snapshot by one policy or classification; return how many, None if it was not in force.

    One assessment a firm; repeated over the same snapshot, even at the same moment, it changes nothing. The engine (default:
    embedded) computes before anything is written: if it fails, no assessment is left.

    Raises:
        UnableToAssess: the snapshot is of a month or a quarter; support is a matter of the year.
        RulebookRefused: the rulebook does not fit the tables of the snapshot, or lacks a parameter for the date.
        UnableToEvaluate: rows do not fit, as two applications of a firm in one year.
        UnableToReadSnapshot: a file of the snapshot is missing or cut short.
    """
    demand_year(snapshot.period)
    try:
        compiled = compiled_for(rulebook, snapshot.period)
    except RulebookNotInForce:
        return None
    if not rulebook.holds(compiled.on):
        return None
    findings = check_rulebook(compiled.book, offers=snapshots.offers(snapshot), on=compiled.on)
    if has_errors(findings):
        raise RulebookRefused([one for one in findings if one.severity == "error"])
    rows = _judged(compiled, snapshots.source(snapshot), engine or EmbeddedEngine())
    with write(verb="incentives.assess", subject=f"{rulebook} over {snapshot}", zone=zone, actor=actor, at=at) as told:
        zones.take_turns(zone)
        held = Assessment.records.filter(snapshot=snapshot, rulebook=rulebook).count()
        if held == len(rows):
            told.nothing_changed()
            return held
        Assessment.records.bulk_create(
            (Assessment(zone=zone, snapshot=snapshot, rulebook=rulebook, created_at=at, created_by=actor.name, **row) for row in rows),
            batch_size=BATCH,
        )  # fmt: skip
        told.new = {"firms": len(rows), "snapshot": snapshot.content_hash, "rulebook": rulebook.hash}
    return len(rows)


def _judged(compiled: CompiledRulebook, source: Source, engine: Engine) -> list[dict[str, Any]]:
    book = compiled.book
    entity = book.main_entity
    columns = [(entity, name) for name in (*book.entities[entity].key, "name")]
    result = engine.evaluate(compiled, source, outputs=decided(compiled), columns=columns)
    keys, names = result.keys(entity), result.run.table(entity).column("name").to_pylist()
    if book.policy is None:
        assert book.classification is not None
        classes = result.values(entity, book.classification.result)
        return [
            {"party_key": key, "party_name": name, "verdict": V.UNDECIDED if value is None else V.CLASSIFIED, "result": value or ""}
            for key, name, value in zip(keys, names, classes, strict=True)
        ]  # fmt: skip
    policy = book.policy
    verdicts, amounts = result.verdicts(), result.amounts()
    conditions = [result.condition(name) for name in policy.conditions]
    scores = result.values(entity, policy.budget.priority) if policy.budget and policy.budget.priority else [None] * len(keys)
    currency = str(book.variables[entity, policy.amount].type.unit)  # type: ignore[union-attr]
    return [
        {
            "party_key": key, "party_name": name, "verdict": verdict, "amount": amount if verdict == V.ELIGIBLE else None, "currency": currency,
            "score": None if score is None else Decimal(score), "conditions": dict(zip(policy.conditions, held, strict=True)),
        }
        for key, name, verdict, amount, score, *held in zip(keys, names, verdicts, amounts, scores, *conditions, strict=True)
    ]  # fmt: skip


def recompute(row: Assessment) -> dict[str, Any]:
    """Judge the row's firm again from its snapshot and rulebook, and return what differs (nothing, if all is well)."""
    compiled = compiled_for(row.rulebook, row.snapshot.period)
    again = next(one for one in _judged(compiled, snapshots.source(row.snapshot), EmbeddedEngine()) if one["party_key"] == row.party_key)
    return {name: (getattr(row, name), value) for name, value in again.items() if getattr(row, name) != value}
