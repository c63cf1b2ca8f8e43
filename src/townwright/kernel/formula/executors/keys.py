"""Keys to row positions, without a Python object for each row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from townwright.kernel.formula.executors.arrays import Array
from townwright.kernel.formula.executors.links import Joined, positions
from townwright.kernel.formula.rulebook import Link

# Numbers so far from zero are no counters; their differences would leave 64 bits.
_FAR = 2**62


def _plain(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def places(keys: pa.ChunkedArray, wanted: pa.ChunkedArray) -> Array:
    """Return for each wanted key its position among ``keys`` (the last, if there are several), -1 where it is missing or unknown."""
    known, asked = _plain(keys), _plain(wanted)
    if known.type != asked.type or pa.types.is_null(known.type):
        return positions(known.to_pylist(), asked.to_pylist())
    if pa.types.is_integer(known.type) and not known.null_count:
        found = _by_number(np.asarray(known), asked)
        if found is not None:
            return found
    # The first of equal keys is found, so the keys are looked through from behind.
    behind = known.take(pa.array(np.arange(len(known) - 1, -1, -1)))
    index = np.asarray(pc.index_in(asked, value_set=behind, skip_nulls=True).fill_null(len(known))).astype(np.int64)
    return np.where(index == len(known), -1, len(known) - 1 - index)


def _by_number(known: Array, asked: pa.Array) -> Array | None:
    """Return the positions by a table over the numbers' range, or None where that would be much longer than the keys."""
    if not known.size:
        return None
    low, high = int(known.min()), int(known.max())
    if high - low > 4 * known.size + 1024 or not -_FAR < low <= high < _FAR:
        return None
    wanted = np.asarray(asked.fill_null(low) if asked.null_count else asked).astype(np.int64, copy=False)
    # Keys that simply count need no table, and where all rows find one the numbers are the positions.
    counted = high - low == known.size - 1 and int(known[0]) == low and bool(np.all(known[1:] - known[:-1] == 1))
    if counted and not asked.null_count and wanted.size and low <= int(wanted.min()) and int(wanted.max()) <= high:
        return wanted - low if low else wanted
    table = np.full(high - low + 2, -1, dtype=np.int64)
    table[known.astype(np.int64, copy=False) - low] = np.arange(known.size)
    inside = (wanted >= low) & (wanted <= high)
    if asked.null_count:
        inside &= np.asarray(asked.is_valid())
    return table[np.where(inside, wanted - low, high - low + 1)]


def join(link: Link, parent: pa.Table, parent_key: str, child: pa.Table) -> Joined:
    """Join a link to many; a link to all rows hangs every child on the first parent."""
    if link.kind == "all":
        return Joined(np.full(child.num_rows, 0 if parent.num_rows else -1, dtype=np.int64))
    return Joined(places(parent.column(parent_key), child.column(link.column)))
