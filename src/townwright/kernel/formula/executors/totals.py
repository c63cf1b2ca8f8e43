"""Totals over rows that come in batches: exact, whatever the batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from townwright.kernel.formula.executors.arrays import SAFE, Array, Column, Days, Flag, Num, fit
from townwright.kernel.formula.ir import Expr

ADDABLE = frozenset({"SUM", "COUNT", "MIN", "MAX", "ANY", "ALL"})


@dataclass(frozen=True, slots=True)
class Member:
    """An aggregate over all rows of an entity, with the names under which its value and its filter are computed for each row."""

    expr: Expr
    value: str
    test: str


class Total:
    """One aggregate as it grows."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.known, self.complete = True, True
        self.count = 0
        self.decided = False
        self.sum = 0
        self.least: int | None = None
        self.most: int | None = None
        self.den: int | None = None
        self.days = False

    def add(self, value: Column | None, test: Flag | None, rows: int) -> None:
        """Take in one batch."""
        keep = np.ones(rows, dtype=bool)
        if test is not None:
            ok = np.broadcast_to(test.ok, (rows,))
            keep = np.broadcast_to(test.val, (rows,)) & ok
            self.known &= bool(ok.all())
        if value is None:
            self.count += int(keep.sum())
            return
        there = keep & np.broadcast_to(value.ok, (rows,))
        self.complete &= bool((there == keep).all())
        if self.member.expr.name == "COUNT":
            self.count += int(there.sum())
            return
        self.count += int(keep.sum())
        if isinstance(value, Flag):
            wanted = self.member.expr.name == "ANY"
            self.decided |= bool((there & (np.broadcast_to(value.val, (rows,)) == wanted)).any())
        elif isinstance(value, Num):
            self._numbers(value, there, rows)
        elif isinstance(value, Days):
            self.days = True
            self._extremes(np.broadcast_to(value.val, (rows,))[there], 1)

    def _numbers(self, value: Num, there: Array, rows: int) -> None:
        assert isinstance(value.den, int)
        found = np.broadcast_to(value.num, (rows,))[there]
        if self.member.expr.name == "SUM" and found.size:
            top = int(np.abs(found).max()) * found.size
            self._scale(value.den)
            self.sum += int(fit(found, top).sum()) * (self._den() // value.den)
        else:
            self._extremes(found, value.den)

    def _den(self) -> int:
        return self.den or 1

    def _scale(self, den: int) -> None:
        """Bring what there is over a denominator that the batch's also divides."""
        before, self.den = self._den(), int(np.lcm(self._den(), den)) if max(self._den(), den) < SAFE else self._den() * den
        factor = self.den // before
        self.sum *= factor
        self.least = None if self.least is None else self.least * factor
        self.most = None if self.most is None else self.most * factor

    def _extremes(self, found: Array, den: int) -> None:
        if not found.size:
            return
        self._scale(den)
        factor = self._den() // den
        low, high = int(found.min()) * factor, int(found.max()) * factor
        self.least = low if self.least is None else min(self.least, low)
        self.most = high if self.most is None else max(self.most, high)

    def column(self, owners: int) -> Column:
        """Return the aggregate for each owner: all rows hang on the first, on the others none."""
        name = self.member.expr.name
        first: tuple[Any, bool]
        empty: tuple[Any, bool]
        if name in ("ANY", "ALL"):
            settled = self.decided if name == "ANY" else not self.decided
            first, empty = (settled, self.decided or (self.known and self.complete)), (name == "ALL", True)
        elif name == "COUNT":
            first, empty = (self.count, self.known), (0, True)
        elif name == "SUM":
            first, empty = (self.sum, self.known and self.complete), (0, True)
        else:
            edge = self.least if name == "MIN" else self.most
            first, empty = (edge or 0, self.known and self.complete and self.count > 0), (0, False)
        told = [first] + [empty] * (owners - 1)
        ok = np.asarray([good for _, good in told[:owners]], dtype=bool)
        values = [value for value, _ in told[:owners]]
        if name in ("ANY", "ALL"):
            return Flag(np.asarray(values, dtype=bool), ok)
        top = max((abs(value) for value in values), default=0)
        array = fit(np.asarray(values, dtype=object), top)
        return Days(array, ok) if self.days else Num(array, self._den(), ok, top, self._den())
