"""The numpy executor: whole columns at a time, exact, with what is missing carried along."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors import arrays, days
from townwright.kernel.formula.executors.aggregate import Chosen, aggregate, choose_only
from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num, Words
from townwright.kernel.formula.executors.groups import group_step
from townwright.kernel.formula.executors.links import Joined, climb, join_children, joined_of, positions, take
from townwright.kernel.formula.executors.load import EPOCH, load_column
from townwright.kernel.formula.executors.priors import prior_rows
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import AGGREGATE_OPS, GROUP_OPS, Expr
from townwright.kernel.formula.rulebook import Link

_TESTS = {"eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}


class ColumnRun:
    """One run of a compiled rulebook over tables. Variables are computed once and kept."""

    def __init__(self, compiled: CompiledRulebook, tables: Mapping[str, pa.Table]) -> None:
        self.compiled, self.tables = compiled, tables
        self._kept: dict[tuple[str, str], Column] = {}
        self._columns: dict[tuple[str, str], Column] = {}
        self._joins: dict[tuple[str, str], Joined] = {}
        self._lookups: dict[tuple[str, str], Array] = {}
        # Filters, and what they leave of a link, are asked for by many aggregates.
        self._filters: dict[Expr, Column] = {}
        self._chosen: dict[tuple[Link, Expr | None], Chosen] = {}

    def size(self, entity: str) -> int:
        """Return the number of rows of an entity."""
        return int(self.table(entity).num_rows)

    def table(self, entity: str) -> pa.Table:
        """Return the entity's table.

        Raises:
            UnableToEvaluate: the tables hold none of that name.
        """
        if entity not in self.tables:
            raise UnableToEvaluate("no-table", entity=entity, known=", ".join(sorted(self.tables)))
        return self.tables[entity]

    def variable(self, entity: str, name: str) -> Column:
        """Return a variable's column, computing first what it needs, without deep recursion."""
        stack = [(entity, name)]
        while stack:
            top = stack[-1]
            if top in self._kept:
                stack.pop()
                continue
            needs = [need for need in _needs(self.compiled, top) if need not in self._kept]
            if needs:
                stack.extend(needs)
                continue
            self._kept[top] = self._compute(top)
            stack.pop()
        return self._kept[entity, name]

    def _compute(self, name: tuple[str, str]) -> Column:
        column = self.value(self.compiled.formulas[name])
        variable = self.compiled.book.variables.get(name)
        if isinstance(column, Num):
            if variable is not None and variable.rounding is not None:
                return arrays.round_to(column, variable.rounding.mode, variable.rounding.step)
            return arrays.tightened(column)
        return column

    def join(self, link: Link) -> Joined:
        """Return how the link's children hang on its owner."""
        key = (link.owner, link.name)
        if key not in self._joins:
            owner_key = self.compiled.book.entities[link.owner].key[0]
            self._joins[key] = join_children(link, self.table(link.owner), owner_key, self.table(link.to))
        return self._joins[key]

    def joined(self, link: Link) -> Joined:
        """Return how the rows at the end of a link, or of a chain of links, hang on its owner."""
        if not link.path:
            return self.join(link)
        key = (link.owner, link.name)
        if key not in self._joins:
            places = self.join(link.path[-1]).parent
            for step in reversed(link.path[:-1]):
                places = climb(places, self.join(step).parent)
            self._joins[key] = joined_of(places)
        return self._joins[key]

    def _filter(self, expr: Expr) -> Column:
        if expr not in self._filters:
            self._filters[expr] = self.value(expr)
        return self._filters[expr]

    def chosen(self, link: Link, expr: Expr | None, test: Flag | None) -> Chosen:
        """Return which children of a link a filter leaves."""
        if (link, expr) not in self._chosen:
            self._chosen[link, expr] = choose_only(self.joined(link), test, self.size(link.owner))
        return self._chosen[link, expr]

    def _lookup(self, link: Link) -> Array:
        key = (link.owner, link.name)
        if key not in self._lookups:
            target_key = self.compiled.book.entities[link.to].key[0]
            wanted = self.table(link.owner).column(link.column).to_pylist()
            self._lookups[key] = positions(self.table(link.to).column(target_key).to_pylist(), wanted)
        return self._lookups[key]

    def _above(self, expr: Expr) -> Column:
        """Return a value of the row that the child hangs on, so many links up."""
        steps: tuple[Link, ...] = expr.extra
        places = self.join(steps[-1]).parent
        for link in reversed(steps[:-1]):
            places = climb(places, self.join(link).parent)
        return take(self.value(expr.args[0]), places, self.size(expr.args[0].entity))

    def _prior(self, expr: Expr) -> Array:
        count, grain = expr.extra
        key = (expr.entity, f"prior {count} {grain}")
        if key not in self._lookups:
            rows = prior_rows(self.table(expr.entity), self.compiled.book.entities[expr.entity], count, grain)
            self._lookups[key] = np.asarray(rows, dtype=np.int64)
        return self._lookups[key]

    def value(self, expr: Expr) -> Column:
        """Return the column of an expression."""
        op = expr.op
        if op == "variable":
            return self._kept[expr.entity, expr.name] if (expr.entity, expr.name) in self._kept else self.variable(expr.entity, expr.name)
        if op == "column":
            key = (expr.entity, expr.name)
            if key not in self._columns:
                self._columns[key] = load_column(self.table(expr.entity), expr.entity, expr.name, expr.type)
            return self._columns[key]
        if op == "lookup":
            target = expr.args[0]
            return take(self.value(target), self._lookup(expr.extra), self.size(target.entity))
        if op == "outer":
            inner = expr.args[0]
            link = self.compiled.book.links[inner.entity, expr.name]
            return take(self.value(inner), self.join(link).parent, self.size(inner.entity))
        if op == "above":
            return self._above(expr)
        if op == "prior":
            return take(self.value(expr.args[0]), self._prior(expr), self.size(expr.entity))
        if op in GROUP_OPS:
            return group_step(self, expr)
        if op in AGGREGATE_OPS:
            link, has_value, has_test = expr.extra
            value = self.value(expr.args[0]) if has_value else None
            test: Any = self._filter(expr.args[-1]) if has_test else None
            return aggregate(self, expr, link, value, test)
        if op in ("literal", "parameter", "period_start", "period_end", "period_year"):
            return self._constant(expr)
        return self._operate(op, expr, [self.value(arg) for arg in expr.args])

    def _constant(self, expr: Expr) -> Column:
        if expr.op == "parameter":
            return Num.constant(self.compiled.parameter(expr.name))
        period = self.compiled.period
        told = {"period_start": period.start, "period_end": period.end, "period_year": Fraction(period.year)}
        value: Any = told.get(expr.op, expr.value)
        ok = np.asarray([True])
        if isinstance(value, bool):
            return Flag(np.asarray([value]), ok)
        if isinstance(value, Fraction):
            return Num.constant(value)
        if isinstance(value, date):
            return Days(np.asarray([(value - EPOCH).days]), ok)
        return Words(np.asarray([0]), (value,), ok)

    def _operate(self, op: str, expr: Expr, args: list[Any]) -> Column:
        if op in _TESTS:
            return _compare(op, args[0], args[1])
        if op in ("least", "greatest"):
            return _extreme(op, args)
        if op in ("tier", "bracket"):
            return _stepped(args[0], self.compiled.steps(expr.name), bracket=op == "bracket")
        if op == "case":
            return _case(args, expr.extra)
        if op == "coalesce":
            chosen: Column = args[0]
            for other in args[1:]:
                chosen = choose(chosen.ok, chosen, other)
            return chosen
        return _SIMPLE[op](args, expr)


