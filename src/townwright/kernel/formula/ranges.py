"""What values an expression can take: intervals carried from the columns' declared bounds and the dated parameters.

A bool is an interval within [0, 1]. Missing is not a value here: a range says what the value is where there is one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from townwright.kernel.formula.ir import AGGREGATE_OPS, Expr
from townwright.kernel.formula.rulebook import Rounding, Rulebook, Step
from townwright.kernel.formula.types import BOOL

Name = tuple[str, str]
Edge = Fraction | None


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included; None is without end."""

    low: Edge = None
    high: Edge = None

    @classmethod
    def of(cls, value: Fraction | int) -> Range:
        """Return the range of one value."""
        return cls(Fraction(value), Fraction(value))

    def __str__(self) -> str:
        return f"[{plain(self.low)}, {plain(self.high)}]"


def plain(edge: Edge) -> str:
    """Return an edge as digits."""
    if edge is None:
        return "∞"
    if edge.denominator == 1:
        return f"{edge.numerator:,}"
    return f"{float(edge):,.6g}"  # only shown, never computed with


ANY, FLAG = Range(), Range(Fraction(0), Fraction(1))
FALSE, TRUE = Range.of(0), Range.of(1)


def union(ranges: Iterable[Range]) -> Range:
    """Return the smallest range that holds all."""
    told = list(ranges)
    if not told:
        return ANY
    lows, highs = [one.low for one in told], [one.high for one in told]
    return Range(None if None in lows else min(_known(lows)), None if None in highs else max(_known(highs)))


def _known(edges: Iterable[Edge]) -> list[Fraction]:
    return [edge for edge in edges if edge is not None]


def _plus(a: Edge, b: Edge) -> Edge:
    return None if a is None or b is None else a + b


def _negated(a: Range) -> Range:
    return Range(None if a.high is None else -a.high, None if a.low is None else -a.low)


def _product(a: Range, b: Range) -> Range:
    if None in (a.low, a.high, b.low, b.high):
        if a.low is not None and a.low >= 0 and b.low is not None and b.low >= 0:
            return Range(a.low * b.low, None)
        return ANY
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high) if x is not None and y is not None]
    return Range(min(corners), max(corners))


def _quotient(a: Range, b: Range) -> Range:
    if b.low is not None and b.low > 0:
        inverse = Range(Fraction(0) if b.high is None else 1 / b.high, 1 / b.low)
        return _product(a, inverse)
    if a.low is not None and a.low >= 0 and b.low is not None and b.low >= 0:
        return Range(Fraction(0), None)
    return ANY


def _least(ranges: list[Range], largest: bool = False) -> Range:
    """Return the range of LEAST (of GREATEST where ``largest``): a side is known where one operand bounds it."""
    if largest:
        return _negated(_least([_negated(one) for one in ranges]))
    lows = [one.low for one in ranges]
    highs = [edge for one in ranges if (edge := one.high) is not None]
    return Range(None if None in lows else min(_known(lows)), min(highs) if highs else None)


