"""How exact values pass from one stage of a distributed run to the next: as Arrow columns.

A number with known decimals passes as decimal128(38, places); an unrounded quotient as numerator and denominator in lowest
terms, both decimal128(38, 0); truth values, dates and text as they are. Missing is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num, fit
from townwright.kernel.formula.executors.blocks import spread
from townwright.kernel.formula.executors.load import load_column
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.types import BOOL, DATE, NUMBER, TEXT, Type

QUOTIENT = "quotient"
DIGITS = 38
_WORD = 2**64 - 1
_ARROW = {TEXT: pa.string(), BOOL: pa.bool_(), DATE: pa.date32()}


@dataclass(frozen=True, slots=True)
class Form:
    """The form in which a value passes: a kind of value, or ``quotient``; ``places`` counts a number's decimals."""

    kind: str
    places: int = 0

    def fields(self, name: str) -> list[pa.Field]:
        """Return the Arrow fields that carry a value of this form under a name."""
        if self.kind == QUOTIENT:
            return [pa.field(f"{name}{part}", pa.decimal128(DIGITS, 0)) for part in ("n", "d")]
        return [pa.field(name, pa.decimal128(DIGITS, self.places) if self.kind == NUMBER else _ARROW[self.kind])]


def to_arrow(column: Column, form: Form, size: int, told: str) -> list[pa.Array]:
    """Return the Arrow columns that carry a column; ``told`` names the value in errors.

    Raises:
        UnableToEvaluate: a number has more than 38 digits, or more decimals than its form.
    """
    column = spread(column, size)
    ok = np.asarray(column.ok, dtype=bool)
    if isinstance(column, Num):
        num = np.where(ok, column.num, 0)
        if form.kind == QUOTIENT:
            return _quotient(Num(num, column.den, ok, column.top, column.dtop), told)
        return [_decimals(_scaled(num, column, ok, form.places, told), ok, form.places, told)]
    mask = None if bool(ok.all()) else ~ok
    if isinstance(column, Flag):
        return [pa.array(np.asarray(column.val, dtype=bool), pa.bool_(), mask=mask)]
    if isinstance(column, Days):
        return [pa.array(np.where(ok, column.val, 0).astype(np.int32), pa.int32(), mask=mask).cast(pa.date32())]
    codes = pa.array(np.where(ok, column.codes, 0).astype(np.int32), pa.int32(), mask=mask)
    return [pa.DictionaryArray.from_arrays(codes, pa.array(column.words, pa.string())).dictionary_decode()]


def from_arrow(arrays: Sequence[pa.Array], form: Form) -> Column:
    """Read back what ``to_arrow`` made."""
    kind = NUMBER if form.kind == QUOTIENT else form.kind
    parts = [load_column(pa.table({"value": array}), "stage", "value", Type(kind)) for array in arrays]
    if form.kind != QUOTIENT:
        return parts[0]
    num, den = parts
    assert isinstance(num, Num) and isinstance(den, Num)
    dtop = max(den.top, 1)
    return Num(num.num, fit(np.where(num.ok, den.num, 1), dtop), num.ok, num.top, dtop)


def decimals(value: Fraction) -> int | None:
    """Return how many decimals write the value exactly, None where no number of them does."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _scaled(num: Array, column: Num, ok: Array, places: int, told: str) -> Array:
    """Return numerators over 10**places."""
    unit = 10**places
    if isinstance(column.den, int) and unit % column.den == 0:
        factor = unit // column.den
        return num if factor == 1 else fit(num, column.top * factor) * factor
    raised = fit(num, column.top * unit) * unit
    den = column.den if isinstance(column.den, int) else np.where(ok, column.den, 1)
    whole = raised // den
    if bool(np.any(whole * den != raised)):
        raise UnableToEvaluate("more-decimals", name=told, places=places)
    return np.asarray(whole)


def _decimals(num: Array, ok: Array, places: int, told: str) -> pa.Array:
    words = np.empty((num.size, 2), dtype=np.int64)
    if num.dtype == np.int64:
        words[:, 0], words[:, 1] = num, num >> 63
    elif num.size:
        if int(np.abs(num).max()) >= 10**DIGITS:
            raise UnableToEvaluate("more-digits", name=told, digits=DIGITS)
        words[:, 0] = (num & _WORD).astype(np.uint64).view(np.int64)
        words[:, 1] = (num >> 64).astype(np.int64)
    valid = None if bool(ok.all()) else pa.py_buffer(np.packbits(ok, bitorder="little"))
    return pa.Array.from_buffers(pa.decimal128(DIGITS, places), num.size, [valid, pa.py_buffer(words)])


def _quotient(column: Num, told: str) -> list[pa.Array]:
    den: Any = np.where(column.ok, column.den, 1)
    common: Any = np.gcd(column.num, den) if column.num.dtype == den.dtype else np.gcd(column.num.astype(object), den.astype(object))
    return [_decimals(np.asarray(one // common), column.ok, 0, told) for one in (column.num, den)]
