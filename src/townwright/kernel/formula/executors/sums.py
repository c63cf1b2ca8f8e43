"""Sums and counts over a link where nothing is missing: every child is added at its parent's place, in integers of 64 bits."""

from __future__ import annotations

import numpy as np

from townwright.kernel.formula.executors.arrays import SAFE, Array, Column, Flag, Num
from townwright.kernel.formula.executors.links import Joined

# Children added at a time: what is widened or filtered on the way stays in the cache.
_BLOCK = 32_768


def quick_sum(name: str, joined: Joined, value: Column | None, test: Flag | None, parents: int) -> Num | None:
    """Return SUM or COUNT for each parent, or None where a member is missing or a total may need more than 64 bits.

    Integers may be narrower than 64 bits; the children may stand in any order.
    """
    children, ok = joined.parent.size, np.asarray([True])
    if test is not None and not bool(np.all(test.ok)):
        return None
    if value is not None and not bool(np.all(value.ok)):
        return None
    keep = None if test is None else np.broadcast_to(test.val, (children,))
    if name == "COUNT":
        return Num(_added(None, keep, joined.parent, parents), 1, ok, children, 1)
    if not isinstance(value, Num) or not isinstance(value.den, int) or value.num.dtype.kind != "i":
        return None
    top = value.top * max(children, 1)
    if top >= SAFE:
        return None
    return Num(_added(np.broadcast_to(value.num, (children,)), keep, joined.parent, parents), value.den, ok, top, value.den)


def _added(values: Array | None, keep: Array | None, place: Array, parents: int) -> Array:
    """Return the sum of the values (of ones) for each parent; children without a parent are added behind the last and dropped."""
    result = np.zeros(parents + 1, dtype=np.int64)
    for start in range(0, place.size, _BLOCK):
        end = start + _BLOCK
        part = np.ones(1, dtype=np.int64) if values is None else values[start:end].astype(np.int64, copy=False)
        np.add.at(result, place[start:end], part if keep is None else np.where(keep[start:end], part, 0))
    return result[:parents]