def _rounded(a: Range, rounding: Rounding) -> Range:
    step = rounding.step
    low = None if a.low is None else (a.low // step) * step
    high = None if a.high is None else -((-a.high) // step) * step
    return Range(low, high)


def _absolute(a: Range) -> Range:
    ends = [abs(edge) for edge in (a.low, a.high) if edge is not None]
    high = max(ends) if len(ends) == 2 else None
    crosses = (a.low is None or a.low < 0) and (a.high is None or a.high > 0)
    return Range(Fraction(0) if crosses or not ends else min(ends), high)


_BELOW: dict[str, Callable[[Fraction, Fraction], bool]] = {"lt": operator.lt, "le": operator.le}


def _compared(op: str, a: Range, b: Range) -> Range:
    if op in ("gt", "ge"):
        return _compared("lt" if op == "gt" else "le", b, a)
    if op in ("lt", "le"):
        if a.high is not None and b.low is not None and _BELOW[op](a.high, b.low):
            return TRUE
        if a.low is not None and b.high is not None and not _BELOW[op](a.low, b.high):
            return FALSE
        return FLAG
    apart = (a.high is not None and b.low is not None and a.high < b.low) or (a.low is not None and b.high is not None and b.high < a.low)
    same = None not in (a.low, b.low) and a.low == a.high == b.low == b.high
    equal = FALSE if apart else TRUE if same else FLAG
    return equal if op == "eq" else _not(equal)


def _not(a: Range) -> Range:
    return FALSE if a == TRUE else TRUE if a == FALSE else FLAG


def stepped(a: Range, steps: tuple[Step, ...], bracket: bool) -> Range:
    """Return what a table can give for inputs in the range."""
    if bracket:
        if any(step.value < 0 for step in steps):
            return ANY
        return Range(_marginal(a.low, steps) if a.low is not None else Fraction(0), None if a.high is None else _marginal(a.high, steps))
    values = []
    edges: list[Edge] = [None, *(step.start for step in steps)]
    for index, value in enumerate([Fraction(0), *(step.value for step in steps)]):
        begins, ends = edges[index], edges[index + 1] if index + 1 < len(edges) else None
        if (ends is None or a.low is None or a.low <= ends) and (begins is None or a.high is None or a.high >= begins):
            values.append(Range.of(value))
    return union(values)


def _marginal(value: Fraction, steps: tuple[Step, ...]) -> Fraction:
    total = Fraction(0)
    for index, step in enumerate(steps):
        end = min(value, steps[index + 1].start) if index + 1 < len(steps) else value
        total += max(Fraction(0), end - step.start) * step.value
    return total


class Ranges:
    """Ranges of all variables of a rulebook over its whole time in force."""

    def __init__(self, book: Rulebook, formulas: Mapping[Name, Expr], order: Iterable[Name]) -> None:
        self.book = book
        self.variables: dict[Name, Range] = {}
        self._seen: dict[int, Range] = {}
        for name in order:
            found = self.of(formulas[name])
            variable = book.variables.get(name)
            self.variables[name] = _rounded(found, variable.rounding) if variable is not None and variable.rounding is not None else found

    def parameter(self, name: str) -> Range:
        """Return the range of a parameter over the days in force."""
        holder = self.book.parameters.get(name)
        if holder is None:
            return ANY
        values = [Range.of(value) for value in self._in_force(holder.values) if isinstance(value, Fraction)]
        return union(values)

    def _in_force(self, values: Iterable[tuple[date, object]]) -> list[object]:
        told = list(values)
        found = []
        for index, (since, value) in enumerate(told):
            until = told[index + 1][0] if index + 1 < len(told) else None
            ended = until is not None and self.book.start is not None and until <= self.book.start
            later = self.book.end is not None and since >= self.book.end
            if not ended and not later:
                found.append(value)
        return found

    def of(self, expr: Expr) -> Range:
        """Return the range of an expression."""
        if id(expr) not in self._seen:
            self._seen[id(expr)] = self._find(expr)
        return self._seen[id(expr)]

    def _find(self, expr: Expr) -> Range:
        op = expr.op
        if op == "literal":
            value = expr.value
            return Range.of(int(value)) if isinstance(value, bool) else Range.of(value) if isinstance(value, Fraction) else ANY
        if op == "column":
            return FLAG if expr.type.kind == BOOL else Range(*self.book.entities[expr.entity].bounds.get(expr.name, (None, None)))
        if op == "variable":
            return self.variables.get((expr.entity, expr.name), FLAG if expr.type.kind == BOOL else ANY)
        if op == "parameter":
            return self.parameter(expr.name)
        if op in AGGREGATE_OPS or op == "group":
            return self._aggregate(expr)
        args = [self.of(arg) for arg in expr.args]
        return self._operate(expr, args)

    def _aggregate(self, expr: Expr) -> Range:
        has_value = expr.extra.has_value if expr.op == "group" else expr.extra[1]
        value = self.of(expr.args[0]) if has_value else FLAG
        if expr.name == "COUNT":
            return Range(Fraction(0), None)
        if expr.name == "SUM":
            low = Fraction(0) if value.low is not None and value.low >= 0 else None
            return Range(low, Fraction(0) if value.high is not None and value.high <= 0 else None)
        if expr.name == "ANY":
            return Range(Fraction(0), value.high)
        return Range(value.low, Fraction(1)) if expr.name == "ALL" else value

    def _operate(self, expr: Expr, args: list[Range]) -> Range:
        op = expr.op
        if op in _COMPARISONS:
            return _compared(op, *args) if expr.args[0].type.kind in ("number", BOOL) else FLAG
        if op in ("tier", "bracket"):
            table = self.book.tables[expr.name]
            return union(stepped(args[0], steps, op == "bracket") for steps in self._in_force(table.values))  # type: ignore[arg-type]
        if op == "case":
            return self._case(expr, args)
        if op == "round":
            return _rounded(args[0], expr.extra)
        if op in _FIXED:
            return _FIXED[op]
        simple = _SIMPLE.get(op)
        if simple is not None:
            return simple(args)
        return FLAG if expr.type.kind == BOOL else ANY

    def _case(self, expr: Expr, args: list[Range]) -> Range:
        count: int = expr.extra
        values = []
        for test, value in zip(args[0 : 2 * count : 2], args[1 : 2 * count : 2], strict=True):
            if test != FALSE:
                values.append(value)
            if test == TRUE:
                return union(values)
        return union([*values, *args[2 * count :]])


_COMPARISONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
_FIXED = {
    "month": Range(Fraction(1), Fraction(12)), "day": Range(Fraction(1), Fraction(31)), "rank": Range(Fraction(1), None),
    "year": Range(Fraction(1), Fraction(9999)), "period_year": Range(Fraction(1), Fraction(9999)),
}  # fmt: skip
_SIMPLE: dict[str, Callable[[list[Range]], Range]] = {
    "add": lambda a: Range(_plus(a[0].low, a[1].low), _plus(a[0].high, a[1].high)),
    "sub": lambda a: Range(_plus(a[0].low, _negated(a[1]).low), _plus(a[0].high, _negated(a[1]).high)),
    "mul": lambda a: _product(a[0], a[1]), "div": lambda a: _quotient(a[0], a[1]), "neg": lambda a: _negated(a[0]),
    "abs": lambda a: _absolute(a[0]), "least": _least, "greatest": lambda a: _least(a, largest=True), "coalesce": union,
    "and": _least, "or": lambda a: _least(a, largest=True), "not": lambda a: _not(a[0]),
    "lookup": lambda a: a[0], "outer": lambda a: a[0], "above": lambda a: a[0], "prior": lambda a: a[0],
}  # fmt: skip
