"""Two rulebooks over one town: who gains, who loses, what it costs, and which clause makes the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from townwright.kernel.formula.changes import Clause, clauses_between, prepared, with_clause, with_parameters
from townwright.kernel.formula.compiled import CompiledRulebook, compile_rulebook
from townwright.kernel.formula.evaluation import ELIGIBLE, UNDECIDED, Evaluation, evaluate
from townwright.kernel.formula.findings import CodedError, RulebookRefused
from townwright.kernel.formula.naming import suggestion
from townwright.kernel.formula.rulebook import Rulebook
from townwright.kernel.values.period import Period

NEWLY_ELIGIBLE, NEWLY_INELIGIBLE, WINNER, LOSER, UNCHANGED, UNKNOWN = (
    "newly_eligible", "newly_ineligible", "winner", "loser", "unchanged", "unknown",
)  # fmt: skip
OUTCOMES = (NEWLY_ELIGIBLE, WINNER, UNCHANGED, LOSER, NEWLY_INELIGIBLE, UNKNOWN)
Tables = Mapping[str, pa.Table]


class UnableToCompare(CodedError):
    """Two rulebooks do not judge the same thing."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a rulebook gives each row: the verdict, and the amount (0 if not eligible, None if it cannot be decided)."""

    keys: tuple[str, ...]
    verdicts: tuple[str, ...]
    amounts: tuple[Decimal | None, ...]

    @property
    def total(self) -> Decimal:
        """The sum over eligible rows."""
        return sum((amount for amount in self.amounts if amount is not None), Decimal(0))

    def count(self, verdict: str) -> int:
        """How many rows have the verdict."""
        return self.verdicts.count(verdict)


def judge(compiled: CompiledRulebook, tables: Tables) -> Judged:
    """Judge all rows of the policy's entity.

    Raises:
        UnableToCompare: the rulebook is not a policy.
        UnableToEvaluate: rows do not fit.
    """
    policy = compiled.book.policy
    if policy is None:
        raise UnableToCompare("not-a-policy", code=compiled.book.code)
    result = evaluate(compiled, tables)
    verdicts = result.verdicts()
    amounts = tuple(
        (amount if verdict == ELIGIBLE else None if verdict == UNDECIDED else Decimal(0))
        for verdict, amount in zip(verdicts, result.amounts(), strict=True)
    )
    return Judged(tuple(str(key) for key in result.keys(policy.entity)), tuple(verdicts), amounts)


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


def compare(before: CompiledRulebook, after: CompiledRulebook, tables: Tables, *, by: Sequence[str] = ()) -> Comparison:
    """Judge the same rows by two rulebooks; ``by`` names columns or variables of the entity to sum over.

    Raises:
        UnableToCompare: they judge other entities or give other currencies, or a dimension is not known.
        UnableToEvaluate: rows do not fit.
    """
    _demand_alike(before.book, after.book)
    old, new = judge(before, tables), judge(after, tables)
    policy = after.book.policy
    assert policy is not None
    result = evaluate(after, tables)
    dimensions = {name: _dimension(result, tables[policy.entity], policy.entity, name) for name in by}
    outcomes, differences = [], []
    for was, now, had, has in zip(old.verdicts, new.verdicts, old.amounts, new.amounts, strict=True):
        difference = None if had is None or has is None else has - had
        differences.append(difference)
        outcomes.append(_outcome(was, now, difference))
    places = max((-int(one.as_tuple().exponent) for one in (*old.amounts, *new.amounts) if one is not None), default=2)
    money = pa.decimal128(38, max(places, 2))
    table = pa.table(
        {
            "key": pa.array(old.keys, pa.string()), **{name: pa.array(values, pa.string()) for name, values in dimensions.items()},
            "verdict_before": pa.array(old.verdicts, pa.string()), "verdict_after": pa.array(new.verdicts, pa.string()),
            "amount_before": pa.array(old.amounts, money), "amount_after": pa.array(new.amounts, money),
            "difference": pa.array(differences, money), "outcome": pa.array(outcomes, pa.string()),
        }
    )  # fmt: skip
    rows = list(range(len(outcomes)))
    found = {name: [] for name in by}  # type: dict[str, list[Mapping[str, Any]]]
    for name, values in dimensions.items():
        for value in sorted(set(values), key=lambda one: (one is None, one or "")):
            mine = [row for row in rows if values[row] == value]
            found[name].append({"value": value, **_sums(mine, old, new, differences, outcomes)})
    return Comparison(table, _sums(rows, old, new, differences, outcomes), found)


