"""The interpreter: one row at a time on exact fractions. It explains, and it is the oracle of the fast executors.

It shares no arithmetic with the numpy executor. A value is None where missing; ``notes`` say why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pyarrow as pa

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors import rowwise
from townwright.kernel.formula.executors.cells import Cells, Index
from townwright.kernel.formula.executors.dates import add_months, full_months
from townwright.kernel.formula.executors.needs import Read, frames, reads
from townwright.kernel.formula.executors.priors import prior_rows
from townwright.kernel.formula.executors.refusals import several
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import AGGREGATE_OPS, GROUP_OPS, Expr
from townwright.kernel.formula.rulebook import Link, Step
from townwright.kernel.values.rounding import round_fraction

# Variables whose working would call deeper than this are computed from the ends of their chains.
DEEPEST = 300
Observer = Callable[[Expr, int, Any, list[Any], str], Any]


class Rows:
    """Rows of the tables by position, found by key; indexes are made when first asked for."""

    def __init__(self, compiled: CompiledRulebook, tables: Mapping[str, pa.Table]) -> None:
        self.compiled, self.tables = compiled, tables
        self._columns: dict[tuple[str, str], Sequence[Any]] = {}
        self._keys: dict[str, Index] = {}
        self._children: dict[tuple[str, str], Index] = {}
        self._prior: dict[tuple[str, int, str], list[int]] = {}
        self._named: dict[str, dict[str, int]] = {}
        self._frames: dict[tuple[str, str], int] | None = None

    def column(self, entity: str, name: str) -> Sequence[Any]:
        """Return a column as Python values, made when they are looked at; numbers as Fraction."""
        key = (entity, name)
        if key not in self._columns:
            if entity not in self.tables:
                raise UnableToEvaluate("no-table", entity=entity, known=", ".join(sorted(self.tables)))
            table = self.tables[entity]
            if name not in table.column_names:
                raise UnableToEvaluate("no-column", entity=entity, name=name, known=", ".join(table.column_names))
            self._columns[key] = Cells(table.column(name))
        return self._columns[key]

    def position(self, entity: str, key: Any) -> int | None:
        """Return the row that has the key."""
        if entity not in self._keys:
            name = self.compiled.book.entities[entity].key[0]
            self._keys[entity] = Index(self.column(entity, name))
        return self._keys[entity].last(key)

    def named(self, entity: str, key: str) -> int | None:
        """Return the row of a whole key, its parts joined by "/" where there are several; else the row of the first part."""
        names = self.compiled.book.entities[entity].key
        if len(names) > 1 and entity not in self._named:
            parts = zip(*(self.column(entity, name) for name in names), strict=True)
            self._named[entity] = {"/".join(map(str, part)): place for place, part in enumerate(parts)}
        found = self._named.get(entity, {}).get(key)
        return self.position(entity, key) if found is None else found

    @property
    def frames(self) -> dict[tuple[str, str], int]:
        """How many calls deep each variable is computed."""
        if self._frames is None:
            self._frames = frames(self.compiled.formulas, self.compiled.order)
        return self._frames

    def size(self, entity: str) -> int:
        """Return how many rows the entity has."""
        return int(self.tables[entity].num_rows)

    def parent(self, link: Link, row: int) -> int | None:
        """Return the row that a child hangs on by a link to many."""
        if link.kind == "all":
            return 0 if self.size(link.owner) else None
        key = self.column(link.to, link.column)[row]
        return None if key is None else self.position(link.owner, key)

    def prior(self, entity: str, count: int, grain: str) -> list[int]:
        """Return for each row the row of the earlier period, -1 where there is none."""
        key = (entity, count, grain)
        if key not in self._prior:
            self._prior[key] = prior_rows(self.tables[entity], self.compiled.book.entities[entity], count, grain)
        return self._prior[key]

    def children(self, link: Link, row: int) -> list[int]:
        """Return the rows that a link to many leads to."""
        if link.path:
            rows = [row]
            for step in link.path:
                rows = [child for one in rows for child in self.children(step, one)]
            return rows
        if link.kind == "all":
            return list(range(self.tables[link.to].num_rows)) if row == 0 else []
        index = self._children.get((link.owner, link.name))
        if index is None:
            index = Index(self.column(link.to, link.column))
            self._children[link.owner, link.name] = index
        key = self.column(link.owner, self.compiled.book.entities[link.owner].key[0])[row]
        return index.rows(key)


class Interpreter:
    """Evaluates expressions for single rows; ``observer`` sees every sub-expression with its value.

    One that ``remembers`` keeps the value of every sub-expression, for whoever asks for each of them, from the top down.
    """

    def __init__(self, compiled: CompiledRulebook, rows: Rows, observer: Observer | None = None, *, remembers: bool = False) -> None:
        self.compiled, self.rows, self.observer = compiled, rows, observer
        self._kept: dict[Read, Any] = {}
        self._values: dict[tuple[int, int, int | None], tuple[Expr, Any]] | None = {} if remembers else None
        # The expression is kept beside what was found, so that its id cannot be given to another one.
        self._groups: dict[int, tuple[Expr, list[rowwise.Member]]] = {}

    def variable(self, entity: str, name: str, row: int) -> Any:
        """Return a variable's value for the row, rounded as declared."""
        key = (entity, name, row)
        if key not in self._kept and self.rows.frames.get((entity, name), 0) > DEEPEST:
            self._from_the_ends(key)
        if key not in self._kept:
            self._kept[key] = self._rounded_value(entity, name, row)
        return self._kept[key]

    def _rounded_value(self, entity: str, name: str, row: int) -> Any:
        value = self.value(self.compiled.formulas[entity, name], row)
        told = self.compiled.book.variables.get((entity, name))
        if told is not None and told.rounding is not None and value is not None:
            return round_fraction(value / told.rounding.step, told.rounding.mode) * told.rounding.step
        return value

    def _from_the_ends(self, wanted: Read) -> None:
        """Compute first what a long chain needs, so that its length costs no depth of calls."""
        stack = [wanted]
        while stack:
            entity, name, row = stack[-1]
            waiting = [one for one in reads(self, self.compiled.formulas[entity, name], row) if one not in self._kept]
            if waiting:
                stack.extend(dict.fromkeys(waiting))
                continue
            stack.pop()
            if (entity, name, row) not in self._kept:
                self._kept[entity, name, row] = self._rounded_value(entity, name, row)

    def value(self, expr: Expr, row: int, parent: int | None = None) -> Any:
        """Return the value of an expression for a row; ``parent`` is the owner's row inside an aggregate."""
        if self._values is None:
            return self._value(expr, row, parent)
        key = (id(expr), row, parent)
        if key not in self._values:
            self._values[key] = (expr, self._value(expr, row, parent))
        return self._values[key][1]

    def _value(self, expr: Expr, row: int, parent: int | None) -> Any:
        note = ""
        args: list[Any] = []
        op = expr.op
        if op == "variable":
            result = self.variable(expr.entity, expr.name, row)
        elif op == "column":
            result = self.rows.column(expr.entity, expr.name)[row]
        elif op in ("lookup", "prior"):
            target = self.target(expr, row)
            result = None if target is None else self.value(expr.args[0], target)
            note = "no such row" if target is None else ""
        elif op == "outer":
            result = self.value(expr.args[0], parent if parent is not None else 0)
        elif op == "above":
            result = self._above(expr, row)
        elif op in GROUP_OPS:
            result = rowwise.group_value(self, expr, row)
        elif op in AGGREGATE_OPS:
            result = self._aggregate(expr, row)
        elif op == "literal":
            result = expr.value
        elif op == "parameter":
            result = self.compiled.parameter(expr.name)
        elif op in ("period_start", "period_end", "period_year"):
            period = self.compiled.period
            result = {"period_start": period.start, "period_end": period.end, "period_year": Fraction(period.year)}[op]
        else:
            args = [self.value(arg, row, parent) for arg in expr.args]
            result, note = self._operate(expr, args)
        if self.observer is not None:
            self.observer(expr, row, result, args, note)
        return result

    def members_of(self, expr: Expr) -> list[rowwise.Member]:
        """Return all rows as a group step sees them; looked up once for each step."""
        if id(expr) not in self._groups:
            self._groups[id(expr)] = (expr, rowwise.members(self, expr))
        return self._groups[id(expr)][1]

    def group_size(self, expr: Expr, row: int) -> int:
        """Return how many rows take part in the group of a row; 0 where it belongs to none."""
        everyone = self.members_of(expr)
        key = everyone[row].key
        return 0 if key is None else sum(bool(one.kept) and one.key == key for one in everyone)

    def target(self, expr: Expr, row: int) -> int | None:
        """Return the row that a look-up along a link, or PRIOR, leads to."""
        if expr.op == "prior":
            before = self.rows.prior(expr.entity, *expr.extra)[row]
            return None if before < 0 else before
        return self.rows.position(expr.extra.to, self.rows.column(expr.entity, expr.extra.column)[row])

    def _above(self, expr: Expr, row: int) -> Any:
        place: int | None = row
        for link in reversed(expr.extra):
            place = None if place is None else self.rows.parent(link, place)
        return None if place is None else self.value(expr.args[0], place)

    def _operate(self, expr: Expr, args: list[Any]) -> tuple[Any, str]:
        op = expr.op
        if op in ("and", "or"):
            return _kleene(op, args), ""
        if op == "missing":
            return args[0] is None, ""
        if op == "coalesce":
            return next((arg for arg in args if arg is not None), None), ""
        if op == "case":
            return _case(args, expr.extra), ""
        if any(arg is None for arg in args):
            return None, ""
        if op == "div" and args[1] == 0:
            return None, "division by zero"
        if op in ("tier", "bracket"):
            return _stepped(args[0], self.compiled.steps(expr.name), op == "bracket"), ""
        return _STRICT[op](args, expr), ""

    def members(self, expr: Expr, row: int) -> list[tuple[int, Any]]:
        """Return the child rows that the aggregate's filter keeps, with the value each adds (True for COUNT)."""
        link, has_value, has_test = expr.extra
        kept = []
        for child in self.rows.children(link, row):
            if has_test and self.value(expr.args[-1], child, row) is not True:
                continue
            kept.append((child, self.value(expr.args[0], child, row) if has_value else True))
        return kept

    def _aggregate(self, expr: Expr, row: int) -> Any:
        link, has_value, has_test = expr.extra
        doubtful = False
        values: list[Any] = []
        for child in self.rows.children(link, row):
            test = self.value(expr.args[-1], child, row) if has_test else True
            doubtful = doubtful or test is None
            if test is True:
                values.append(self.value(expr.args[0], child, row) if has_value else True)
        if expr.name in ("ANY", "ALL"):
            return rowwise.quantified(expr.name, values, doubtful)
        if expr.name == "ONLY" and len(values) > 1:
            raise several(expr, len(values), self.rows.column(link.owner, self.compiled.book.entities[link.owner].key[0])[row])
        if doubtful:
            return None
        if expr.name == "COUNT":
            return Fraction(sum(value is not None for value in values))
        if expr.name == "ONLY":
            return values[0] if values else None
        if any(value is None for value in values):
            return None
        if expr.name == "SUM":
            return sum(values, Fraction(0))
        if not values:
            return None
        if expr.name == "MEDIAN":
            return rowwise.median(list(values))
        return min(values) if expr.name == "MIN" else max(values)


