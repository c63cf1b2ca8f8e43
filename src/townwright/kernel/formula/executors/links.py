"""How the rows of entities hang together: positions of parents and children, found once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num, Words
from townwright.kernel.formula.rulebook import Link


class Joined:
    """For each child row the position of its parent (-1: none); the children sorted by parent for whoever asks, found once."""

    __slots__ = ("_sorted", "parent")

    def __init__(self, parent: Array) -> None:
        self.parent = parent
        self._sorted: tuple[Array, Array, Array] | None = None

    def _order(self) -> tuple[Array, Array, Array]:
        if self._sorted is None:
            place = self.parent
            order = np.argsort(place, kind="stable") if bool(np.any(place[1:] < place[:-1])) else np.arange(place.size)
            order = order[place[order] >= 0] if place.size and int(place[order[0]]) < 0 else order
            owners = place[order]
            starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if order.size else np.zeros(0, dtype=np.int64)
            self._sorted = (order, owners[starts], starts)
        return self._sorted

    @property
    def order(self) -> Array:
        """The children that have a parent, sorted by it."""
        return self._order()[0]

    @property
    def owners(self) -> Array:
        """The parents that have children, in order."""
        return self._order()[1]

    @property
    def starts(self) -> Array:
        """Where in ``order`` the children of each of the owners begin."""
        return self._order()[2]


def positions(keys: list[Any], wanted: list[Any]) -> Array:
    """Return for each wanted key its position among ``keys``, -1 where it is missing or unknown."""
    index = {key: place for place, key in enumerate(keys) if key is not None}
    return np.fromiter((index.get(key, -1) if key is not None else -1 for key in wanted), dtype=np.int64, count=len(wanted))


def join_children(link: Link, parent: pa.Table, parent_key: str, child: pa.Table) -> Joined:
    """Join a link to many; a link to all rows hangs every child on the first parent."""
    if link.kind == "all":
        place = np.zeros(child.num_rows, dtype=np.int64) if parent.num_rows else np.full(child.num_rows, -1)
    else:
        place = positions(parent.column(parent_key).to_pylist(), child.column(link.column).to_pylist())
    return joined_of(place)


def joined_of(place: Array) -> Joined:
    """Return the join of children whose parents' positions are known (-1: none)."""
    return Joined(place)


def climb(below: Array, above: Array) -> Array:
    """Return, for children that hang on ``below``, the rows that those hang on by ``above`` (-1: none)."""
    if above.size == 0:
        return np.full(below.shape, -1, dtype=np.int64)
    return np.where(below >= 0, above[np.where(below >= 0, below, 0)], -1)


def take(column: Column, places: Array, size: int) -> Column:
    """Return the column's rows at the places; -1 gives missing. ``size`` is the column's row count."""
    if size == 0:
        places, size = np.full(places.shape, -1), 1
        column = _blank(column)
    known = places >= 0
    safe = np.where(known, places, 0)
    ok = np.broadcast_to(column.ok, (size,))[safe] & known
    if isinstance(column, Num):
        den = column.den if isinstance(column.den, int) else np.broadcast_to(column.den, (size,))[safe]
        return Num(np.broadcast_to(column.num, (size,))[safe], den, ok, column.top, column.dtop)
    if isinstance(column, Flag):
        return Flag(np.broadcast_to(column.val, (size,))[safe], ok)
    if isinstance(column, Days):
        return Days(np.broadcast_to(column.val, (size,))[safe], ok)
    return Words(np.broadcast_to(column.codes, (size,))[safe], column.words, ok)


def _blank(column: Column) -> Column:
    ok, zero = np.zeros(1, dtype=bool), np.zeros(1, dtype=np.int64)
    if isinstance(column, Num):
        return Num(zero, 1, ok, 0, 1)
    if isinstance(column, Flag):
        return Flag(np.zeros(1, dtype=bool), ok)
    return Days(zero, ok) if isinstance(column, Days) else Words(zero, column.words, ok)
