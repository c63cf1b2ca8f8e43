"""Which executor computes what: fused passes where they are proven and pay, blocks of the column executor for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors import fused, keys
from townwright.kernel.formula.executors.arrays import Array, Column, Days, Num, tightened
from townwright.kernel.formula.executors.blocks import compute_blocks
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.engines import Engine, engine_for
from townwright.kernel.formula.executors.fused import Job, Name, NotReady
from townwright.kernel.formula.executors.links import Joined
from townwright.kernel.formula.executors.native.machine import Machine
from townwright.kernel.formula.executors.reading import Reading, direct, reading_of
from townwright.kernel.formula.executors.sums import quick_sum
from townwright.kernel.formula.ir import GROUP_OPS, Expr, walk
from townwright.kernel.formula.rulebook import Link


@dataclass(frozen=True, slots=True)
class Execution:
    """How to run; results are the same, to the bit, whatever stands here.

    ``machine`` compiles passes and keeps their code (None, or no compiler: numpy runs them); ``threads`` run blocks of ``block`` rows;
    entities with fewer than ``least`` values to compute (rows × variables) are computed as whole columns.
    """

    machine: Machine | None = None
    threads: int = 1
    block: int = 16_384
    least: int = 500_000


# What a rulebook's own figures, or the rows of other periods, go into.
_OPEN = frozenset({"variable", "parameter", "table", "tier", "bracket", "prior", "total"}) | GROUP_OPS


def _of_columns(expr: Expr) -> bool:
    """Say whether an expression is made of the tables and the period alone."""
    return not any(node.op in _OPEN for node in walk(expr))


class PlannedRun(ColumnRun):
    """A run that computes what is wanted in few sweeps; anything else is computed when asked for."""

    def __init__(self, compiled: CompiledRulebook, tables: Mapping[str, pa.Table], execution: Execution) -> None:
        super().__init__(compiled, tables)
        self.execution = execution
        self._given: dict[Expr, Column] = {}
        self._loose: set[Name] = set()
        # What no fused pass could compute: it was left to the column executor.
        self.refused: set[Name] = set()
        # Values that are known beforehand, as totals that were added up over batches.
        self.preset: dict[Expr, Column] = {}

    def adopt(self, other: PlannedRun) -> None:
        """Take over what another run over the same tables found that no rulebook's figures touch: joins, columns, aggregates of columns."""
        mine, theirs = self.compiled.book, other.compiled.book
        same_keys = all(name in theirs.entities and theirs.entities[name].key == told.key for name, told in mine.entities.items())
        if mine.links != theirs.links or not same_keys or any(self.tables.get(name) is not table for name, table in other.tables.items()):
            return
        self._joins.update(other._joins)
        for (entity, name), column in other._columns.items():
            if entity in mine.entities and mine.entities[entity].columns.get(name) == theirs.entities[entity].columns.get(name):
                self._columns[entity, name] = column
        if self.compiled.period == other.compiled.period:
            self._filters.update((expr, column) for expr, column in other._filters.items() if _of_columns(expr))
            self._chosen.update((key, chosen) for key, chosen in other._chosen.items() if key[1] is None or _of_columns(key[1]))
            self._given.update((expr, column) for expr, column in other._given.items() if _of_columns(expr))

    @cached_property
    def _engine(self) -> Engine:
        return engine_for(self.execution.machine)

    @cached_property
    def _reading(self) -> Reading:
        # Not by way of the engine: it loads the compiler, which small tables do without.
        machine = self.execution.machine
        return reading_of(self.compiled, machine.programs if machine is not None else {})

    def value(self, expr: Expr) -> Column:
        """Return the column of an expression; a native result is widened and gets its true bound when another step first reads it."""
        if self.preset and expr in self.preset:
            return self.preset[expr]
        if expr.op == "aggregate" and expr.name in ("SUM", "COUNT") and all(arg.op in ("variable", "column") for arg in expr.args):
            found = self._quick_sum(expr)
            if found is not None:
                return found
        if expr.op == "variable":
            self._tighten((expr.entity, expr.name))
        return super().value(expr)

    def _quick_sum(self, expr: Expr) -> Column | None:
        """Return a sum whose members are as they were computed, widened on the way, if their proven bounds allow it."""
        link, has_value, has_test = expr.extra
        told: list[Any] = [self.result(arg.entity, arg.name) if arg.op == "variable" else self.value(arg) for arg in expr.args]
        value, test = told[0] if has_value else None, told[-1] if has_test else None
        joined, parents = self.join(link), self.size(link.owner)
        found = quick_sum(expr.name, joined, value, test, parents)
        if found is None and has_value and expr.args[0].op == "variable":
            found = quick_sum(expr.name, joined, self.value(expr.args[0]), test, parents)
        return found

    def join(self, link: Link) -> Joined:
        """Return how the link's children hang on its owner."""
        key = (link.owner, link.name)
        if key not in self._joins and link.path:
            return super().join(link)
        if key not in self._joins:
            owner_key = self.compiled.book.entities[link.owner].key[0]
            self._joins[key] = keys.join(link, self.table(link.owner), owner_key, self.table(link.to))
        return self._joins[key]

    def _lookup(self, link: Link) -> Array:
        key = (link.owner, link.name)
        if key not in self._lookups:
            target_key = self.compiled.book.entities[link.to].key[0]
            self._lookups[key] = keys.places(self.table(link.to).column(target_key), self.table(link.owner).column(link.column))
        return self._lookups[key]

    def _tighten(self, name: Name) -> None:
        if name in self._loose:
            self._loose.discard(name)
            column = self._kept[name]
            if isinstance(column, Num):
                wide = column.num.astype(np.int64, copy=False)
                self._kept[name] = tightened(Num(wide, column.den, column.ok, column.top, column.dtop))
            elif isinstance(column, Days):
                self._kept[name] = Days(column.val.astype(np.int64, copy=False), column.ok)

    def variable(self, entity: str, name: str) -> Column:
        """Return a variable's column, computed if it was not kept."""
        self._tighten((entity, name))
        return super().variable(entity, name)

    def result(self, entity: str, name: str) -> Column:
        """Return a variable's column as it was computed: integers may be of 32 bits, bounds those of the proof."""
        return self._kept[entity, name] if (entity, name) in self._kept else self.variable(entity, name)

    def compute(self, wanted: Iterable[Name]) -> None:
        """Compute the wanted variables, and keep of what they need only what other sweeps read."""
        outputs = set(wanted)
        pending = self._closure(outputs)
        while pending:
            for entity in dict.fromkeys(entity for entity, _ in pending):
                done = self._sweep(entity, pending, outputs)
                if done:
                    break
            else:
                done = {pending[0]}
                self.variable(*pending[0])
            pending = [name for name in pending if name not in done]

    def _closure(self, wanted: set[Name]) -> list[Name]:
        needed, stack = set(), [name for name in wanted if name in self.compiled.formulas]
        while stack:
            name = stack.pop()
            if name in needed or name in self._kept:
                continue
            needed.add(name)
            stack.extend(self._reading.below(name))
        ordered = [name for name in self.compiled.order if name in needed]
        rest = needed.difference(ordered)
        return ordered + [name for name in self.compiled.formulas if name in rest] if rest else ordered

    def _sweep(self, entity: str, pending: list[Name], outputs: set[Name]) -> set[Name]:
        """Compute what can be computed of one entity now; return the names that need no more work."""
        mine = [name for name in pending if name[0] == entity]
        if self.size(entity) * len(mine) < self.execution.least or not self.size(entity):
            ready = [name for name in mine if self._is_ready(name)]
            for name in ready:
                self.variable(*name)
            return set(ready)

        def stored(computed: set[Name]) -> list[Name]:
            read: set[Name] = set()
            for name in pending:
                read |= self._reading.beyond(name) if name in computed else self._reading.below(name)
            return [name for name in mine if name in computed and (name in outputs or name in read)]

        names = [name for name in mine if name not in self.refused]
        outcome = fused.compute(self._job(entity, names), self._engine, stored)
        self.refused.update(outcome.refused)
        self._kept.update(outcome.columns)
        self._loose.update(outcome.columns)
        if outcome.computed:
            return set(outcome.computed)
        mine = [name for name in mine if name in self.refused]
        names = self._numpy_set(mine)
        if names:
            self._kept.update(compute_blocks(self._job(entity, names), stored(set(names)), self._read))
        return set(names)

    def _is_ready(self, name: Name) -> bool:
        """Say whether all that a variable refers to is kept."""
        return all(below in self._kept for below in self._reading.below(name))

    def _numpy_set(self, mine: list[Name]) -> list[Name]:
        """Return the variables that one pass over blocks can compute, in order."""
        chosen: list[Name] = []
        for name in mine:
            formula = self.compiled.formulas[name]
            if all(ref in self._kept for ref in self._reading.beyond(name)) and all(
                ref in self._kept or ref in chosen for ref in direct(formula)
            ):
                chosen.append(name)
        return chosen

    def _job(self, entity: str, names: list[Name]) -> Job:
        return Job(self, entity, names, self._leaf, self.execution.threads, self.execution.block)

    def _read(self, name: Name) -> Column:
        self._tighten(name)
        return self._kept[name]

    def _leaf(self, expr: Expr) -> Column:
        """Return what other steps computed.

        Raises:
            NotReady: a variable below it is still to be computed.
        """
        if expr.op == "variable" and (expr.entity, expr.name) in self._kept:
            return self._read((expr.entity, expr.name))
        if expr not in self._given:
            if any((node.entity, node.name) not in self._kept for node in walk(expr) if node.op == "variable"):
                raise NotReady(expr.text)
            self._given[expr] = self.value(expr)
        return self._given[expr]