def _needs(compiled: CompiledRulebook, name: tuple[str, str]) -> list[tuple[str, str]]:
    found, stack = [], [compiled.formulas[name]]
    while stack:
        node = stack.pop()
        if node.op == "variable":
            found.append((node.entity, node.name))
        stack.extend(node.args)
    return found


def _compare(op: str, a: Column, b: Column) -> Flag:
    if isinstance(a, Num) and isinstance(b, Num):
        return arrays.compare(a, b, _TESTS[op])
    if isinstance(a, Words) and isinstance(b, Words):
        a, b = _one_list(a, b)
        return Flag(np.asarray(_TESTS[op](*_ranked(a, b))), a.ok & b.ok)
    assert isinstance(a, Flag | Days) and isinstance(b, Flag | Days)
    return Flag(np.asarray(_TESTS[op](a.val, b.val)), a.ok & b.ok)


def _one_list(a: Words, b: Words) -> tuple[Words, Words]:
    words = tuple(dict.fromkeys((*a.words, *b.words)))
    index = {word: place for place, word in enumerate(words)}
    return (
        Words(np.asarray([index[word] for word in a.words])[a.codes], words, a.ok),
        Words(np.asarray([index[word] for word in b.words])[b.codes], words, b.ok),
    )


def _ranked(a: Words, b: Words) -> tuple[Array, Array]:
    rank = np.empty(len(a.words), dtype=np.int64)
    rank[sorted(range(len(a.words)), key=lambda place: a.words[place])] = np.arange(len(a.words))
    return rank[a.codes], rank[b.codes]


def choose(test: Array, a: Column, b: Column) -> Column:
    """Take rows of ``a`` where the test holds, else of ``b``."""
    if isinstance(a, Num) and isinstance(b, Num):
        return arrays.select(test, a, b)
    ok = np.where(test, a.ok, b.ok)
    if isinstance(a, Words) and isinstance(b, Words):
        a, b = _one_list(a, b)
        return Words(np.where(test, a.codes, b.codes), a.words, ok)
    assert isinstance(a, Flag | Days) and isinstance(b, Flag | Days)
    val = np.where(test, a.val, b.val)
    return Flag(val, ok) if isinstance(a, Flag) else Days(val, ok)


