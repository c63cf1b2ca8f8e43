"""Aggregates over a link: integer sums, counts, extremes and the only one, per parent row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num, Words, fit
from townwright.kernel.formula.executors.links import Joined, take
from townwright.kernel.formula.executors.refusals import several
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.rulebook import Link

if TYPE_CHECKING:
    from townwright.kernel.formula.executors.columns import ColumnRun


def _spread(values: Array, joined: Joined, kept: Array, how: np.ufunc, empty: int, parents: int) -> Array:
    """Reduce the kept children of each parent; ``kept`` is a mask over the sorted children."""
    result = np.full(parents, empty, dtype=values.dtype)
    if joined.order.size == 0:
        return result
    neutral = np.where(kept, values[joined.order], np.asarray(empty, dtype=values.dtype))
    result[joined.owners] = how.reduceat(neutral, joined.starts)
    return result


def _count(joined: Joined, kept: Array, parents: int) -> Array:
    result = np.zeros(parents, dtype=np.int64)
    if joined.order.size and bool(np.any(kept)):
        result[joined.owners] = np.add.reduceat(kept.astype(np.int64), joined.starts)
    return result


def aggregate(run: ColumnRun, expr: Expr, link: Link, value: Column | None, test: Flag | None) -> Column:
    """Return one value for each parent row.

    A filter that cannot be decided for a row, or a missing member, makes the result missing: it is not known
    whether or how much the row adds. COUNT and SUM over no rows are 0; the others are missing.

    Raises:
        UnableToEvaluate: ONLY finds two rows or more; the message names the parent.
    """
    if expr.name == "ONLY":
        assert value is not None
        return _only(run, expr, link, value, test)
    return reduced(expr.name, value, test, run.joined(link), run.size(link.owner), run.size(link.to))


def _kept(test: Flag | None, joined: Joined, children: int) -> tuple[Array, Array]:
    """Return which of the sorted children the filter keeps, and for which it cannot be decided."""
    order = joined.order
    if test is None:
        return np.ones(order.size, dtype=bool), np.zeros(order.size, dtype=bool)
    ok = np.broadcast_to(test.ok, (children,))[order]
    return np.broadcast_to(test.val & test.ok, (children,))[order], ~ok


def reduced(name: str, value: Column | None, test: Flag | None, joined: Joined, parents: int, children: int) -> Column:
    """Return an aggregate other than ONLY over children that hang on parents."""
    keep, doubtful = _kept(test, joined, children)
    known = _count(joined, doubtful, parents) == 0
    if value is None:
        return _whole(_count(joined, keep, parents), known)
    present = np.broadcast_to(value.ok, (children,))[joined.order]
    count = _count(joined, keep & present, parents)
    if name == "COUNT":
        return _whole(count, known)
    if name in ("ANY", "ALL"):
        return _quantified(name, value, joined, keep, present, known, parents, children)
    complete = _count(joined, keep & ~present, parents) == 0
    ok = known & complete if name == "SUM" else known & complete & (count > 0)
    if isinstance(value, Days):
        low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
        how, empty = (np.minimum, high) if name == "MIN" else (np.maximum, low)
        found = _spread(np.broadcast_to(value.val, (children,)), joined, keep & present, how, int(empty), parents)
        return Days(np.where(ok, found, 0), ok)
    assert isinstance(value, Num) and isinstance(value.den, int)
    if name == "MEDIAN":
        return _median(value, joined, keep & present, count, ok, parents, children)
    return _numbers(name, value, joined, keep & present, ok, parents, children)


def _median(value: Num, joined: Joined, kept: Array, count: Array, ok: Array, parents: int, children: int) -> Num:
    """Return the middle value, or the mean of the middle two: always over twice the denominator, so that it stays whole."""
    values = fit(np.broadcast_to(value.num, (children,)), 2 * value.top)[joined.order][kept]
    owner = joined.parent[joined.order][kept]
    rising = np.argsort(values, kind="stable")
    order = rising[np.argsort(owner[rising], kind="stable")]
    first = np.searchsorted(owner[order], np.arange(parents), side="left")
    has = count > 0
    low, high = np.where(has, first + (count - 1) // 2, 0), np.where(has, first + count // 2, 0)
    if order.size == 0:
        return Num(np.zeros(parents, dtype=np.int64), 2 * value.den, ok & has, 0, 2 * value.dtop)
    total = values[order][low] + values[order][high]
    return Num(np.where(ok, total, 0), 2 * value.den, ok, 2 * value.top, 2 * value.dtop)


def _numbers(name: str, value: Num, joined: Joined, kept: Array, ok: Array, parents: int, children: int) -> Num:
    values = np.broadcast_to(value.num, (children,))
    if name == "SUM":
        top = value.top * max(children, 1)
        return Num(_spread(fit(values, top), joined, kept, np.add, 0, parents), value.den, ok, top, value.dtop)
    edge = value.top + 1
    how, empty = (np.minimum, edge) if name == "MIN" else (np.maximum, -edge)
    found = _spread(fit(values, edge), joined, kept, how, empty, parents)
    return Num(np.where(ok, found, 0), value.den, ok, edge, value.dtop)


def _whole(count: Array, ok: Array) -> Num:
    top = int(count.max()) if count.size else 0
    return Num(count, 1, ok, top, 1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which child a filter leaves for each parent: its position, -1 where there is none; how many there are; where the filter is known."""

    places: Array
    most: int
    counts: Array
    known: Array


def choose_only(joined: Joined, test: Flag | None, parents: int) -> Chosen:
    """Find the children that a filter leaves, in the order of the children: nothing is sorted."""
    parent = joined.parent
    keep, known = parent >= 0, np.asarray([True])
    if test is not None:
        decided = np.broadcast_to(test.ok, parent.shape)
        if not bool(np.all(test.ok)):
            known = np.bincount(parent[keep & ~decided], minlength=parents) == 0
        keep = keep & decided & np.broadcast_to(test.val, parent.shape)
    rows = np.flatnonzero(keep)
    owners = parent[rows]
    counts = np.bincount(owners, minlength=parents)
    places = np.full(parents, -1, dtype=np.int64)
    places[owners] = rows
    return Chosen(places, int(counts.max()) if parents else 0, counts, known)


def _only(run: ColumnRun, expr: Expr, link: Link, value: Column, test: Flag | None) -> Column:
    chosen = run.chosen(link, expr.args[-1] if test is not None else None, test)
    if chosen.most > 1:
        first = int(np.flatnonzero(chosen.counts > 1)[0])
        key = run.table(link.owner).column(run.compiled.book.entities[link.owner].key[0])[first].as_py()
        raise several(expr, int(chosen.counts[first]), key)
    found, known = take(value, chosen.places, run.size(link.to)), chosen.known
    if isinstance(found, Num):
        return Num(found.num, found.den, found.ok & known, found.top, found.dtop)
    if isinstance(found, Words):
        return Words(found.codes, found.words, found.ok & known)
    return type(found)(found.val, found.ok & known)


def _quantified(name: str, value: Column, joined: Joined, keep: Array, present: Array, known: Array, parents: int, children: int) -> Flag:
    """ANY and ALL, three-valued: a row that decides outweighs rows that are not known."""
    assert isinstance(value, Flag)
    held = np.broadcast_to(value.val, (children,))[joined.order]
    deciding = held if name == "ANY" else ~held
    decided = _count(joined, keep & present & deciding, parents) > 0
    unknown = (_count(joined, keep & ~present, parents) > 0) | ~known
    val = decided if name == "ANY" else ~decided
    return Flag(val, decided | ~unknown)
