"""Group steps over whole columns: sums, ranks and bands of rows that agree in their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from townwright.kernel.formula.executors.aggregate import reduced
from townwright.kernel.formula.executors.arrays import Array, Column, Flag, Num, Words
from townwright.kernel.formula.executors.links import joined_of, take
from townwright.kernel.formula.ir import Expr, Grouping
from townwright.kernel.formula.rulebook import BandRules, Step
from townwright.kernel.values.rounding import round_fraction

if TYPE_CHECKING:
    from townwright.kernel.formula.executors.columns import ColumnRun


def group_step(run: ColumnRun, expr: Expr) -> Column:
    """Return the column of SUM(x, BY(…)) and its like, of RANK or of BAND.

    Where a filter cannot be decided for a row of a group, or a value that takes part is missing, the whole group's
    results are missing. A row whose key is missing belongs to no group.
    """
    size, grouping = run.size(expr.entity), expr.extra
    value, test, veto, keys = grouping.parts([run.value(arg) for arg in expr.args])
    group, count = _groups(keys, size)
    if expr.op == "group":
        joined = joined_of(group)
        return take(reduced(expr.name, value, test, joined, max(count, 1), size), group, max(count, 1))
    part, known = _taking_part(value, test, group, count, size)
    values = np.broadcast_to(value.num, (size,))[part]
    if expr.op == "rank":
        place = np.zeros(size, dtype=np.int64)
        place[part] = _ranks(values, group[part], grouping)
        ok = np.zeros(size, dtype=bool)
        ok[part] = known[group[part]]
        return Num(place, 1, ok, size, 1)
    rules = run.compiled.book.tables[expr.name].bands
    assert rules is not None
    return _bands(run.compiled.steps(expr.name), rules, grouping, (values, group, part, known), veto, size)


def _groups(keys: list[Any], size: int) -> tuple[Array, int]:
    """Return each row's group (-1: a key is missing) and how many groups there are."""
    codes = np.zeros(size, dtype=np.int64)
    known = np.ones(size, dtype=bool)
    for key in keys:
        known &= np.broadcast_to(key.ok, (size,))
        own = _codes(key, size)
        # Numbered anew after each key, so that the product of the counts cannot overflow.
        _, codes = np.unique(codes * (int(own.max(initial=0)) + 1) + own, return_inverse=True)
    used, numbered = np.unique(codes[known], return_inverse=True)
    group = np.full(size, -1, dtype=np.int64)
    group[known] = numbered
    return group, int(used.size)


def _codes(key: Any, size: int) -> Array:
    if isinstance(key, Words):
        index = {word: place for place, word in enumerate(dict.fromkeys(key.words))}
        same = np.asarray([index[word] for word in key.words], dtype=np.int64)
        return np.broadcast_to(same[key.codes], (size,))
    values = np.broadcast_to(key.num if isinstance(key, Num) else np.asarray(key.val), (size,))
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64)


def _taking_part(value: Num, test: Flag | None, group: Array, count: int, size: int) -> tuple[Array, Array]:
    """Return which rows are ranked, and for which groups all that matters is known."""
    ok = np.broadcast_to(value.ok, (size,))
    held = np.ones(size, dtype=bool) if test is None else np.broadcast_to(test.val & test.ok, (size,))
    decided = np.ones(size, dtype=bool) if test is None else np.broadcast_to(test.ok, (size,))
    doubtful = (group >= 0) & (~decided | (held & ~ok))
    known = np.ones(max(count, 1), dtype=bool)
    known[group[doubtful]] = False
    return (group >= 0) & held & ok, known


def _sorted(values: Array, group: Array, order: str) -> Array:
    keys = -values if order == "desc" else values
    rising = np.argsort(keys, kind="stable")
    return np.asarray(rising[np.argsort(group[rising], kind="stable")])


def _runs(values: Array, group: Array, order: Array) -> tuple[Array, Array]:
    """Return, along the sorted rows, where a new group and where a new value begins."""
    new_group = np.r_[True, group[order][1:] != group[order][:-1]] if order.size else np.zeros(0, dtype=bool)
    new_value = new_group | (np.r_[True, np.asarray(values[order][1:] != values[order][:-1], dtype=bool)] if order.size else new_group)
    return new_group, new_value


def _ranks(values: Array, group: Array, grouping: Grouping, ties: str = "") -> Array:
    """Return ranks from 1: ``competition`` 1 2 2 4, ``dense`` 1 2 2 3, ``last`` 1 3 3 4."""
    order = _sorted(values, group, grouping.order)
    new_group, new_value = _runs(values, group, order)
    place = np.arange(order.size)
    begins = np.maximum.accumulate(np.where(new_group, place, 0)) if order.size else place
    ties = ties or grouping.ties
    if ties == "dense":
        steps = np.cumsum(new_value)
        rank = steps - steps[begins] + 1 if order.size else steps
    elif ties == "last":
        edge = np.r_[np.flatnonzero(new_value)[1:], order.size] - 1
        rank = edge[np.cumsum(new_value) - 1] - begins + 1 if order.size else place
    else:
        rank = (np.maximum.accumulate(np.where(new_value, place, 0)) if order.size else place) - begins + 1
    result = np.zeros(order.size, dtype=np.int64)
    result[order] = rank
    return result


def _bands(
    steps: tuple[Step, ...], rules: BandRules, grouping: Grouping, ranked: tuple[Array, Array, Array, Array], veto: Flag | None, size: int
) -> Words:  # fmt: skip
    values, group, part, known = ranked
    names = tuple(step.band for step in steps)
    own = group[part]
    place = _ranks(values, own, grouping, "competition" if rules.ties == "up" else "last")
    sizes = np.bincount(own, minlength=known.size)[own] if own.size else own
    band = np.zeros(own.size, dtype=np.int64)
    for count in np.unique(sizes).tolist():
        here = sizes == count
        if count < rules.fewer:
            band[here] = names.index(rules.small)
        else:
            edges = [round_fraction(step.start * count, rules.rounding) for step in steps]
            band[here] = np.searchsorted(edges, place[here], side="left")
    codes, ok = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool)
    codes[part], ok[part] = band, known[own]
    if veto is not None:
        held = np.broadcast_to(veto.val & veto.ok, (size,))
        codes = np.where(held, np.maximum(codes, names.index(grouping.veto)), codes)
        ok = ok & np.broadcast_to(veto.ok, (size,))
    return Words(codes, names, ok)
