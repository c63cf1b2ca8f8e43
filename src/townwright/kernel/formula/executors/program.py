"""Integer programs: what the typed representation becomes before it is machine code.

A program is a list of instructions on integers and bits for one row. Equal instructions are kept once, what is settled by the ranges
is folded away, and every integer carries the span that holds it. Missing rows hold some value of the span too, so that no
proof depends on which rows are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from townwright.kernel.formula.executors import ranges
from townwright.kernel.formula.executors.ranges import Span
from townwright.kernel.values.rounding import CEILING, FLOOR, HALF_AWAY, HALF_EVEN, HALF_UP

BIT = Span(0, 1)
TRUE, FALSE = 0, 1


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step: ``args`` are places of earlier steps, ``bit`` tells truth values from integers."""

    op: str
    args: tuple[int, ...]
    imm: Any
    span: Span
    bit: bool = False


class Program:
    """Builds instructions; every method returns the place of a result."""

    def __init__(self) -> None:
        self.steps: list[Instruction] = []
        self._places: dict[tuple[Any, ...], int] = {}
        self._put("true", (), None, Span(1, 1), bit=True)
        self._put("false", (), None, Span(0, 0), bit=True)

    def span(self, place: int) -> Span:
        """Return what the value can be."""
        return self.steps[place].span

    def _put(self, op: str, args: tuple[int, ...], imm: Any, span: Span, *, bit: bool = False) -> int:
        key = (op, args, imm, span)
        if key not in self._places:
            ranges.width(span)
            self._places[key] = len(self.steps)
            self.steps.append(Instruction(op, args, imm, span, bit))
        return self._places[key]

    # Leaves.

    def const(self, value: int) -> int:
        """Return a number that is the same in every row."""
        return self._put("const", (), value, Span(value, value))

    def truth(self, value: bool) -> int:
        """Return true or false."""
        return TRUE if value else FALSE

    def column(self, index: int, span: Span) -> int:
        """Return the integer of an input column; a row that is missing reads as a value of the span."""
        return self._put("column", (), index, span)

    def valid(self, index: int) -> int:
        """Return whether an input column has a value in the row."""
        return self._put("valid", (), index, BIT, bit=True)

    def flag(self, index: int) -> int:
        """Return the truth value of an input column."""
        return self._put("flag", (), index, BIT, bit=True)

    def gather(self, table: Any, place: int, span: Span) -> int:
        """Return the entry of a table that the run brings along, at a place that the run keeps within it."""
        return self._put("gather", (place,), table, span)

    def within(self, a: int, lo: int, hi: int) -> int:
        """Return the same value, known by a theorem to lie from ``lo`` to ``hi``."""
        span = Span(lo, hi)
        return a if span.holds(self.span(a)) else self._put("within", (a,), None, span)

    def guard(self, a: int, ok: int, span: Span) -> int:
        """Return the same value with the span that is assumed; a row that is not missing and lies outside stops the run."""
        return a if span.holds(self.span(a)) else self._put("guard", (a, ok), None, span)

    def store(self, place: int, ok: int, index: int) -> int:
        """Write a result into an output column, and whether it is there; a missing integer is written as a constant."""
        step = self.steps[place]
        value = self.and_(place, ok) if step.bit else self.sel(ok, place, self.const(min(max(step.span.lo, 0), step.span.hi)))
        return self._put("store", (value, ok), index, BIT)

    # Integers.

    def _folded(self, *args: int) -> list[int] | None:
        values = [self.span(arg).constant for arg in args]
        return None if None in values else values  # type: ignore[return-value]

    def add(self, a: int, b: int) -> int:
        """Return a + b."""
        if self.span(a).constant is not None and self.span(b).constant is None:
            a, b = b, a
        known = self._folded(a, b)
        if known:
            return self.const(known[0] + known[1])
        if self.span(b).constant == 0:
            return a
        return self._put("add", (a, b), None, ranges.add(self.span(a), self.span(b)))

    def sub(self, a: int, b: int) -> int:
        """Return a − b."""
        known = self._folded(a, b)
        if known:
            return self.const(known[0] - known[1])
        if self.span(b).constant == 0:
            return a
        return self.const(0) if a == b else self._put("sub", (a, b), None, ranges.subtract(self.span(a), self.span(b)))

    def mul(self, a: int, b: int) -> int:
        """Return a × b."""
        if self.span(a).constant is not None:
            a, b = b, a
        known = self._folded(a, b)
        if known:
            return self.const(known[0] * known[1])
        factor = self.span(b).constant
        if factor in (0, 1):
            return a if factor else self.const(0)
        return self._put("mul", (a, b), None, ranges.multiply(self.span(a), self.span(b)))

    def times(self, a: int, factor: int) -> int:
        """Return a × a constant."""
        return a if factor == 1 else self.mul(a, self.const(factor))

    def neg(self, a: int) -> int:
        """Return −a."""
        return self.sub(self.const(0), a)

    def abs(self, a: int) -> int:
        """Return the distance of a from zero."""
        span = self.span(a)
        if span.lo >= 0:
            return a
        return self.neg(a) if span.hi <= 0 else self._put("abs", (a,), None, ranges.absolute(span))

    def min(self, a: int, b: int) -> int:
        """Return the smaller."""
        if a == b or self.span(a).hi <= self.span(b).lo:
            return a
        return (
            b
            if self.span(b).hi <= self.span(a).lo
            else self._put("min", self._sorted(a, b), None, ranges.least(self.span(a), self.span(b)))
        )

    def max(self, a: int, b: int) -> int:
        """Return the larger."""
        if a == b or self.span(a).lo >= self.span(b).hi:
            return a
        return (
            b
            if self.span(b).lo >= self.span(a).hi
            else self._put("max", self._sorted(a, b), None, ranges.greatest(self.span(a), self.span(b)))
        )

    @staticmethod
    def _sorted(a: int, b: int) -> tuple[int, int]:
        return (a, b) if a <= b else (b, a)

    def sel(self, test: int, a: int, b: int) -> int:
        """Return a where the test holds, else b."""
        if test in (TRUE, FALSE) or a == b:
            return a if test == TRUE or a == b else b
        return self._put("sel", (test, a, b), None, ranges.hull(self.span(a), self.span(b)))

    def div(self, a: int, b: int, mode: str) -> int:
        """Return a ÷ b rounded in the named mode; b is 1 or more.

        Raises:
            Unprovable: the divisor may need more than 125 bits, so that twice a remainder may not fit.
        """
        sa, sb = self.span(a), self.span(b)
        if sb.bits > 125:
            raise ranges.Unprovable("a divisor may need more than 125 bits")
        if sb.constant == 1:
            return a
        span = ranges.quotient(sa, sb, mode)
        if mode == HALF_AWAY and sa.lo >= 0:
            mode = HALF_UP
        if sa.constant is not None and sb.constant is not None:
            return self.const(rounded(sa.constant, sb.constant, mode))
        return self._put("div", (a, b), mode, span)

    # Bits.

    def eq(self, a: int, b: int) -> int:
        """Return whether a = b."""
        sa, sb = self.span(a), self.span(b)
        if a == b or (sa.constant is not None and sa.constant == sb.constant):
            return TRUE
        if sa.hi < sb.lo or sb.hi < sa.lo:
            return FALSE
        return self._put("eq", self._sorted(a, b), None, BIT, bit=True)

    def lt(self, a: int, b: int) -> int:
        """Return whether a < b."""
        sa, sb = self.span(a), self.span(b)
        if a == b or sa.lo >= sb.hi:
            return FALSE
        return TRUE if sa.hi < sb.lo else self._put("lt", (a, b), None, BIT, bit=True)

    def le(self, a: int, b: int) -> int:
        """Return whether a ≤ b."""
        return self.not_(self.lt(b, a))

    def and_(self, a: int, b: int) -> int:
        """Return whether both hold."""
        if FALSE in (a, b):
            return FALSE
        if a in (TRUE, b):
            return b
        return a if b == TRUE else self._put("and", self._sorted(a, b), None, BIT, bit=True)

    def or_(self, a: int, b: int) -> int:
        """Return whether one holds."""
        if TRUE in (a, b):
            return TRUE
        if a in (FALSE, b):
            return b
        return a if b == FALSE else self._put("or", self._sorted(a, b), None, BIT, bit=True)

    def not_(self, a: int) -> int:
        """Return whether it does not hold."""
        if a in (TRUE, FALSE):
            return FALSE if a == TRUE else TRUE
        step = self.steps[a]
        return step.args[0] if step.op == "not" else self._put("not", (a,), None, BIT, bit=True)

    def bit_sel(self, test: int, a: int, b: int) -> int:
        """Return the truth value a where the test holds, else b."""
        if a == b or test == TRUE:
            return a
        if TRUE in (a, b):
            return self.or_(test if a == TRUE else self.not_(test), b if a == TRUE else a)
        return self.or_(self.and_(test, a), self.and_(self.not_(test), b))

    def same_bit(self, a: int, b: int) -> int:
        """Return whether two truth values are equal."""
        return self.bit_sel(a, b, self.not_(b))


def rounded(a: int, b: int, mode: str) -> int:
    """Round an exact quotient of integers, b positive, in the named mode."""
    whole, rest = divmod(a, b)
    if mode == FLOOR:
        return whole
    if mode == CEILING:
        return whole + (rest > 0)
    tie = {HALF_UP: True, HALF_AWAY: a > 0, HALF_EVEN: whole % 2 == 1}[mode]
    return whole + (2 * rest > b or (2 * rest == b and tie))
