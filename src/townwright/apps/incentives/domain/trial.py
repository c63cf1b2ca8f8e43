"""What a policy would say of a firm that is made up: which figures it asks for, and its verdict on them.

Nothing is stored: the firm lives in tables of one row or a few, and is gone with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from townwright.kernel.formula import CompiledRulebook, VerdictTrace, WhyNot, explain_verdict, tables_of_rows, why_not
from townwright.kernel.formula.compiled import AMOUNT
from townwright.kernel.formula.ir import Expr, walk
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.values.offer import TableOffer

# The key of the invented firm.
FIRM = "firm"
# What a visitor means unless he says otherwise: a firm that is in the zone, and no branch.
ASSUMED = {"present": True, "is_branch": False}
_YEARS_A_STEP = {"year": 1, "period": 1}
_ALONE = frozenset({"group", "rank", "band", "chain", "above", "lookup"})


class UnableToTry(ValueError):
    """What the policy says of one firm hangs on other records than its own."""


@dataclass(frozen=True, slots=True)
class Question:
    """One figure that a policy reads of a firm: a column of an entity, ``back`` years before the year judged.

    ``kind`` is number, bool, date or text; ``word`` how the rulebook declares it (money, int, ratio); ``label`` and
    ``group`` (the record it stands in) are in both languages.
    """

    entity: str
    column: str
    back: int
    kind: str
    word: str
    unit: str
    label: Mapping[str, str]
    group: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of its field in a form."""
        return f"{self.entity}.{self.column}" + (f".{self.back}" if self.back else "")


Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trial:
    """A verdict on the invented firm with its working, and what would change it."""

    verdict: VerdictTrace
    why: WhyNot


@dataclass(frozen=True, slots=True)
class _Reads:
    """Columns (entity, column, years back) and records (entity, years back) that a policy reads, in the order it does."""

    columns: dict[tuple[str, str, int], None]
    records: dict[tuple[str, int], None]


def questions(compiled: CompiledRulebook, offers: Mapping[str, TableOffer]) -> tuple[Question, ...]:
    """Return what a policy asks of a firm, the firm's own columns first; labels come from the tables that the zone offers.

    Raises:
        UnableToTry: it ranks firms, or looks at records that are not the firm's.
    """
    found = []
    for entity, column, back in _reads(compiled).columns:
        type_, offer = compiled.book.entities[entity].columns[column], offers.get(entity)
        told = offer.column(column) if offer else None
        label = told.label if told else {"zh": column, "en": column.replace("_", " ")}
        group = offer.label if offer else {"zh": entity, "en": entity.replace("_", " ")}
        unit = str(type_.unit) if type_.kind == "number" else ""
        found.append(Question(entity, column, back, type_.kind, type_.word, unit, dict(label), dict(group)))
    own = compiled.book.main_entity
    return tuple(sorted(found, key=lambda one: (one.entity != own, one.entity, one.back)))


def try_policy(compiled: CompiledRulebook, answers: Answers) -> Trial:
    """Judge the firm that the answers describe (question's name → value; left out or None: not known).

    A return or application of the year judged is taken as filed; one of an earlier year only where something is told of it.

    Raises:
        UnableToTry: see ``questions``.
        UnableToReadCase: an answer is of another type.
    """
    tables = tables_of_rows(compiled.book, _rows(compiled, answers))
    return Trial(explain_verdict(compiled, tables, key=FIRM), why_not(compiled, tables, key=FIRM))


def _rows(compiled: CompiledRulebook, answers: Answers) -> dict[str, list[dict[str, Any]]]:
    book, reads = compiled.book, _reads(compiled)
    main = book.entities[book.main_entity]
    rows: dict[str, list[dict[str, Any]]] = {}
    links = {link.to: link.column for (owner, _link), link in book.links.items() if owner == main.name and link.kind == "many"}
    for entity, back in {(main.name, 0): None, **reads.records}:
        told = {
            column: answers.get(_name(entity, column, back)) for owner, column, when in reads.columns if (owner, when) == (entity, back)
        }
        if entity != main.name and back and all(value is None for value in told.values()):
            continue
        if entity == main.name:
            told[main.key[0]] = FIRM
        else:
            told[links[entity]] = FIRM
            told |= _dated(compiled, entity, back)
        rows.setdefault(entity, []).append({column: value for column, value in told.items() if column in book.entities[entity].columns})
    if main.name in rows and main.key[0] not in main.columns:
        rows[main.name][0][main.key[0]] = FIRM
    return rows


