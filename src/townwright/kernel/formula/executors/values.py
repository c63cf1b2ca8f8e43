"""What the values of a rulebook are made of in an integer program: places of instructions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from townwright.kernel.formula.executors.program import FALSE, TRUE, Program
from townwright.kernel.formula.executors.ranges import Span, Unprovable
from townwright.kernel.formula.rulebook import Step


@dataclass(frozen=True, slots=True)
class Number:
    """``num / (den × row)``: a constant denominator, and for a quotient a positive one for each row."""

    num: int
    den: int
    ok: int
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """A truth value."""

    val: int
    ok: int


@dataclass(frozen=True, slots=True)
class Day:
    """A date as days since 1970-01-01."""

    val: int
    ok: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text as its place in the run's list of words."""

    val: int
    ok: int


Value = Number | Truth | Day | Text


def number(program: Program, value: Fraction) -> Number:
    """Return a constant."""
    return Number(program.const(value.numerator), value.denominator, TRUE)


def _common(p: Program, a: Number, b: Number) -> tuple[int, int, int, int | None]:
    """Bring two numbers over one denominator: both numerators, its constant and its part by row."""
    den = math.lcm(a.den, b.den)
    left, right = p.times(a.num, den // a.den), p.times(b.num, den // b.den)
    if a.row == b.row:
        return left, right, den, a.row
    if b.row is not None:
        left = p.mul(left, b.row)
    if a.row is not None:
        right = p.mul(right, a.row)
    row = a.row if b.row is None else b.row if a.row is None else p.mul(a.row, b.row)
    return left, right, den, row


def add(p: Program, a: Number, b: Number, sign: int = 1) -> Number:
    """Return the sum (difference for ``sign=-1``)."""
    left, right, den, row = _common(p, a, b)
    return Number(p.add(left, right) if sign > 0 else p.sub(left, right), den, p.and_(a.ok, b.ok), row)


def multiply(p: Program, a: Number, b: Number) -> Number:
    """Return the product."""
    row = b.row if a.row is None else a.row if b.row is None else p.mul(a.row, b.row)
    return Number(p.mul(a.num, b.num), a.den * b.den, p.and_(a.ok, b.ok), row)


def divide(p: Program, a: Number, b: Number) -> Number:
    """Return the quotient; a zero divisor makes the row missing."""
    shared = math.gcd(a.den, b.den)
    num, den = p.times(a.num, b.den // shared), a.den // shared
    if b.row is not None:
        num = p.mul(num, b.row)
    known, span = p.span(b.num).constant, p.span(b.num)
    ok = p.and_(a.ok, b.ok)
    if known == 0:
        return Number(p.const(0), 1, FALSE)
    if known is not None:
        return Number(num if known > 0 else p.neg(num), den * abs(known), ok, a.row)
    zero = p.eq(b.num, p.const(0))
    divisor = p.abs(b.num)
    if zero != FALSE:
        divisor = p.sel(zero, p.const(1), divisor)
        divisor = p.within(divisor, 1, p.span(divisor).hi)
    if span.lo < 0:
        num = p.neg(num) if span.hi <= 0 else p.sel(p.lt(b.num, p.const(0)), p.neg(num), num)
    row = divisor if a.row is None else p.mul(a.row, divisor)
    return Number(num, den, p.and_(ok, p.not_(zero)), row)


def less(p: Program, a: Number, b: Number) -> int:
    """Return the bit a < b, by cross multiplication."""
    left, right, _, _ = _common(p, a, b)
    return p.lt(left, right)


def equal(p: Program, a: Number, b: Number) -> int:
    """Return the bit a = b."""
    left, right, _, _ = _common(p, a, b)
    return p.eq(left, right)


def select(p: Program, test: int, a: Number, b: Number) -> Number:
    """Take a where the test holds, else b."""
    den = math.lcm(a.den, b.den)
    left, right = p.times(a.num, den // a.den), p.times(b.num, den // b.den)
    row = None
    if a.row is not None or b.row is not None:
        one = p.const(1)
        row = p.sel(test, one if a.row is None else a.row, one if b.row is None else b.row)
    return Number(p.sel(test, left, right), den, p.bit_sel(test, a.ok, b.ok), row)


def extreme(p: Program, a: Number, b: Number, *, least: bool) -> Number:
    """Return the smaller or the larger; missing if either is."""
    ok = p.and_(a.ok, b.ok)
    if a.row is None and b.row is None:
        left, right, den, _ = _common(p, a, b)
        return Number(p.min(left, right) if least else p.max(left, right), den, ok)
    chosen = select(p, less(p, b, a) if least else less(p, a, b), b, a)
    return Number(chosen.num, chosen.den, ok, chosen.row)


def round_to(p: Program, a: Number, mode: str, step: Fraction) -> Number:
    """Round to a multiple of the step in the named mode."""
    up, down = step.denominator, a.den * step.numerator
    shared = math.gcd(up, down)
    num, down = p.times(a.num, up // shared), down // shared
    divisor = p.const(down) if a.row is None else p.times(a.row, down)
    return Number(p.times(p.div(num, divisor, mode), step.numerator), step.denominator, a.ok)


def tier(p: Program, value: Number, steps: tuple[Step, ...]) -> Number:
    """Return the value of the highest step reached, 0 below the first."""
    den = math.lcm(*(step.value.denominator for step in steps), 1)
    result = p.const(0)
    for step in steps:
        limit = number(p, step.start)
        reached = less(p, limit, value) if step.over else p.not_(less(p, value, limit))
        result = p.sel(reached, p.const(int(step.value * den)), result)
    return Number(result, den, value.ok)


def bracket(p: Program, value: Number, steps: tuple[Step, ...]) -> Number:
    """Return the sum over the steps of what lies within each, times its rate.

    Raises:
        Unprovable: the value is an unrounded quotient.
    """
    if value.row is not None:
        raise Unprovable("a marginal table over an unrounded quotient")
    den = math.lcm(value.den, *(step.start.denominator for step in steps))
    rates = math.lcm(*(step.value.denominator for step in steps), 1)
    here, total = p.times(value.num, den // value.den), p.const(0)
    for index, step in enumerate(steps):
        top = here
        if index + 1 < len(steps):
            top = p.min(here, p.const(int(steps[index + 1].start * den)))
        part = p.max(p.sub(top, p.const(int(step.start * den))), p.const(0))
        total = p.add(total, p.times(part, int(step.value * rates)))
    return Number(total, den * rates, value.ok)


def assumed(p: Program, value: Number, most: Span) -> Number:
    """Return the number with its numerator assumed to lie in a span, where that is narrower than the proof."""
    return Number(p.guard(value.num, value.ok, most), value.den, value.ok, value.row)
