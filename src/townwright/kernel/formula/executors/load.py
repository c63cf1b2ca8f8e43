"""Arrow columns to exact columns, and back to Python values."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.executors.arrays import SAFE, Array, Column, Days, Flag, Num, Words, fit
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.types import BOOL, DATE, NUMBER, TEXT, Type

EPOCH = date(1970, 1, 1)
_PIECE = 32_768


def arrow_column(table: pa.Table, entity: str, name: str, type_: Type) -> pa.Array:
    """Return one Arrow column in one piece, once it holds the kind of value that the rulebook declares.

    Raises:
        UnableToEvaluate: the column is not there or holds another kind of value.
    """
    if name not in table.column_names:
        raise UnableToEvaluate("no-column", entity=entity, name=name, known=", ".join(table.column_names))
    array = table.column(name)
    if isinstance(array, pa.ChunkedArray):
        # One chunk is taken as it is: putting chunks together copies them.
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if pa.types.is_null(array.type):
        array = array.cast({TEXT: pa.string(), BOOL: pa.bool_(), DATE: pa.date32(), NUMBER: pa.int64()}[type_.kind])
    kind = _kind(array.type)
    if kind != type_.kind:
        raise UnableToEvaluate("column-kind", entity=entity, name=name, have=array.type, wanted=type_.said())
    return array


def load_column(table: pa.Table, entity: str, name: str, type_: Type) -> Column:
    """Read one Arrow column as the type that the rulebook declares.

    Raises:
        UnableToEvaluate: the column is not there or holds another kind of value.
    """
    array, kind = arrow_column(table, entity, name, type_), type_.kind
    ok = np.asarray(array.is_valid())
    if kind == TEXT:
        return _words(array, ok)
    if kind == BOOL:
        return Flag(np.asarray(array.fill_null(False)).astype(bool), ok)
    if kind == DATE:
        return Days(np.asarray(array.cast(pa.int32()).fill_null(0)).astype(np.int64), ok)
    return _number(array, ok)


def _kind(type_: pa.DataType) -> str:
    if pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_dictionary(type_):
        return TEXT
    if pa.types.is_boolean(type_):
        return BOOL
    if pa.types.is_date(type_):
        return DATE
    return NUMBER if pa.types.is_integer(type_) or pa.types.is_decimal(type_) else str(type_)


def _words(array: pa.Array, ok: Array) -> Words:
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    codes = np.asarray(encoded.indices.fill_null(0)).astype(np.int64)
    return Words(codes, tuple(encoded.dictionary.to_pylist()) or ("",), ok)


def _number(array: pa.Array, ok: Array) -> Num:
    if pa.types.is_integer(array.type):
        num: Array = np.asarray(array.cast(pa.int64()).fill_null(0))
        den = 1
    else:
        den = 10 ** max(array.type.scale, 0)
        num = _decimal_numerators(array, den)
    top = max((abs(int(num.min())), abs(int(num.max()))), default=0) if num.size else 0
    return Num(fit(num, top), den, ok, top, den)


def _decimal_numerators(array: pa.Array, den: int) -> Array:
    """Read the integers of a decimal128 column from its buffer: two 64-bit words a value, low word first."""
    if pa.types.is_decimal128(array.type) and array.type.scale >= 0:
        words = np.frombuffer(array.buffers()[1], dtype=np.int64)[2 * array.offset : 2 * (array.offset + len(array))].reshape(-1, 2)
        valid = np.asarray(array.is_valid()) if array.null_count else None
        found = _low_words(words, valid)
        if found is not None:
            return found
        low, high = (words[:, 0], words[:, 1]) if valid is None else (np.where(valid, words[:, 0], 0), np.where(valid, words[:, 1], 0))
        return np.asarray((high.astype(object) << 64) + np.ascontiguousarray(low).view(np.uint64).astype(object))
    return np.asarray([0 if value is None else int(Fraction(value) * den) for value in array.to_pylist()], dtype=object)


def _low_words(words: Array, valid: Array | None) -> Array | None:
    """Return the low words, 0 where missing, or None where a number is beyond 62 bits; in pieces that stay in the cache."""
    found = np.empty(len(words), dtype=np.int64)
    for start in range(0, len(words), _PIECE):
        low, high = words[start : start + _PIECE, 0], words[start : start + _PIECE, 1]
        if valid is not None:
            low, high = (np.where(valid[start : start + _PIECE], part, 0) for part in (low, high))
        part = found[start : start + _PIECE]
        part[:] = low
        if bool(np.any(high != part >> 63)) or not -SAFE < int(part.min()) <= int(part.max()) < SAFE:
            return None
    return found


def to_python(column: Column, type_: Type, size: int) -> list[Any]:
    """Return Python values, None where missing: Decimal for money and numbers, int for ``int``, str, date, bool.

    Raises:
        UnableToEvaluate: a number has no finite decimal form (it was never rounded).
    """
    ok = np.broadcast_to(column.ok, (size,))
    if isinstance(column, Num):
        num = np.broadcast_to(column.num, (size,)).tolist()
        dens = [column.den] * size if isinstance(column.den, int) else np.broadcast_to(column.den, (size,)).tolist()
        make = number_maker(type_)
        return [make(n, d) if good else None for n, d, good in zip(num, dens, ok.tolist(), strict=True)]
    if isinstance(column, Flag):
        return [value if good else None for value, good in zip(np.broadcast_to(column.val, (size,)).tolist(), ok.tolist(), strict=True)]
    if isinstance(column, Days):
        days = np.broadcast_to(column.val, (size,)).tolist()
        return [EPOCH + timedelta(days=day) if good else None for day, good in zip(days, ok.tolist(), strict=True)]
    codes = np.broadcast_to(column.codes, (size,)).tolist()
    return [column.words[code] if good else None for code, good in zip(codes, ok.tolist(), strict=True)]


def number_maker(type_: Type) -> Any:
    """Return a function (numerator, denominator) → the Python value of the type."""
    places = 2 if type_.word == "money" else 0

    def make(num: int, den: int) -> int | Decimal:
        return exact_number(Fraction(num, den), type_.word, places)

    return make


def exact_number(value: Fraction, word: str = "", least_places: int = 0) -> int | Decimal:
    """Return an exact decimal of a fraction (an int for type ``int``).

    Raises:
        UnableToEvaluate: the fraction has no finite decimal form.
    """
    if word == "int" and value.denominator == 1:
        return value.numerator
    places, scaled = least_places, value * 10**least_places
    while scaled.denominator != 1:
        places, scaled = places + 1, scaled * 10
        if places > 30:
            raise UnableToEvaluate("no-decimal-form", value=value)
    return Decimal(scaled.numerator).scaleb(-places) if abs(scaled.numerator) < 10**28 else Decimal(f"{scaled.numerator}e-{places}")