def _kleene(op: str, args: list[Any]) -> bool | None:
    decisive = op == "or"
    if any(arg is decisive for arg in args):
        return decisive
    return None if any(arg is None for arg in args) else not decisive


def _case(args: list[Any], branches: int) -> Any:
    for index in range(branches):
        if args[2 * index] is None:
            return None
        if args[2 * index]:
            return args[2 * index + 1]
    return args[2 * branches] if len(args) > 2 * branches else None


def _stepped(value: Fraction, steps: tuple[Step, ...], bracket: bool) -> Fraction:
    result = Fraction(0)
    for index, step in enumerate(steps):
        if bracket:
            end = steps[index + 1].start if index + 1 < len(steps) else value
            result += max(Fraction(0), min(value, end) - step.start) * step.value
        elif value > step.start or (value == step.start and not step.over):
            result = step.value
    return result


def _divide(args: list[Any], expr: Expr) -> Fraction:
    return Fraction(args[0]) / Fraction(args[1])


def _rounded(args: list[Any], expr: Expr) -> Fraction:
    return round_fraction(args[0] / expr.extra.step, expr.extra.mode) * Fraction(expr.extra.step)


def _months_between(args: list[Any], expr: Expr) -> Fraction:
    return Fraction(full_months(args[0], args[1]))


