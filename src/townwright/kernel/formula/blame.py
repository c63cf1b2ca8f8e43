"""By whole columns: which of the things asked for fail for which rows, by how much, and which inputs are missing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from townwright.kernel.formula.bind_prior import base_of
from townwright.kernel.formula.compiled import AMOUNT
from townwright.kernel.formula.executors import arrays
from townwright.kernel.formula.executors.arrays import Array, Num
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.ir import AGGREGATE_OPS, GROUP_OPS, Expr
from townwright.kernel.formula.needs_tree import Atom, Need, need_of
from townwright.kernel.formula.ordering import closure
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.formula.types import DATE
from townwright.kernel.formula.wording import earlier_label

Name = tuple[str, str]
Marked = list[tuple[Atom, Array]]


class Blame:
    """Reads the columns of one run; each sub-expression is computed once."""

    def __init__(self, run: ColumnRun, entity: str) -> None:
        self.run, self.entity, self.size = run, entity, run.size(entity)
        self._seen: dict[int, tuple[Expr, Any]] = {}

    def column(self, expr: Expr) -> Any:
        """Return the column of an expression."""
        if id(expr) not in self._seen:
            self._seen[id(expr)] = (expr, self.run.value(expr))
        return self._seen[id(expr)][1]

    def _full(self, part: Any) -> Array:
        return np.broadcast_to(part, (self.size,))

    def failing(self, key: Name) -> Marked:
        """Return the things asked for by a condition, each with the rows for which it has to change."""
        flag = self.run.variable(*key)
        refused = self._full(flag.ok) & ~self._full(flag.val)  # type: ignore[union-attr]
        formula = self.run.compiled.formulas[key]
        cost, marked = self._need(need_of(self.run.compiled, formula))
        # Where what lies behind a figure accounts for nothing, the figure itself is told.
        told = cost > 0
        _, plain = self._need(need_of(self.run.compiled, formula, opened=False))
        merged: dict[Atom, Array] = {}
        for atoms, rows in ((marked, refused & told), (plain, refused & ~told)):
            for atom, mask in atoms:
                here = mask & rows
                merged[atom] = merged[atom] | here if atom in merged else here
        return [(atom, mask) for atom, mask in merged.items() if bool(mask.any())]

    def _need(self, need: Need) -> tuple[Array, Marked]:
        """Return how many things fail in each row, at the fewest, and which."""
        if need.atom is not None:
            flag = self.column(need.atom.expr)
            fails = self._full(flag.ok) & (self._full(flag.val) != need.atom.want)
            return fails.astype(np.int64), [(need.atom, fails)]
        if not need.children:
            return np.zeros(self.size, dtype=np.int64), []
        below = [self._need(child) for child in need.children]
        costs = np.stack([cost for cost, _ in below])
        if need.kind == "all":
            return costs.sum(axis=0), [pair for _, marked in below for pair in marked]
        best = np.argmin(costs, axis=0)
        chosen = [(atom, mask & (best == place)) for place, (_, marked) in enumerate(below) for atom, mask in marked]
        return costs.min(axis=0), chosen

    def gaps(self, atom: Atom, rows: Array, places: int) -> list[Decimal | None]:
        """Return by how much the rows miss what is asked, rounded up at so many decimals; None without a measure."""
        if not atom.measured or atom.left is None or atom.right is None:
            return [None] * rows.size
        left, right = self.column(atom.left), self.column(atom.right)
        if atom.left.type.kind == DATE:
            days = np.abs(self._full(left.val) - self._full(right.val))[rows]
            return [Decimal(int(count)) for count in days]
        slack: Num = arrays.add(left, right, -1)
        num, den = self._full(slack.num)[rows].tolist(), self._full(slack.den)[rows].tolist()
        more = 1 if atom.whole and atom.op in ("gt", "lt") else 0
        return [Decimal(-(-abs(n) * 10**places // d) + more * 10**places).scaleb(-places) for n, d in zip(num, den, strict=True)]

    def missing(self, undecided: Array) -> tuple[list[Mapping[str, str]], list[tuple[int, Array]]]:
        """Return the labels of what is missing, and for each the rows that cannot be decided for want of it."""
        compiled = self.run.compiled
        policy = compiled.book.policy
        assert policy is not None
        masks: dict[Name, Array] = {}
        roots = [(policy.entity, condition_key(name)) for name in policy.conditions]
        for root in [*roots, (policy.entity, AMOUNT)]:
            masks[root] = undecided & ~self._full(self.run.variable(*root).ok)
        names = closure(compiled.formulas, masks)
        found: dict[Name, Array] = {}
        for name in reversed(compiled.order):
            mask = masks.get(name)
            if name in names and mask is not None and bool(mask.any()):
                self._origins(compiled.formulas[name], mask, name, masks, found)
        labels = [self._label(name) for name in found]
        return labels, list(enumerate(found.values()))

    def _label(self, name: Name) -> Mapping[str, str]:
        base, months = base_of(name[1])
        told = self.run.compiled.book.variables.get((name[0], base))
        label = dict(told.label) if told is not None else {"zh": "政策金额", "en": "amount under the policy"}
        return earlier_label(label, months) if months else label

    def _origins(self, expr: Expr, mask: Array, name: Name, masks: dict[Name, Array], found: dict[Name, Array]) -> None:
        """Follow what is missing down to where it begins; a variable of the same rows is followed in its own turn."""
        stack = [(expr, mask)]
        while stack:
            node, above = stack.pop()
            column = self.column(node)
            here = above & ~self._full(column.ok)
            if not bool(here.any()):
                continue
            if node.op == "variable":
                key = (node.entity, node.name)
                masks[key] = masks[key] | here if key in masks else here
                continue
            begins = here
            if node.op in ("div", "add_days", "add_months"):
                begins = here & self._full(self.column(node.args[0]).ok) & self._full(self.column(node.args[1]).ok)
            elif node.op not in _ENDS:
                begins = np.zeros(self.size, dtype=bool)
            if bool(begins.any()):
                found[name] = found[name] | begins if name in found else begins
            if node.op not in _ENDS:
                stack.extend((arg, here) for arg in node.args)


_ENDS = frozenset({"column", "lookup", "prior", "outer", "above", *AGGREGATE_OPS, *GROUP_OPS})
