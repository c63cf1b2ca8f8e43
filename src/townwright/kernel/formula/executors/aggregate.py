"""Aggregates over a link: integer sums, counts, extremes and the only one, per parent row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num, Words, fit
from townwright.kernel.formula.executors.links import Joined, take
from townwright.kernel.formula.findings import UnableToEvaluate
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
    if joined.order.size:
        result[joined.owners] = np.add.reduceat(kept.astype(np.int64), joined.starts)
    return result


def aggregate(run: ColumnRun, expr: Expr, link: Link, value: Column | None, test: Flag | None) -> Column:
    """Return one value for each parent row.

    A filter that cannot be decided for a row, or a missing member, makes the result missing: it is not known
    whether or how much the row adds. COUNT and SUM over no rows are 0; the others are missing.

    Raises:
        UnableToEvaluate: ONLY finds two rows or more; the message names the parent.
    """
    joined, parents, children = run.join(link), run.size(link.owner), run.size(link.to)
    order = joined.order
    keep = np.ones(order.size, dtype=bool)
    doubtful = np.zeros(order.size, dtype=bool)
    if test is not None:
        keep = np.broadcast_to(test.val & test.ok, (children,))[order]
        doubtful = ~np.broadcast_to(test.ok, (children,))[order]
    known = _count(joined, doubtful, parents) == 0
    count = _count(joined, keep, parents)
    if expr.name == "COUNT" and value is None:
        return _whole(count, known)
    assert value is not None
    present = np.broadcast_to(value.ok, (children,))[order]
    if expr.name == "COUNT":
        return _whole(_count(joined, keep & present, parents), known)
    complete = _count(joined, keep & ~present, parents) == 0
    if expr.name == "ONLY":
        return _only(run, expr, link, joined, keep, count, known, value, children)
    if expr.name in ("ANY", "ALL"):
        return _quantified(expr.name, value, joined, keep, present, known, parents, children)
    ok = known & complete if expr.name == "SUM" else known & complete & (count > 0)
    if isinstance(value, Days):
        low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
        how, empty = (np.minimum, high) if expr.name == "MIN" else (np.maximum, low)
        found = _spread(np.broadcast_to(value.val, (children,)), joined, keep & present, how, int(empty), parents)
        return Days(np.where(ok, found, 0), ok)
    assert isinstance(value, Num) and isinstance(value.den, int)
    return _numbers(expr.name, value, joined, keep & present, ok, parents, children)


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


def _only(
    run: ColumnRun, expr: Expr, link: Link, joined: Joined, keep: Array, count: Array, known: Array, value: Column, children: int
) -> Column:
    many = np.flatnonzero(count > 1)
    if many.size:
        key = run.table(link.owner).column(run.compiled.book.entities[link.owner].key[0])[int(many[0])].as_py()
        raise UnableToEvaluate(
            f"{expr.text} finds {int(count[many[0]])} rows of {link.to} for {link.owner} {key}: narrow the FILTER, or correct the records."
        )
    places = np.full(run.size(link.owner), -1, dtype=np.int64)
    places[joined.parent[joined.order[keep]]] = joined.order[keep]
    found = take(value, places, children)
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
