"""Sums and counts over a link where nothing is missing: running totals in integers, read off at each owner's ends."""

from __future__ import annotations

import numpy as np

from townwright.kernel.formula.executors.arrays import SAFE, Array, Column, Flag, Num
from townwright.kernel.formula.executors.links import Joined


def quick_sum(name: str, joined: Joined, value: Column | None, test: Flag | None, parents: int, children: int) -> Num | None:
    """Return SUM or COUNT for each parent, or None where a member is missing or a total may need more than 64 bits."""
    if test is not None and not bool(np.all(test.ok)):
        return None
    if value is not None and not bool(np.all(value.ok)):
        return None
    order, ok = joined.order, np.asarray([True])
    straight = order.size == children and bool(np.all(order[1:] > order[:-1]))
    keep = None if test is None else _placed(test.val, order, children, straight=straight)
    if name == "COUNT":
        found = _totals(np.ones(order.size, dtype=np.int64) if keep is None else keep.astype(np.int64), joined, parents)
        return Num(found, 1, ok, children, 1)
    if not isinstance(value, Num) or not isinstance(value.den, int) or value.num.dtype != np.int64:
        return None
    top = value.top * max(children, 1)
    if top >= SAFE:
        return None
    members = _placed(value.num, order, children, straight=straight)
    return Num(_totals(members if keep is None else np.where(keep, members, 0), joined, parents), value.den, ok, top, value.den)


def _placed(array: Array, order: Array, children: int, *, straight: bool) -> Array:
    whole = np.broadcast_to(array, (children,))
    return whole if straight else whole[order]


def _totals(members: Array, joined: Joined, parents: int) -> Array:
    result = np.zeros(parents, dtype=np.int64)
    if members.size:
        running = np.empty(members.size + 1, dtype=np.int64)
        running[0] = 0
        np.cumsum(members, out=running[1:])
        ends = np.append(joined.starts[1:], members.size)
        result[joined.owners] = running[ends] - running[joined.starts]
    return result
