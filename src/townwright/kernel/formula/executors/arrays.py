"""Exact columns: numbers as integer numerators over a common or per-row denominator, with what is missing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townwright.kernel.values.rounding import CEILING, FLOOR, HALF_AWAY, HALF_EVEN, HALF_UP

Array = NDArray[Any]
# Half of the range of int64, so that one addition of two proven values cannot overflow.
SAFE = 2**62


@dataclass(frozen=True, slots=True)
class Num:
    """Numbers ``num / den``. ``top`` bounds |num|; ``den`` is an int, or an array of positive integers bounded by ``dtop``.

    ``num`` is int64 while the bound proves that it fits, and Python integers beyond.
    """

    num: Array
    den: Any
    ok: Array
    top: int
    dtop: int

    @classmethod
    def constant(cls, value: Fraction) -> Num:
        """Return one number for every row."""
        return cls(
            fit(np.asarray([value.numerator], dtype=object), abs(value.numerator)),
            value.denominator,
            np.asarray([True]),
            abs(value.numerator),
            value.denominator,
        )


@dataclass(frozen=True, slots=True)
class Flag:
    """Truth values, with what is missing."""

    val: Array
    ok: Array


@dataclass(frozen=True, slots=True)
class Days:
    """Dates as days since 1970-01-01."""

    val: Array
    ok: Array


@dataclass(frozen=True, slots=True)
class Words:
    """Text as codes into a list of distinct words."""

    codes: Array
    words: tuple[str, ...]
    ok: Array


Column = Num | Flag | Days | Words


def fit(array: Array, top: int) -> Array:
    """Hold integers as int64 where ``top`` proves that they fit, else as Python integers."""
    wanted: Any = np.int64 if top < SAFE else object
    return array if array.dtype == wanted else array.astype(wanted)


def tightened(number: Num) -> Num:
    """Read the true bound off the rows, so that later steps can stay in int64."""
    size = number.num.size
    top = int(np.abs(number.num).max()) if size else 0
    return Num(fit(number.num, top), number.den, number.ok, top, number.dtop)


def _scaled(array: Array, top: int, factor: Any, ftop: int) -> tuple[Array, int]:
    # A factor is held as wide as it is by itself, also where all that it multiplies is zero.
    bound = max(top, 1) * max(ftop, 1)
    return fit(array, bound) * (fit(factor, bound) if isinstance(factor, np.ndarray) else factor), bound


def common(a: Num, b: Num) -> tuple[Array, int, Array, int, Any, int]:
    """Bring two columns over one denominator: numerators with bounds, and the denominator with its bound."""
    if isinstance(a.den, int) and isinstance(b.den, int):
        den = math.lcm(a.den, b.den)
        left, ltop = _scaled(a.num, a.top, den // a.den, den // a.den)
        right, rtop = _scaled(b.num, b.top, den // b.den, den // b.den)
        return left, ltop, right, rtop, den, den
    left, ltop = _scaled(a.num, a.top, b.den, b.dtop)
    right, rtop = _scaled(b.num, b.top, a.den, a.dtop)
    den, dtop = _times_den(a, b)
    return left, ltop, right, rtop, den, dtop


def _times_den(a: Num, b: Num) -> tuple[Any, int]:
    dtop = a.dtop * b.dtop
    if isinstance(a.den, int) and isinstance(b.den, int):
        return a.den * b.den, dtop
    return fit(np.asarray(a.den), dtop) * fit(np.asarray(b.den), dtop), dtop


def add(a: Num, b: Num, sign: int = 1) -> Num:
    """Return the sum (difference for ``sign=-1``), exactly."""
    left, ltop, right, rtop, den, dtop = common(a, b)
    top = ltop + rtop
    left, right = fit(left, top), fit(right, top)
    return Num(left + right if sign > 0 else left - right, den, a.ok & b.ok, top, dtop)


def multiply(a: Num, b: Num) -> Num:
    """Return the product, exactly."""
    num, top = _scaled(a.num, a.top, b.num, b.top)
    den, dtop = _times_den(a, b)
    return Num(fit(num, top), den, a.ok & b.ok, top, dtop)


def divide(a: Num, b: Num) -> Num:
    """Return the quotient as a numerator over a denominator; a zero divisor makes the row missing."""
    num, top = _scaled(a.num, a.top, b.den if isinstance(b.den, int) else np.asarray(b.den), b.dtop)
    den, dtop = _scaled(b.num, b.top, a.den if isinstance(a.den, int) else np.asarray(a.den), a.dtop)
    num, den, ok = np.broadcast_arrays(num, den, a.ok & b.ok)
    zero = den == 0
    sign = np.where(den < 0, -1, 1)
    return Num(fit(num * sign, top), fit(np.where(zero, 1, den * sign), max(dtop, 1)), ok & ~zero, top, max(dtop, 1))


def negate(a: Num) -> Num:
    """Return the number with its sign turned."""
    return Num(-a.num, a.den, a.ok, a.top, a.dtop)


def absolute(a: Num) -> Num:
    """Return the distance from zero."""
    return Num(np.abs(a.num), a.den, a.ok, a.top, a.dtop)


def compare(a: Num, b: Num, test: Callable[[Array, Array], Array]) -> Flag:
    """Compare exactly, by cross multiplication (denominators are positive)."""
    left, ltop, right, rtop, _, _ = common(a, b)
    top = max(ltop, rtop)
    return Flag(np.asarray(test(fit(left, top), fit(right, top)), dtype=bool), a.ok & b.ok)


def select(test: Array, a: Num, b: Num) -> Num:
    """Take rows of ``a`` where the test holds, else of ``b``."""
    left, ltop, right, rtop, den, dtop = common(a, b)
    top = max(ltop, rtop)
    return Num(np.where(test, fit(left, top), fit(right, top)), den, np.where(test, a.ok, b.ok), top, dtop)


def round_to(a: Num, mode: str, step: Fraction) -> Num:
    """Round to a multiple of ``step`` in the named mode, exactly."""
    num, top = _scaled(a.num, a.top, step.denominator, step.denominator)
    if isinstance(a.den, int):
        den: Any = np.asarray(a.den * step.numerator, dtype=object)
    else:
        den = np.asarray(a.den).astype(object) * step.numerator
    dtop = a.dtop * step.numerator
    bound = 2 * top + 2 * dtop
    num, den = fit(num, bound), fit(den, bound)
    whole = num // den
    rest = 2 * (num - whole * den)
    if mode == FLOOR:
        up = np.zeros(rest.shape, dtype=bool)
    elif mode == CEILING:
        up = np.asarray(rest > 0, dtype=bool)
    else:
        tie = {HALF_UP: np.True_, HALF_AWAY: num > 0, HALF_EVEN: whole % 2 == 1}[mode]
        up = np.asarray((rest > den) | ((rest == den) & tie), dtype=bool)
    whole = (whole + up) * step.numerator
    return tightened(Num(np.asarray(whole), step.denominator, a.ok, bound * step.numerator, step.denominator))