def _dimension(result: Evaluation, table: pa.Table, entity: str, name: str) -> list[str | None]:
    """Return a column or variable of each row as words; a column of the table serves even if the rulebook does not name it."""
    known = (entity, name) in result.compiled.formulas or name in result.compiled.book.entities[entity].columns
    if not known and name not in table.column_names:
        hint = suggestion(name, table.column_names)
        raise UnableToCompare("no-dimension", entity=entity, name=name, hint=hint)
    values = result.values(entity, name) if known else table.column(name).to_pylist()
    return [None if value is None else str(value) for value in values]


def _demand_alike(one: Rulebook, two: Rulebook) -> None:
    old, new = one.policy, two.policy
    if old is None or new is None or old.entity != new.entity:
        raise UnableToCompare("other-entities", code=one.code, other=two.code)
    units = [book.variables[policy.entity, policy.amount].type for book, policy in ((one, old), (two, new))]
    if units[0] is None or units[1] is None or units[0].unit != units[1].unit:
        raise UnableToCompare("other-currencies")


def _outcome(was: str, now: str, difference: Decimal | None) -> str:
    if difference is None:
        return UNKNOWN
    if (was == ELIGIBLE) != (now == ELIGIBLE):
        return NEWLY_ELIGIBLE if now == ELIGIBLE else NEWLY_INELIGIBLE
    return WINNER if difference > 0 else LOSER if difference < 0 else UNCHANGED


def _sums(rows: list[int], old: Judged, new: Judged, differences: list[Decimal | None], outcomes: list[str]) -> dict[str, Any]:
    """Return counts and sums; only rows that both rulebooks decide are summed, so that before + difference = after."""
    both = [row for row in rows if differences[row] is not None]
    before = sum((old.amounts[row] or Decimal(0) for row in both), Decimal(0))
    after = sum((new.amounts[row] or Decimal(0) for row in both), Decimal(0))
    told = [outcomes[row] for row in rows]
    return {
        "rows": len(rows),
        "before": before,
        "after": after,
        "difference": after - before,
        **{name: told.count(name) for name in OUTCOMES},
    }


@dataclass(frozen=True, slots=True)
class Point:
    """A swept parameter's value and what it leads to."""

    value: Any
    eligible: int
    undecided: int
    total: Decimal


def budget_curve(
    book: Rulebook, tables: Tables, *, parameter: str, values: Sequence[Any], period: Period, on: date | None = None, since: date | None = None
) -> list[Point]:  # fmt: skip
    """Return the total and the number of eligible rows for each value of a parameter.

    Raises:
        UnableToChange: no such parameter, or a value that is no exact figure.
        RulebookRefused: the rulebook does not compile.
    """
    points = []
    for value in values:
        judged = judge(compile_rulebook(with_parameters(book, {parameter: value}, since=since), period=period, on=on), tables)
        points.append(Point(value, judged.count(ELIGIBLE), judged.count(UNDECIDED), judged.total))
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
    before: Rulebook, after: Rulebook, tables: Tables, *, period: Period, on: date | None = None, order: Sequence[str] | None = None
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
    last = judge(compile_rulebook(after, period=period, on=on), tables)
    book = prepared(before, after)
    now = judge(compile_rulebook(book, period=period, on=on), tables)
    start, effects, held = now.total, [], []  # type: Decimal, list[Effect], list[Clause]
    for clause in clauses:
        book = with_clause(book, after, clause)
        held.append(clause)
        try:
            following = judge(compile_rulebook(book, period=period, on=on), tables)
        except RulebookRefused:
            continue
        effects.append(_effect(tuple(held), now, following))
        now, held = following, []
    if now.verdicts != last.verdicts or now.amounts != last.amounts:
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
    pairs = list(zip(before.verdicts, after.verdicts, strict=True))
    newly = sum(was != ELIGIBLE and now == ELIGIBLE for was, now in pairs)
    no_more = sum(was == ELIGIBLE and now != ELIGIBLE for was, now in pairs)
    return Effect(clauses, newly, no_more, after.total, after.total - before.total)
