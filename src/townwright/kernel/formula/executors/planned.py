"""Which executor computes what: fused native passes where they are proven and pay, blocks of numpy for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors import fused
from townwright.kernel.formula.executors.arrays import Column, Num, tightened
from townwright.kernel.formula.executors.blocks import compute_blocks, direct, leaves_of
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.fused import Job, Name, NotReady
from townwright.kernel.formula.executors.native.machine import Machine
from townwright.kernel.formula.ir import Expr, walk


@dataclass(frozen=True, slots=True)
class Execution:
    """How to run; results are the same, to the bit, whatever stands here.

    ``machine`` compiles native passes and keeps their code (None: numpy does all); ``threads`` run blocks of ``block`` rows;
    entities with fewer than ``least`` values to compute (rows × variables) are computed as whole columns.
    """

    machine: Machine | None = None
    threads: int = 1
    block: int = 16_384
    least: int = 500_000


class PlannedRun(ColumnRun):
    """A run that computes what is wanted in few sweeps; anything else is computed when asked for."""

    def __init__(self, compiled: CompiledRulebook, tables: Mapping[str, pa.Table], execution: Execution) -> None:
        super().__init__(compiled, tables)
        self.execution = execution
        self._given: dict[Expr, Column] = {}
        self._loose: set[Name] = set()
        self._refused: set[Name] = set()

    def value(self, expr: Expr) -> Column:
        """Return the column of an expression; a native result gets its true bound when another step first reads it."""
        if expr.op == "variable":
            self._tighten((expr.entity, expr.name))
        return super().value(expr)

    def _tighten(self, name: Name) -> None:
        if name in self._loose:
            self._loose.discard(name)
            column = self._kept[name]
            if isinstance(column, Num):
                self._kept[name] = tightened(column)

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
            stack.extend((node.entity, node.name) for node in walk(self.compiled.formulas[name]) if node.op == "variable")
        ordered = [name for name in self.compiled.order if name in needed]
        return ordered + [name for name in self.compiled.formulas if name in needed - set(ordered)]

    def _sweep(self, entity: str, pending: list[Name], outputs: set[Name]) -> set[Name]:
        """Compute what can be computed of one entity now; return the names that need no more work."""
        mine = [name for name in pending if name[0] == entity]
        if self.size(entity) * len(mine) < self.execution.least or not self.size(entity):
            ready = [name for name in mine if self._is_ready(name)]
            for name in ready:
                self.variable(*name)
            return set(ready)

        def stored(computed: set[Name]) -> list[Name]:
            rest = [name for name in pending if name not in computed]
            read = {
                (node.entity, node.name)
                for name in pending
                for part in ([self.compiled.formulas[name]] if name in rest else leaves_of(self.compiled.formulas[name]))
                for node in walk(part)
                if node.op == "variable"
            }
            return [name for name in mine if name in computed and (name in outputs or name in read)]

        machine = self.execution.machine
        if machine is not None and machine.ready:
            names = [name for name in mine if name not in self._refused]
            outcome = fused.compute(self._job(entity, names), machine, stored)
            self._refused.update(outcome.refused)
            self._kept.update(outcome.columns)
            self._loose.update(outcome.columns)
            if outcome.computed:
                return set(outcome.computed)
            mine = [name for name in mine if name in self._refused]
        names = self._numpy_set(mine)
        if names:
            self._kept.update(compute_blocks(self._job(entity, names), stored(set(names)), self._read))
        return set(names)

    def _is_ready(self, name: Name) -> bool:
        """Say whether all that a variable refers to is kept."""
        return all((node.entity, node.name) in self._kept for node in walk(self.compiled.formulas[name]) if node.op == "variable")

    def _numpy_set(self, mine: list[Name]) -> list[Name]:
        """Return the variables that one pass over blocks can compute, in order."""
        chosen: list[Name] = []
        for name in mine:
            formula = self.compiled.formulas[name]
            below = [(node.entity, node.name) for leaf in leaves_of(formula) for node in walk(leaf) if node.op == "variable"]
            if all(ref in self._kept for ref in below) and all(ref in self._kept or ref in chosen for ref in direct(formula)):
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
            return self._kept[expr.entity, expr.name]
        if expr not in self._given:
            if any((node.entity, node.name) not in self._kept for node in walk(expr) if node.op == "variable"):
                raise NotReady(expr.text)
            self._given[expr] = super().value(expr)
        return self._given[expr]
