"""Two rulebooks over one town: who gains, who loses, what it costs, and which clause makes the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.changes import Clause, clauses_between, prepared, with_clause, with_parameters
from townwright.kernel.formula.compiled import CompiledRulebook, compile_rulebook
from townwright.kernel.formula.evaluation import ELIGIBLE, UNDECIDED, VERDICTS, Evaluation
from townwright.kernel.formula.executors.planned import Execution
from townwright.kernel.formula.findings import CodedError, RulebookRefused
from townwright.kernel.formula.judged import Groups, Judged, groups_of, judged, keys_of
from townwright.kernel.formula.naming import suggestion
from townwright.kernel.formula.outcomes import OUTCOMES, Pair, coded
from townwright.kernel.formula.rulebook import Rulebook
from townwright.kernel.values.period import Period

Tables = Mapping[str, pa.Table]


class UnableToCompare(CodedError):
    """Two rulebooks do not judge the same thing."""


def _judged(
    compiled: CompiledRulebook, tables: Tables, execution: Execution | None, like: Evaluation | None = None
) -> tuple[Evaluation, Judged]:
    """Judge all rows of the policy's entity; ``like`` is an evaluation over the same tables, for its joins."""
    if compiled.book.policy is None:
        raise UnableToCompare("not-a-policy", code=compiled.book.code)
    return judged(compiled, tables, execution, like)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``table``: a row each with verdicts, amounts, difference and outcome; ``totals``; ``by``: sums for each value of a dimension.

    A row that cannot be decided under either rulebook has no difference and the outcome unknown; sums leave it out and count it.
    """

    table: pa.Table
    totals: Mapping[str, Any]
    by: Mapping[str, Sequence[Mapping[str, Any]]]

    def to_dict(self, *, rows: bool = True) -> dict[str, Any]:
        """Return it JSON-ready; amounts as text."""
        told: dict[str, Any] = {
            "totals": _plain(self.totals),
            "by": {name: [_plain(row) for row in part] for name, part in self.by.items()},
        }
        if rows:
            told["rows"] = [_plain(row) for row in self.table.to_pylist()]
        return told


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal | date) else value for name, value in row.items()}


def compare(
    before: CompiledRulebook, after: CompiledRulebook, tables: Tables, *, by: Sequence[str] = (), execution: Execution | None = None
) -> Comparison:
    """Judge the same rows by two rulebooks; ``by`` names columns or variables of the entity to sum over.

    ``execution`` says how the rulebooks are run; it changes no figure.

    Raises:
        UnableToCompare: they judge other entities or give other currencies, or a dimension is not known.
        UnableToEvaluate: rows do not fit.
    """
    _demand_alike(before.book, after.book)
    earlier, old = _judged(before, tables, execution)
    result, new = _judged(after, tables, execution, earlier)
    policy = after.book.policy
    assert policy is not None
    dimensions = {name: _dimension(result, tables[policy.entity], policy.entity, name) for name in by}
    both = Pair(old, new)
    table = pa.table(
        {
            "key": keys_of(result, policy.entity), **{name: groups.column() for name, groups in dimensions.items()},
            "verdict_before": coded(old.codes, VERDICTS), "verdict_after": coded(new.codes, VERDICTS), **both.money(),
            "outcome": coded(both.outcomes(), OUTCOMES),
        }
    )  # fmt: skip
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    for name, groups in dimensions.items():
        parts = both.sums(groups.codes, len(groups.labels))
        found[name] = [{"value": label, **part} for label, part in zip(groups.labels, parts, strict=True)]
    (totals,) = both.sums(np.zeros(old.codes.size, dtype=np.int64), 1)
    return Comparison(table, totals, found)


def _dimension(result: Evaluation, table: pa.Table, entity: str, name: str) -> Groups:
    known = (entity, name) in result.compiled.formulas or name in result.compiled.book.entities[entity].columns
    if not known and name not in table.column_names:
        hint = suggestion(name, table.column_names)
        raise UnableToCompare("no-dimension", entity=entity, name=name, hint=hint)
    return groups_of(result, entity, name)


def _demand_alike(one: Rulebook, two: Rulebook) -> None:
    old, new = one.policy, two.policy
    if old is None or new is None or old.entity != new.entity:
        raise UnableToCompare("other-entities", code=one.code, other=two.code)
    units = [book.variables[policy.entity, policy.amount].type for book, policy in ((one, old), (two, new))]
    if units[0] is None or units[1] is None or units[0].unit != units[1].unit:
        raise UnableToCompare("other-currencies")


@dataclass(frozen=True, slots=True)
class Point:
    """A swept parameter's value and what it leads to."""

    value: Any
    eligible: int
    undecided: int
    total: Decimal


