"""Input columns of an integer program: bound to memory without copying where Arrow lays them out as the machine reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num
from townwright.kernel.formula.executors.layout import Storage
from townwright.kernel.formula.executors.load import arrow_column
from townwright.kernel.formula.executors.lowering import CODES
from townwright.kernel.formula.executors.program import TRUE, Program
from townwright.kernel.formula.executors.ranges import Span, Unprovable, bucket, day_bucket
from townwright.kernel.formula.executors.values import Day, Number, Text, Truth, Value
from townwright.kernel.formula.types import BOOL, DATE, TEXT, Type

INT64 = Span(-(2**63), 2**63 - 1)
# So many rows from the head of a column tell which range to assume; the pass checks every row.
SAMPLE = 65_536


@dataclass(frozen=True, slots=True)
class Bound:
    """One column in memory: values (two words each for decimal128, a bitmap for truth values) and the bitmap of what is there."""

    storage: Storage
    data: Array
    valid: Array | None


class Words:
    """The run's words: the rulebook's literals first, so that their codes are the same for every batch, then those of the columns."""

    def __init__(self, literals: Sequence[str]) -> None:
        self.places: dict[str, int] = {word: place for place, word in enumerate(literals)}

    def codes(self, words: Sequence[str]) -> Array:
        """Return the code of each word, adding those that are new."""
        return np.asarray([self.places.setdefault(word, len(self.places)) for word in words], dtype=np.int32)

    def table(self, key: tuple[Any, ...]) -> Array:
        """Return a table by code: ranks in order of the alphabet, heads of words, or which words begin so."""
        if key[0] == "left":
            return self._settled(key[1])
        known = list(self.places) or [""]
        if key[0] == "rank":
            ranks = np.empty(len(known), dtype=np.int32)
            ranks[sorted(range(len(known)), key=known.__getitem__)] = np.arange(len(known), dtype=np.int32)
            return ranks
        return np.asarray([word.startswith(key[1]) for word in known], dtype=np.int32)

    def _settled(self, length: int) -> Array:
        heads = [word[:length] for word in list(self.places) or [""]]
        return self.codes(heads)

    def settle(self, keys: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], Array]:
        """Return all tables; heads of words are words themselves, so they are added first, until there are no new ones."""
        lengths = [key[1] for key in keys if key[0] == "left"]
        before = -1
        while before != len(self.places):
            before = len(self.places)
            for length in lengths:
                self._settled(length)
        return {key: self.table(key) for key in keys}


def bitmap(array: pa.Array, buffer: pa.Buffer | None) -> Array:
    """Return the bits of an Arrow buffer from the array's first row on, moved only where they begin within a byte."""
    count = -(-len(array) // 8)
    if buffer is None:
        return np.full(count, 255, dtype=np.uint8)
    octets = np.frombuffer(buffer, dtype=np.uint8)
    if array.offset % 8 == 0:
        return octets[array.offset // 8 : array.offset // 8 + count]
    bits = np.unpackbits(octets[array.offset // 8 :], bitorder="little")
    return np.packbits(bits[array.offset % 8 :][: len(array)], bitorder="little")


def _validity(array: pa.Array) -> Array | None:
    return bitmap(array, array.buffers()[0]) if array.null_count else None


def _sliced(array: pa.Array, dtype: Any, words: int = 1) -> Array:
    whole = np.frombuffer(array.buffers()[1], dtype=dtype) if array.buffers()[1] is not None else np.zeros(0, dtype=dtype)
    return whole[words * array.offset : words * (array.offset + len(array))]


def _beyond(array: pa.Array, low: Array, high: Array) -> bool:
    """Say whether a row that is there holds a decimal beyond 64 bits."""
    over = high != low >> 63
    return bool(np.any(over & np.asarray(array.is_valid()))) if bool(over.any()) else False


class Inputs:
    """Collects the input columns of one program over one entity's rows.

    ``exact``: ranges are read off every row, not assumed from the first ones.
    """

    def __init__(self, program: Program, words: Words, rows: int, *, exact: bool) -> None:
        self.program, self.words, self.rows, self.exact = program, words, rows, exact
        self.bound: list[Bound] = []

    def _new(self, form: str, data: Array, valid: Array | None) -> tuple[int, int]:
        index = len(self.bound)
        self.bound.append(Bound(Storage(form, valid is not None), data, valid))
        return index, TRUE if valid is None else self.program.valid(index)

    def arrow(self, table: pa.Table, entity: str, name: str, type_: Type) -> Value:
        """Bind an Arrow column.

        Raises:
            UnableToEvaluate: the column is not there or of another kind.
            Unprovable: its numbers do not fit in 64 bits, or it has a form that is left to the column executor.
        """
        array = arrow_column(table, entity, name, type_)
        if type_.kind == TEXT:
            return self._text(array)
        if type_.kind == BOOL:
            index, ok = self._new("bits", bitmap(array, array.buffers()[1]), _validity(array))
            return Truth(self.program.flag(index), ok)
        if type_.kind == DATE:
            array = array.cast(pa.date32()) if not pa.types.is_date32(array.type) else array
            index, ok = self._new("i32", _sliced(array, np.int32), _validity(array))
            raw = self.program.column(index, Span(-(2**31), 2**31 - 1))
            return Day(self.program.guard(raw, ok, self._days(array)), ok)
        return self._number(array)

    def _text(self, array: pa.Array) -> Text:
        if pa.types.is_dictionary(array.type) and array.dictionary.null_count:
            array = array.dictionary_decode()
        encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        known = self.words.codes(encoded.dictionary.to_pylist() or [""])
        indices = encoded.indices.fill_null(0) if encoded.indices.null_count else encoded.indices
        codes = known[np.asarray(indices)]
        valid = None
        if encoded.null_count:
            valid = np.packbits(np.asarray(encoded.is_valid()), bitorder="little")
        index, ok = self._new("i32", codes, valid)
        return Text(self.program.column(index, CODES), ok)

    def _days(self, array: pa.Array) -> Span:
        some = _sliced(array if self.exact else array.slice(0, SAMPLE), np.int32)
        if array.null_count:
            some = some[np.asarray(array.slice(0, len(some)).is_valid())]
        return day_bucket(int(some.min()), int(some.max())) if some.size else day_bucket(0, 0)

    def _number(self, array: pa.Array) -> Number:
        if pa.types.is_integer(array.type):
            array = array.cast(pa.int64()) if not pa.types.is_int64(array.type) else array
            data, form, den = _sliced(array, np.int64), "i64", 1
        elif pa.types.is_decimal128(array.type) and array.type.scale >= 0:
            data, form, den = _sliced(array, np.int64, 2), "d128", 10**array.type.scale
        else:
            raise Unprovable(f"a column of {array.type}")
        low = data if form == "i64" else data[::2]
        if self.exact and form == "d128" and _beyond(array, low, data[1::2]):
            raise Unprovable("numbers beyond 64 bits")
        index, ok = self._new(form, data, _validity(array))
        some = low if self.exact else low[:SAMPLE]
        span = bucket(int(some.min()), int(some.max())) if some.size else bucket(0, 0)
        raw = self.program.column(index, INT64)
        return Number(self.program.guard(raw, ok, span), den, ok)

    def computed(self, column: Column) -> Value:
        """Bind a column that the column executor made.

        Raises:
            Unprovable: its numbers are wider than 64 bits or over a denominator of each row.
        """
        valid: Array | None = None
        if not bool(np.all(column.ok)):
            valid = np.packbits(np.broadcast_to(column.ok, (self.rows,)), bitorder="little")
        if isinstance(column, Flag):
            index, ok = self._new("bits", np.packbits(np.broadcast_to(column.val, (self.rows,)), bitorder="little"), valid)
            return Truth(self.program.flag(index), ok)
        if isinstance(column, Num):
            if not isinstance(column.den, int) or column.num.dtype != np.int64:
                raise Unprovable("numbers beyond 64 bits")
            index, ok, span = self._whole(column.num, valid)
            return Number(self.program.column(index, bucket(span.lo, span.hi)), column.den, ok)
        if isinstance(column, Days):
            index, ok, _ = self._whole(column.val, valid)
            raw = self.program.column(index, INT64)
            held = column.val[np.broadcast_to(column.ok, column.val.shape)] if valid is not None else column.val
            found = day_bucket(int(held.min()), int(held.max())) if held.size else day_bucket(0, 0)
            return Day(self.program.guard(raw, ok, found), ok)
        codes = self.words.codes(column.words)[np.broadcast_to(column.codes, (self.rows,))]
        index, ok = self._new("i32", np.ascontiguousarray(codes), valid)
        return Text(self.program.column(index, CODES), ok)

    def _whole(self, values: Array, valid: Array | None) -> tuple[int, int, Span]:
        data = np.ascontiguousarray(np.broadcast_to(values, (self.rows,)))
        index, ok = self._new("i64", data, valid)
        return index, ok, Span(int(data.min()), int(data.max())) if data.size else Span(0, 0)
