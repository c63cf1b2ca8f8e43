"""Keys to row positions, without a Python object for each row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from townwright.kernel.formula.executors.arrays import Array
from townwright.kernel.formula.executors.links import Joined, positions
from townwright.kernel.formula.rulebook import Link


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
    # The first of equal keys is found, so the keys are looked through from behind.
    behind = known.take(pa.array(np.arange(len(known) - 1, -1, -1)))
    found = pc.index_in(asked, value_set=behind, skip_nulls=True)
    index = np.asarray(found.fill_null(len(known))).astype(np.int64)
    return np.where(index == len(known), -1, len(known) - 1 - index)


def join(link: Link, parent: pa.Table, parent_key: str, child: pa.Table) -> Joined:
    """Join a link to many; a link to all rows hangs every child on the first parent."""
    if link.kind == "all":
        place = np.full(child.num_rows, 0 if parent.num_rows else -1, dtype=np.int64)
        order = np.arange(child.num_rows if parent.num_rows else 0, dtype=np.int64)
    else:
        place = places(parent.column(parent_key), child.column(link.column))
        order = np.argsort(place, kind="stable")
        order = order[place[order] >= 0]
    owners = place[order]
    if not order.size:
        return Joined(place, order, owners, np.zeros(0, dtype=np.int64))
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    return Joined(place, order, owners[starts], starts)
