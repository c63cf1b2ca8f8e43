"""Integer intervals: what a value can be at most, proven from what its operands can be.

A proof is arithmetic on the ends of intervals, in Python integers. From it follows whether 64 or 128 bits hold a value,
which tests are settled before any row is read, and which divisions a floating-point estimate can start.
"""

from __future__ import annotations

from dataclasses import dataclass

from townwright.kernel.values.rounding import CEILING, FLOOR

INT64, INT128 = 63, 127
# The days that Python's dates hold: 0001-01-01 to 9999-12-31, counted from 1970-01-01.
FIRST_DAY, LAST_DAY = -719_162, 2_932_896
# 1900-01-01 to 2169-12-31: dates within it leave room to add months.
_USUAL_DAYS = (-25_567, 73_048)


class Unprovable(ValueError):
    """A range is wider than 128 bits, or a value has no form that the native pass knows."""


@dataclass(frozen=True, slots=True)
class Span:
    """All integers from ``lo`` to ``hi``."""

    lo: int
    hi: int

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ValueError(f"{self.lo} lies above {self.hi}")

    @property
    def bits(self) -> int:
        """How many bits hold every value of the span, without the sign."""
        return max(self.hi.bit_length() if self.hi >= 0 else (~self.hi).bit_length(), (~self.lo).bit_length() if self.lo < 0 else 0)

    @property
    def size(self) -> int:
        """The largest distance from zero."""
        return max(abs(self.lo), abs(self.hi))

    @property
    def constant(self) -> int | None:
        """The only value, if there is but one."""
        return self.lo if self.lo == self.hi else None

    def holds(self, other: Span) -> bool:
        """Say whether every value of the other lies within."""
        return self.lo <= other.lo and other.hi <= self.hi


def add(a: Span, b: Span) -> Span:
    """Return the span of sums."""
    return Span(a.lo + b.lo, a.hi + b.hi)


def subtract(a: Span, b: Span) -> Span:
    """Return the span of differences."""
    return Span(a.lo - b.hi, a.hi - b.lo)


def multiply(a: Span, b: Span) -> Span:
    """Return the span of products."""
    corners = (a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi)
    return Span(min(corners), max(corners))


def absolute(a: Span) -> Span:
    """Return the span of distances from zero."""
    return Span(0 if a.lo <= 0 <= a.hi else min(abs(a.lo), abs(a.hi)), a.size)


def least(a: Span, b: Span) -> Span:
    """Return the span of the smaller of two."""
    return Span(min(a.lo, b.lo), min(a.hi, b.hi))


def greatest(a: Span, b: Span) -> Span:
    """Return the span of the larger of two."""
    return Span(max(a.lo, b.lo), max(a.hi, b.hi))


def hull(a: Span, b: Span) -> Span:
    """Return the smallest span that holds both."""
    return Span(min(a.lo, b.lo), max(a.hi, b.hi))


def quotient(a: Span, b: Span, mode: str) -> Span:
    """Return the span of rounded quotients; every divisor is 1 or more. A half rounds to either neighbour.

    Raises:
        Unprovable: a divisor may be zero or negative.
    """
    if b.lo < 1:
        raise Unprovable("a divisor may be zero")
    low, high = min(a.lo // b.lo, a.lo // b.hi), max(-(-a.hi // b.lo), -(-a.hi // b.hi))
    if mode == FLOOR:
        high = max(a.hi // b.lo, a.hi // b.hi)
    elif mode == CEILING:
        low = min(-(-a.lo // b.lo), -(-a.lo // b.hi))
    return Span(low, high)


def width(*spans: Span) -> int:
    """Return 64 or 128: the integers that hold all the spans.

    Raises:
        Unprovable: not even 128 bits do.
    """
    need = max(span.bits for span in spans)
    if need <= INT64:
        return 64
    if need <= INT128:
        return 128
    raise Unprovable(f"a value may need {need + 1} bits")


def bucket(lo: int, hi: int) -> Span:
    """Widen the range that a column has to a round one, so that another column of its kind has the same.

    The sign is kept where there is none; sizes grow to the next multiple of four bits.
    """
    bits = Span(min(lo, 0), max(hi, 0)).bits
    top = (1 << max(4, -(-bits // 4) * 4)) - 1
    if top.bit_length() > INT64:
        top = (1 << INT64) - 1
    return Span(0 if lo >= 0 else -top - 1, top)


def day_bucket(lo: int, hi: int) -> Span:
    """Widen a range of days: to the years 1900–2169 where it fits, else to all the dates there are.

    Raises:
        Unprovable: a day lies before the year 1 or after 9999.
    """
    if lo < FIRST_DAY or hi > LAST_DAY:
        raise Unprovable("a date lies outside the years 1 to 9999")
    usual = _USUAL_DAYS[0] <= lo and hi <= _USUAL_DAYS[1]
    return Span(*_USUAL_DAYS) if usual else Span(FIRST_DAY, LAST_DAY)