def _extreme(op: str, args: list[Any]) -> Column:
    chosen = args[0]
    for other in args[1:]:
        test = _compare("le" if op == "least" else "ge", chosen, other)
        both = chosen.ok & other.ok
        chosen = _masked(choose(test.val, chosen, other), both)
    return chosen  # type: ignore[no-any-return]


def _masked(column: Column, ok: Array) -> Column:
    if isinstance(column, Num):
        return Num(column.num, column.den, ok, column.top, column.dtop)
    if isinstance(column, Words):
        return Words(column.codes, column.words, ok)
    return type(column)(column.val, ok)


def _case(args: list[Any], branches: int) -> Column:
    tests, values, rest = args[0 : 2 * branches : 2], args[1 : 2 * branches : 2], args[2 * branches :]
    chosen = rest[0] if rest else _masked(values[-1], np.asarray([False]))
    for test, value in zip(reversed(tests), reversed(values), strict=True):
        # A WHEN that cannot be decided makes the whole CASE missing: the branch it hides is not known.
        picked = choose(test.val & test.ok, value, chosen)
        chosen = _masked(picked, picked.ok & test.ok)
    return chosen


def _stepped(value: Num, steps: Any, *, bracket: bool) -> Num:
    result = Num.constant(Fraction(0))
    result = Num(result.num, result.den, value.ok, result.top, result.dtop)
    for index, step in enumerate(steps):
        limit = Num.constant(step.start)
        reached = arrays.compare(value, limit, operator.gt if step.over and not bracket else operator.ge).val
        if not bracket:
            result = arrays.select(reached, Num.constant(step.value), result)
            continue
        top = value
        if index + 1 < len(steps):
            following = Num.constant(steps[index + 1].start)
            top = arrays.select(arrays.compare(value, following, operator.le).val, value, following)
        part = arrays.multiply(arrays.add(top, limit, -1), Num.constant(step.value))
        result = arrays.add(result, arrays.select(reached, part, Num.constant(Fraction(0))))
    return Num(result.num, result.den, value.ok, result.top, result.dtop)


def _logic(args: list[Any], expr: Expr) -> Flag:
    a, b = args
    decides = expr.op == "or"
    a_settles, b_settles = a.ok & (a.val == decides), b.ok & (b.val == decides)
    settled = a_settles | b_settles
    return Flag(np.where(settled, decides, not decides), settled | (a.ok & b.ok))


def _between(args: list[Any], expr: Expr) -> Num:
    first, second = args
    ok = first.ok & second.ok
    if expr.op == "days_between":
        num = second.val - first.val
    else:
        (month1, day1), (month2, day2) = days.months_of(first.val), days.months_of(second.val)
        num = month2 - month1 - (day2 < day1)
        # Months are full months; years are full years, both counted towards the earlier date.
        num = num // 12 if expr.op == "years_between" else num
    num = np.asarray(num)
    return arrays.tightened(Num(num, 1, ok, 2**40, 1))


def _date_part(args: list[Any], expr: Expr) -> Num:
    month, _ = days.months_of(args[0].val)
    num = month // 12 + 1970 if expr.op == "year" else month % 12 + 1
    return arrays.tightened(Num(np.asarray(num), 1, args[0].ok, 10**6, 1))


def _text(args: list[Any], expr: Expr) -> Column:
    words: Words = args[0]
    if expr.op == "starts_with":
        return Flag(np.asarray([word.startswith(expr.extra) for word in words.words])[words.codes], words.ok)
    cut = [word[: expr.extra] for word in words.words]
    distinct = tuple(dict.fromkeys(cut))
    index = {word: place for place, word in enumerate(distinct)}
    return Words(np.asarray([index[word] for word in cut])[words.codes], distinct, words.ok)


def day_of(days: int) -> date:
    """Return the date of a day count."""
    return EPOCH + timedelta(days=days)


_SIMPLE: dict[str, Callable[[list[Any], Expr], Column]] = {
    "add": lambda args, _: arrays.add(args[0], args[1]),
    "sub": lambda args, _: arrays.add(args[0], args[1], -1),
    "mul": lambda args, _: arrays.multiply(args[0], args[1]),
    "div": lambda args, _: arrays.divide(args[0], args[1]),
    "neg": lambda args, _: arrays.negate(args[0]),
    "abs": lambda args, _: arrays.absolute(args[0]),
    "round": lambda args, expr: arrays.round_to(args[0], expr.extra.mode, expr.extra.step),
    "not": lambda args, _: Flag(~args[0].val, args[0].ok),
    "and": _logic, "or": _logic,
    "missing": lambda args, _: Flag(~np.asarray(args[0].ok), np.ones(np.shape(args[0].ok), dtype=bool)),
    "months_between": _between, "years_between": _between, "days_between": _between,
    "year": _date_part, "month": _date_part, "left": _text, "starts_with": _text, **days.STEPS,
}  # fmt: skip
