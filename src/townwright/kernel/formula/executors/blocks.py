"""The numpy executor over blocks of rows: what fits in the cache is computed before it is left, and blocks run in parallel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num, Words, fit
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.fused import Job
from townwright.kernel.formula.executors.reading import direct, leaves_of
from townwright.kernel.formula.ir import Expr

Name = tuple[str, str]


class _Block(ColumnRun):
    """One block: whole columns come in cut to its rows."""

    def __init__(self, compiled: Any, given: Mapping[Expr, Column], kept: Mapping[Name, Column]) -> None:
        super().__init__(compiled, {})
        self._given = given
        self._kept.update(kept)

    def variable(self, entity: str, name: str) -> Column:
        """Return a variable's column; what stands below a given value needs no computing."""
        stack = [(entity, name)]
        while stack:
            needs = [need for need in direct(self.compiled.formulas[stack[-1]]) if need not in self._kept]
            if needs and stack[-1] not in self._kept:
                stack.extend(needs)
                continue
            top = stack.pop()
            if top not in self._kept:
                self._kept[top] = self._compute(top)
        return self._kept[entity, name]

    def value(self, expr: Expr) -> Column:
        """Return the column of an expression."""
        return self._given[expr] if expr in self._given else super().value(expr)


def compute_blocks(job: Job, stored: Sequence[Name], kept: Callable[[Name], Column]) -> dict[Name, Column]:
    """Compute the job's variables and return the stored ones; what they refer to is kept already or stands before them.

    The result does not depend on the blocks: every row is exact by itself.
    """
    size, formulas, own = job.rows, job.run.compiled.formulas, set(job.names)
    leaves = {leaf: job.given(leaf) for name in job.names for leaf in leaves_of(formulas[name])}
    outer = {ref: kept(ref) for name in job.names for ref in direct(formulas[name]) if ref not in own}

    def one(start: int) -> list[Column]:
        end = min(start + job.block, size)
        cut = {leaf: sliced(column, start, end, size) for leaf, column in leaves.items()}
        part = _Block(job.run.compiled, cut, {name: sliced(column, start, end, size) for name, column in outer.items()})
        return [spread(part.variable(*name), end - start) for name in stored]

    starts = range(0, max(size, 1), job.block)
    if job.threads <= 1 or len(starts) == 1:
        parts = [one(start) for start in starts]
    else:
        with ThreadPoolExecutor(job.threads) as pool:
            parts = list(pool.map(one, starts))
    return {name: joined([part[index] for part in parts]) for index, name in enumerate(stored)}


def sliced(column: Column, start: int, end: int, size: int) -> Column:
    """Return the rows from ``start`` up to but without ``end``; what is the same for all rows stays so."""

    def cut(array: Array) -> Array:
        return array[start:end] if array.shape[:1] == (size,) else array

    if isinstance(column, Num):
        den = cut(column.den) if isinstance(column.den, np.ndarray) else column.den
        return Num(cut(column.num), den, cut(column.ok), column.top, column.dtop)
    if isinstance(column, Words):
        return Words(cut(column.codes), column.words, cut(column.ok))
    return type(column)(cut(column.val), cut(column.ok))


def spread(column: Column, size: int) -> Column:
    """Return the column with one entry for every row."""

    def out(array: Any) -> Array:
        return np.broadcast_to(array, (size,))

    if isinstance(column, Num):
        den = column.den if isinstance(column.den, int) else out(column.den)
        return Num(out(column.num), den, out(column.ok), column.top, column.dtop)
    if isinstance(column, Words):
        return Words(out(column.codes), column.words, out(column.ok))
    return type(column)(out(column.val), out(column.ok))


def joined(parts: Sequence[Any]) -> Column:
    """Put the blocks of one column together."""
    first = parts[0]
    if len(parts) == 1:
        return first  # type: ignore[no-any-return]
    ok = np.concatenate([part.ok for part in parts])
    if isinstance(first, Flag | Days):
        return type(first)(np.concatenate([part.val for part in parts]), ok)
    if isinstance(first, Words):
        places: dict[str, int] = {}
        maps = [np.asarray([places.setdefault(word, len(places)) for word in part.words], dtype=np.int64) for part in parts]
        return Words(np.concatenate([move[part.codes] for move, part in zip(maps, parts, strict=True)]), tuple(places), ok)
    top, dtop = max(part.top for part in parts), max(part.dtop for part in parts)
    den: Any = first.den
    if not all(isinstance(part.den, int) and part.den == den for part in parts):
        den = np.concatenate([fit(np.broadcast_to(np.asarray(part.den), part.num.shape), dtop) for part in parts])
    return Num(np.concatenate([fit(part.num, top) for part in parts]), den, ok, top, dtop)