def _years_between(args: list[Any], expr: Expr) -> Fraction:
    return Fraction(full_months(args[0], args[1]) // 12)


def _shifted(args: list[Any], expr: Expr) -> date | None:
    try:
        return add_months(args[0], int(args[1]))
    except (ValueError, OverflowError):
        return None  # no calendar has that day


_STRICT: dict[str, Callable[[list[Any], Expr], Any]] = {
    "add": lambda a, _: a[0] + a[1], "sub": lambda a, _: a[0] - a[1], "mul": lambda a, _: a[0] * a[1], "div": _divide,
    "neg": lambda a, _: -a[0], "abs": lambda a, _: abs(a[0]), "not": lambda a, _: not a[0],
    "eq": lambda a, _: a[0] == a[1], "ne": lambda a, _: a[0] != a[1], "lt": lambda a, _: a[0] < a[1],
    "le": lambda a, _: a[0] <= a[1], "gt": lambda a, _: a[0] > a[1], "ge": lambda a, _: a[0] >= a[1],
    "least": lambda a, _: min(a), "greatest": lambda a, _: max(a), "round": _rounded,
    "months_between": _months_between, "years_between": _years_between,
    "days_between": lambda a, _: Fraction((a[1] - a[0]).days), "add_months": _shifted,
    "year": lambda a, _: Fraction(a[0].year), "month": lambda a, _: Fraction(a[0].month),
    "left": lambda a, expr: a[0][: expr.extra], "starts_with": lambda a, expr: a[0].startswith(expr.extra), **rowwise.STEPS,
}  # fmt: skip
