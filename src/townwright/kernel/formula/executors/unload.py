"""Exact columns to Arrow arrays, without a Python object for each value."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.executors.arrays import SAFE, Array, Column, Days, Flag, Num
from townwright.kernel.formula.executors.memory import aligned
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.rulebook import Variable
from townwright.kernel.formula.types import NUMBER, PLACES, Type

# The widest decimal that Arrow and Parquet hold in 128 bits.
DIGITS = 38


def declared_places(type_: Type, variable: Variable | None) -> int:
    """Return the decimals that a variable's results have: those of its type, or of its rounding step if that is finer."""
    places = PLACES.get(type_.word, type_.places or 0)
    step = variable.rounding.step.denominator if variable is not None and variable.rounding is not None else 1
    while step > 1 and 10**places % step and places < DIGITS:
        places += 1
    return places


def arrow_type(type_: Type, variable: Variable | None) -> pa.DataType:
    """Return the Arrow type of a variable's results: int64 for ``int``, else decimal128 with the declared places."""
    if type_.kind == NUMBER:
        return pa.int64() if type_.word == "int" else pa.decimal128(DIGITS, declared_places(type_, variable))
    return {"text": pa.string(), "bool": pa.bool_(), "date": pa.date32()}[type_.kind]


def unload_column(column: Column, wanted: pa.DataType, size: int, name: str) -> pa.Array:
    """Return an Arrow array of the wanted type; what is missing is null.

    Raises:
        UnableToEvaluate: a number has more decimals than the type, or does not fit in it; the message names the variable.
    """
    ok = np.broadcast_to(column.ok, (size,))
    if isinstance(column, Num):
        return _numbers(column, wanted, ok, size, name)
    mask = None if bool(ok.all()) else ~ok
    if isinstance(column, Flag):
        return pa.array(np.broadcast_to(column.val, (size,)), pa.bool_(), mask=mask)
    if isinstance(column, Days):
        return pa.array(np.broadcast_to(column.val, (size,)).astype(np.int32), pa.int32(), mask=mask).cast(pa.date32())
    codes = pa.array(np.broadcast_to(column.codes, (size,)), mask=mask)
    return pa.array(column.words, pa.string()).take(codes)


def _numbers(column: Num, wanted: pa.DataType, ok: Array, size: int, name: str) -> pa.Array:
    scale = wanted.scale if pa.types.is_decimal(wanted) else 0
    if not isinstance(column.den, int) or 10**scale % column.den:
        return _one_by_one(column, wanted, ok, size, name)
    factor = 10**scale // column.den
    if column.num.dtype == object or column.top * factor >= SAFE:
        return _one_by_one(column, wanted, ok, size, name)
    values = np.broadcast_to(column.num, (size,)).astype(np.int64, copy=False)
    values = values * factor if factor != 1 else values
    if not pa.types.is_decimal(wanted):
        return pa.array(values, pa.int64(), mask=None if bool(ok.all()) else ~ok)
    words = aligned(16 * size).view(np.int64).reshape(size, 2)
    words[:, 0] = values
    np.right_shift(values, 63, out=words[:, 1])
    valid = None if bool(ok.all()) else pa.py_buffer(np.packbits(ok, bitorder="little"))
    return pa.Array.from_buffers(wanted, size, [valid, pa.py_buffer(words)])


def _one_by_one(column: Num, wanted: pa.DataType, ok: Array, size: int, name: str) -> pa.Array:
    scale = wanted.scale if pa.types.is_decimal(wanted) else 0
    dens: Any = [column.den] * size if isinstance(column.den, int) else np.broadcast_to(column.den, (size,)).tolist()
    told: list[Any] = []
    for num, den, good in zip(np.broadcast_to(column.num, (size,)).tolist(), dens, ok.tolist(), strict=True):
        whole, rest = divmod(num * 10**scale, den)
        if good and (rest or abs(whole) >= 10**DIGITS):
            shown = f"{num // math.gcd(num, den)}/{den // math.gcd(num, den)}"
            raise UnableToEvaluate("not-held", name=name, value=shown, wanted=wanted)
        told.append((Decimal(f"{whole}e-{scale}") if scale else whole) if good else None)
    try:
        return pa.array(told, wanted)
    except (pa.ArrowInvalid, OverflowError) as fault:
        raise UnableToEvaluate("values-not-held", name=name, wanted=wanted, problem=fault) from fault