def budget_curve(
    book: Rulebook, tables: Tables, *, parameter: str, values: Sequence[Any], period: Period, on: date | None = None, since: date | None = None,
    execution: Execution | None = None,
) -> list[Point]:  # fmt: skip
    """Return the total and the number of eligible rows for each value of a parameter.

    Raises:
        UnableToChange: no such parameter, or a value that is no exact figure.
        RulebookRefused: the rulebook does not compile.
    """
    points, like = [], None
    for value in values:
        compiled = compile_rulebook(with_parameters(book, {parameter: value}, since=since), period=period, on=on)
        like, given = _judged(compiled, tables, execution, like)
        points.append(Point(value, given.count(ELIGIBLE), given.count(UNDECIDED), given.total))
    return points


@dataclass(frozen=True, slots=True)
class Effect:
    """What one clause (or several that only work together) changes: rows newly eligible and no longer so, and the total."""

    clauses: tuple[Clause, ...]
    newly_eligible: int
    newly_ineligible: int
    total: Decimal
    difference: Decimal

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {
            "clauses": [str(clause) for clause in self.clauses], "newly_eligible": self.newly_eligible, "newly_ineligible": self.newly_ineligible,
            "total": str(self.total), "difference": str(self.difference),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Split:
    """The effect of a change by its clauses, in the order in which they were applied; the differences sum to the whole."""

    before: Decimal
    after: Decimal
    effects: tuple[Effect, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        told = [effect.to_dict() for effect in self.effects]
        return {"before": str(self.before), "after": str(self.after), "difference": str(self.after - self.before), "effects": told}


def split_change(
    before: Rulebook, after: Rulebook, tables: Tables, *, period: Period, on: date | None = None, order: Sequence[str] | None = None,
    execution: Execution | None = None,
) -> Split:  # fmt: skip
    """Apply the clauses of ``after`` to ``before`` one by one, and tell what each changes.

    ``order`` names clauses as "parameter:rate"; the rest follows in the order of ``clauses_between``. Another order shares
    the effect out otherwise; the sum is the same. A clause that does not work alone is applied with those that follow it.

    Raises:
        UnableToCompare: other entities or currencies; ``order`` names no clause; the clauses do not lead to ``after``.
        RulebookRefused: one of the two does not compile.
    """
    _demand_alike(before, after)
    clauses = _ordered(clauses_between(before, after), order or ())
    like, last = _judged(compile_rulebook(after, period=period, on=on), tables, execution)
    book = prepared(before, after)
    like, now = _judged(compile_rulebook(book, period=period, on=on), tables, execution, like)
    start, effects, held = now.total, [], []  # type: Decimal, list[Effect], list[Clause]
    for clause in clauses:
        book = with_clause(book, after, clause)
        held.append(clause)
        try:
            like, following = _judged(compile_rulebook(book, period=period, on=on), tables, execution, like)
        except RulebookRefused:
            continue
        effects.append(_effect(tuple(held), now, following))
        now, held = following, []
    if not now.same(last):
        raise UnableToCompare("clauses-astray")
    return Split(start, now.total, tuple(effects))


def _ordered(clauses: list[Clause], order: Sequence[str]) -> list[Clause]:
    known = {str(clause): clause for clause in clauses}
    wrong = [name for name in order if name not in known]
    if wrong:
        told = ", ".join(known) or "none"
        raise UnableToCompare("no-clause", names=", ".join(wrong), known=told)
    return [*(known[name] for name in order), *(clause for name, clause in known.items() if name not in order)]


def _effect(clauses: tuple[Clause, ...], before: Judged, after: Judged) -> Effect:
    was, now = before.eligible, after.eligible
    newly, no_more = int(np.count_nonzero(now & ~was)), int(np.count_nonzero(was & ~now))
    return Effect(clauses, newly, no_more, after.total, after.total - before.total)
