"""Running compiled code over columns: pointers, the last rows, and blocks in parallel."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from townwright.kernel.formula.executors.arrays import Array
from townwright.kernel.formula.executors.inputs import Bound
from townwright.kernel.formula.executors.layout import LANES
from townwright.kernel.formula.executors.native.machine import Entry
from townwright.kernel.formula.executors.native.text import Assembly

Key = tuple[Any, ...]
_LINE = 64


def aligned(octets: int) -> Array:
    """Return so many bytes that begin at a cache line."""
    raw = np.empty(octets + _LINE, dtype=np.uint8)
    start = -raw.ctypes.data % _LINE
    return raw[start : start + octets]


def outputs_for(assembly: Assembly, integers: Sequence[bool], rows: int) -> dict[Key, Array]:
    """Return memory for the results: 64-bit integers or bitmaps, and bitmaps of what is there; whole steps of eight rows."""
    steps = -(-rows // LANES)
    found: dict[Key, Array] = {}
    for key in assembly.pointers:
        if key[0] == "result":
            found[key] = aligned(8 * LANES * steps).view(np.int64) if integers[key[1]] else aligned(steps)
        elif key[0] == "present":
            found[key] = aligned(steps)
    return found


def run(
    entry: Entry, assembly: Assembly, columns: Sequence[Bound], tables: Mapping[Key, Array], results: Mapping[Key, Array], *,
    rows: int, threads: int, block: int,
) -> bool:  # fmt: skip
    """Run over all rows; return whether every row kept to its spans.

    The last rows, where they are fewer than eight, are read from a copy, so that nothing is read past a column's end.
    """
    whole = rows - rows % LANES
    main = _pointers(assembly, columns, tables, results, {})
    block = max(LANES, block - block % LANES)
    spans = [(start, min(start + block, whole)) for start in range(0, whole, block)]
    if threads <= 1 or len(spans) <= 1:
        flags = [_call(entry, main, assembly, 0, whole)] if whole else []
    else:
        with ThreadPoolExecutor(threads) as pool:
            flags = list(pool.map(lambda span: _call(entry, main, assembly, *span), spans))
    if whole < rows:
        copies = {(kind, index): _tail(bound, kind, whole, rows) for index, bound in enumerate(columns) for kind in ("data", "valid")}
        flags.append(_call(entry, _pointers(assembly, columns, tables, results, copies), assembly, whole, whole + LANES))
    return not any(flags)


def _call(entry: Entry, pointers: Any, assembly: Assembly, begin: int, end: int) -> int:
    scratch = aligned(assembly.scratch + _LINE)
    return entry(pointers, scratch.ctypes.data, begin, end)


def _tail(bound: Bound, kind: str, whole: int, rows: int) -> tuple[Array, int]:
    """Return the last rows with room for eight, and how many bytes before them the column would begin."""
    octets, size = (bound.data, _size(bound)) if kind == "data" else (bound.valid, 0)
    copy = np.zeros(16 * LANES, dtype=np.uint8)
    if octets is None:
        return copy, 0
    if size == 0:
        copy[0] = octets[whole // 8] if len(octets) > whole // 8 else 0
        return copy, whole // 8
    rest = octets.view(np.uint8)[whole * size : rows * size]
    copy[: len(rest)] = rest
    return copy, whole * size


def _size(bound: Bound) -> int:
    return {"i64": 8, "i32": 4, "d128": 16, "bits": 0}[bound.storage.form]


def _pointers(
    assembly: Assembly, columns: Sequence[Bound], tables: Mapping[Key, Array], results: Mapping[Key, Array], copies: Mapping[Key, tuple[Array, int]],
) -> Any:  # fmt: skip
    places = []
    for key in assembly.pointers:
        if key in copies:
            array, back = copies[key]
            places.append(array.ctypes.data - back)
        elif key[0] in ("data", "valid"):
            found = columns[key[1]].data if key[0] == "data" else columns[key[1]].valid
            assert found is not None
            places.append(found.ctypes.data)
        else:
            places.append((tables[key[1]] if key[0] == "table" else results[key]).ctypes.data)
    return (ctypes.c_void_p * max(len(places), 1))(*places)
