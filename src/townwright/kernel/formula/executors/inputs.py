"""Input columns of an integer program: bound to memory without copying where Arrow lays them out as the machine reads them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num
from townwright.kernel.formula.executors.layout import Storage
from townwright.kernel.formula.executors.load import arrow_column
from townwright.kernel.formula.executors.lowering import CODES
from townwright.kernel.formula.executors.program import BIT, TRUE, Program
from townwright.kernel.formula.executors.ranges import Span, Unprovable, bucket, day_bucket
from townwright.kernel.formula.executors.values import Day, Number, Text, Truth, Value
from townwright.kernel.formula.types import BOOL, DATE, NUMBER, TEXT, Type

INT32, INT64 = Span(-(2**31), 2**31 - 1), Span(-(2**63), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class Source:
    """One column in memory: values (two words each for decimal128, a bitmap for truth values), the bitmap of what is there, and what
    is known of it. ``span`` holds the integers; where ``guarded`` the pass checks every row against it, so that a program can be used
    for other rows without reading their ranges first.
    """

    kind: str
    form: str
    den: int
    span: Span
    guarded: bool
    data: Array
    valid: Array | None

    @property
    def storage(self) -> Storage:
        """How it lies in memory."""
        return Storage(self.form, self.valid is not None)

    def admits(self, other: Source) -> bool:
        """Say whether a program written for this column can read the other."""
        same = (self.kind, self.form, self.den, self.guarded) == (other.kind, other.form, other.den, other.guarded)
        return same and (self.guarded or self.span.holds(other.span)) and (other.valid is None or self.valid is not None)

    def widened(self, before: Source | None) -> Source:
        """Return the column with a range that also holds that of an earlier one of its kind, with room to grow."""
        if before is None or not self.guarded or self.kind != NUMBER or before.kind != NUMBER or before.span.holds(self.span):
            return self
        both = Span(min(self.span.lo, before.span.lo), max(self.span.hi, before.span.hi))
        return replace(self, span=bucket(both.lo * 4, both.hi * 4))

    def emptied(self) -> Source:
        """Return what is known of the column without its rows."""
        valid = None if self.valid is None else self.valid[:0].copy()
        return Source(self.kind, self.form, self.den, self.span, self.guarded, self.data[:0].copy(), valid)


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


def _encoded(array: pa.Array) -> pa.Array:
    return array if pa.types.is_dictionary(array.type) else array.dictionary_encode()


def _beyond(array: pa.Array, low: Array, high: Array) -> bool:
    """Say whether a row that is there holds a decimal beyond 64 bits."""
    over = high != low >> 63
    return bool(np.any(over & np.asarray(array.is_valid())))


class Reader:
    """Finds the columns of one entity's rows in memory.

    ``ranged``: reads their ranges off the rows, too. ``checked``: looks for decimals beyond 64 bits, which a pass finds by itself.
    """

    def __init__(self, words: Words, rows: int, threads: int, *, ranged: bool, checked: bool = False) -> None:
        self.words, self.rows, self.threads, self.ranged, self.checked = words, rows, threads, ranged, checked

    def arrow(self, table: pa.Table, entity: str, name: str, type_: Type) -> Source:
        """Return an Arrow column, where it lies.

        Raises:
            UnableToEvaluate: the column is not there or of another kind.
            Unprovable: its numbers do not fit in 64 bits, or it has a form that is left to the column executor.
        """
        array = arrow_column(table, entity, name, type_)
        if type_.kind == TEXT:
            return self._text(array)
        if type_.kind == BOOL:
            return Source(BOOL, "bits", 1, BIT, False, bitmap(array, array.buffers()[1]), _validity(array))
        if type_.kind == DATE:
            array = array.cast(pa.date32()) if not pa.types.is_date32(array.type) else array
            return Source(DATE, "i32", 1, self._days(array), True, _sliced(array, np.int32), _validity(array))
        return self._number(array)

    def _text(self, array: pa.Array) -> Source:
        if pa.types.is_dictionary(array.type) and array.dictionary.null_count:
            array = array.dictionary_decode()
        valid = np.packbits(np.asarray(array.is_valid()), bitorder="little") if array.null_count else None
        codes = np.empty(len(array), dtype=np.int32)
        size = -(-max(len(array), 1) // max(self.threads, 1))
        cut = [array.slice(start, size) for start in range(0, max(len(array), 1), size)]
        start = 0
        with ThreadPoolExecutor(len(cut)) as pool:
            for part in pool.map(_encoded, cut):
                known = self.words.codes(part.dictionary.to_pylist() or [""])
                indices = part.indices.fill_null(0) if part.indices.null_count else part.indices
                np.take(known, np.asarray(indices), out=codes[start : start + len(part)], mode="clip")
                start += len(part)
        return Source(TEXT, "i32", 1, CODES, False, codes, valid)

    def _days(self, array: pa.Array) -> Span:
        some = _sliced(array, np.int32)
        if array.null_count:
            some = some[np.asarray(array.is_valid())]
        return day_bucket(int(some.min()), int(some.max())) if some.size and self.ranged else day_bucket(0, 0)

    def _number(self, array: pa.Array) -> Source:
        if pa.types.is_integer(array.type):
            array = array.cast(pa.int64()) if not pa.types.is_int64(array.type) else array
            data, form, den = _sliced(array, np.int64), "i64", 1
        elif pa.types.is_decimal128(array.type) and array.type.scale >= 0:
            data, form, den = _sliced(array, np.int64, 2), "d128", 10**array.type.scale
        else:
            raise Unprovable(f"a column of {array.type}")
        low = data if form == "i64" else data[::2]
        if self.checked and form == "d128" and _beyond(array, low, data[1::2]):
            raise Unprovable("numbers beyond 64 bits")
        span = bucket(int(low.min()), int(low.max())) if low.size and self.ranged else bucket(0, 0)
        return Source(NUMBER, form, den, span, True, data, _validity(array))

    def computed(self, column: Column) -> Source:
        """Return a column that the column executor made.

        Raises:
            Unprovable: its numbers are wider than 64 bits or over a denominator of each row.
        """
        valid: Array | None = None
        if not bool(np.all(column.ok)):
            valid = np.packbits(np.broadcast_to(column.ok, (self.rows,)), bitorder="little")
        if isinstance(column, Flag):
            bits = np.packbits(np.broadcast_to(column.val, (self.rows,)), bitorder="little")
            return Source(BOOL, "bits", 1, BIT, False, bits, valid)
        if isinstance(column, Num):
            if not isinstance(column.den, int) or column.num.dtype != np.int64:
                raise Unprovable("numbers beyond 64 bits")
            data = self._whole(column.num)
            span = bucket(int(data.min()), int(data.max())) if data.size else bucket(0, 0)
            return Source(NUMBER, "i64", column.den, span, False, data, valid)
        if isinstance(column, Days):
            held = column.val[np.broadcast_to(column.ok, column.val.shape)] if valid is not None else column.val
            found = day_bucket(int(held.min()), int(held.max())) if held.size else day_bucket(0, 0)
            return Source(DATE, "i64", 1, found, True, self._whole(column.val), valid)
        codes = self.words.codes(column.words)[np.broadcast_to(column.codes, (self.rows,))]
        return Source(TEXT, "i32", 1, CODES, False, np.ascontiguousarray(codes), valid)

    def _whole(self, values: Array) -> Array:
        return np.ascontiguousarray(np.broadcast_to(values, (self.rows,)))


def declare(program: Program, index: int, source: Source) -> Value:
    """Return the value of the input column with that index."""
    ok = TRUE if source.valid is None else program.valid(index)
    if source.kind == BOOL:
        return Truth(program.flag(index), ok)
    raw = program.column(index, (INT32 if source.form == "i32" else INT64) if source.guarded else source.span)
    if source.kind == TEXT:
        return Text(raw, ok)
    place = program.guard(raw, ok, source.span) if source.guarded else raw
    return Day(place, ok) if source.kind == DATE else Number(place, source.den, ok)