def _name(entity: str, column: str, back: int) -> str:
    return f"{entity}.{column}" + (f".{back}" if back else "")


def _dated(compiled: CompiledRulebook, entity: str, back: int) -> dict[str, Any]:
    year = compiled.period.year - back
    holder = compiled.book.entities[entity]
    told: dict[str, Any] = {"year": year, "period": str(year)}
    if holder.period and holder.period not in told:
        told[holder.period] = year if holder.columns[holder.period].kind == "number" else str(year)
    return told


def _reads(compiled: CompiledRulebook) -> _Reads:
    policy = compiled.book.policy
    if policy is None:
        raise UnableToTry(f"{compiled.book.code} is not a policy.")
    reads = _Reads({}, {})
    reader = _Reader(compiled, reads)
    for name in policy.conditions:
        reader.read(compiled.formulas[policy.entity, condition_key(name)], policy.entity, frozenset({0}))
    reader.read(compiled.formulas[policy.entity, AMOUNT], policy.entity, frozenset({0}))
    return reads


class _Reader:
    def __init__(self, compiled: CompiledRulebook, reads: _Reads) -> None:
        self.compiled, self.reads, self.main = compiled, reads, compiled.book.main_entity
        self.seen: set[tuple[str, str, frozenset[int]]] = set()

    def read(self, expr: Expr, entity: str, backs: frozenset[int]) -> None:
        """Note what an expression over the rows of an entity reads, for records so many years back."""
        if expr.op in _ALONE or (expr.op == "aggregate" and entity != self.main):
            raise UnableToTry(f"{self.compiled.book.code}: {expr.text} reads records of others than the firm.")
        if expr.op == "column":
            self._column(expr, backs)
        elif expr.op == "variable":
            key = (expr.entity, expr.name, backs)
            if key not in self.seen:
                self.seen.add(key)
                self.read(self.compiled.formulas[expr.entity, expr.name], expr.entity, backs)
        elif expr.op == "outer":
            self.read(expr.args[0], self.main, frozenset({0}))
        elif expr.op == "prior":
            count, grain = expr.extra
            self.read(expr.args[0], entity, frozenset(back + count * _YEARS_A_STEP.get(grain, 0) for back in backs))
        elif expr.op in ("aggregate", "median"):
            link, _has_value, has_test = expr.extra
            if link.kind != "many" or link.owner != self.main:
                raise UnableToTry(f"{self.compiled.book.code}: {expr.text} reads records of others than the firm.")
            within = frozenset(years_back(expr.args[-1], link.to)) if has_test else frozenset({0})
            self.reads.records.update(dict.fromkeys((link.to, back) for back in sorted(within)))
            for arg in expr.args:
                self.read(arg, link.to, within)
        else:
            for arg in expr.args:
                self.read(arg, entity, backs)

    def _column(self, expr: Expr, backs: frozenset[int]) -> None:
        book = self.compiled.book
        holder = book.entities[expr.entity]
        linked = {link.column for link in book.links.values() if link.to == expr.entity}
        if expr.name in ("year", "period", holder.period, *linked) or (expr.entity == self.main and expr.name in holder.key):
            return
        for back in sorted(backs):
            self.reads.columns.setdefault((expr.entity, expr.name, back))
            if expr.entity != self.main:
                self.reads.records.setdefault((expr.entity, back))


def years_back(test: Expr, entity: str) -> set[int]:
    """Return how many years before the year judged the records lie that a filter keeps, 0 where it does not speak of years.

    Of "before the year" one record stands for all, the year before; of "up to the year" that of the year itself.
    """
    return set(_years(test, entity)) or {0}


def _years(test: Expr, entity: str) -> Iterator[int]:
    for node in walk(test):
        if node.op not in ("eq", "lt", "le") or len(node.args) != 2:
            continue
        column, told = node.args
        if column.op == "column" and column.entity == entity and column.name == "year":
            back = _period_year(told)
            if back is not None:
                yield back + (node.op == "lt")


def _period_year(expr: Expr) -> int | None:
    if expr.op == "period_year":
        return 0
    if expr.op == "sub" and expr.args[0].op == "period_year" and expr.args[1].op == "literal":
        return int(expr.args[1].value)
    return None
