"""One row by row pass of a distributed run over one batch, with what other stages computed given to it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.carriers import from_arrow, to_arrow
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors import fused
from townwright.kernel.formula.executors.arrays import Column, Days, Num, tightened
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.engines import Engine
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.stages import Name, Rows, Slot
from townwright.kernel.formula.staging import row_leaves

# Rows that a compiled pass takes at once.
_BLOCK = 16_384


class Batch(ColumnRun):
    """A run over some rows of one entity; ``given`` holds the nodes that look at other rows, ``keep`` computes a variable."""

    def __init__(self, compiled: CompiledRulebook, stage: Rows, rows: pa.Table, given: Mapping[Expr, Column]) -> None:
        super().__init__(compiled, {stage.entity: rows})
        self._given, self._stage = given, stage

    def value(self, expr: Expr) -> Column:
        """Return the column of an expression."""
        return self._given[expr] if expr in self._given else super().value(expr)

    def keep(self, entity: str, name: str, column: Column | None = None) -> None:
        """Keep a variable as given, or compute it now; what it reads is kept already."""
        self._kept[entity, name] = self._compute((entity, name)) if column is None else column

    def compute(self, engine: Engine | None) -> None:
        """Compute the variables of the stage: in fused passes where the engine can, one after the other where it cannot."""
        pending = list(self._stage.names)
        refused: set[Name] = set()
        while engine is not None and pending:
            outcome = self._pass(pending, refused, engine)
            refused.update(outcome.refused)
            left = [name for name in pending if name not in outcome.computed]
            # What no pass can compute may be what the rest waits for.
            for name in [name for name in left if name in refused and self._ready(self.compiled.formulas[name])]:
                self.keep(*name)
                left.remove(name)
            if len(left) == len(pending):
                break
            pending = left
        for name in pending:
            self.keep(*name)

    def _pass(self, pending: list[Name], refused: set[Name], engine: Engine) -> fused.Outcome:
        def stored(computed: set[Name]) -> list[Name]:
            rest = [self.compiled.formulas[name] for name in pending if name not in computed]
            read = {(leaf.entity, leaf.name) for expr in (*rest, *loose) for leaf in row_leaves(expr) if leaf.op == "variable"}
            return [name for name in pending if name in computed and (name in wanted or name in read)]

        wanted = {(slot.expr.entity, slot.expr.name) for slot in self._stage.outputs if slot.expr.op == "variable"}
        loose = [slot.expr for slot in self._stage.outputs if slot.expr.op != "variable"]
        names = [name for name in pending if name not in refused]
        outcome = fused.compute(fused.Job(self, self._stage.entity, names, self._leaf, 1, _BLOCK), engine, stored)
        self._kept.update({name: _widened(column) for name, column in outcome.columns.items()})
        return outcome

    def _ready(self, expr: Expr) -> bool:
        return all((leaf.entity, leaf.name) in self._kept for leaf in row_leaves(expr) if leaf.op == "variable" and leaf not in self._given)

    def _leaf(self, expr: Expr) -> Column:
        """Return what a pass reads.

        Raises:
            NotReady: a variable below it is still to be computed.
        """
        if expr in self._given:
            return self._given[expr]
        if not self._ready(expr):
            raise fused.NotReady(expr.text)
        return self.value(expr)


def _widened(column: Column) -> Column:
    """Return a column of a pass in the integers that other steps read, with the bound that its rows have."""
    if isinstance(column, Num):
        return tightened(Num(column.num.astype(np.int64, copy=False), column.den, column.ok, column.top, column.dtop))
    return Days(column.val.astype(np.int64, copy=False), column.ok) if isinstance(column, Days) else column


def slot_arrays(rows: pa.Table, slot: Slot) -> list[pa.Array]:
    """Return the Arrow columns of a slot, each in one piece."""
    found = [rows.column(field.name).combine_chunks() for field in slot.form.fields(slot.name)]
    return [pa.concat_arrays(one.chunks) if isinstance(one, pa.ChunkedArray) else one for one in found]


def run_rows(compiled: CompiledRulebook, stage: Rows, rows: pa.Table, engine: Engine | None = None) -> dict[str, pa.Array]:
    """Return the Arrow columns that the stage adds to the rows, by field name; they do not depend on the engine.

    Raises:
        UnableToEvaluate: a row cannot be computed, or a number does not fit in what carries it.
    """
    columns = {slot.column: rows.column(slot.name) for slot in stage.inputs if slot.column}
    table = pa.table(columns) if columns else pa.table({"": pa.nulls(rows.num_rows)})
    carried = {slot: from_arrow(slot_arrays(rows, slot), slot.form) for slot in stage.inputs if not slot.column}
    batch = Batch(compiled, stage, table, {slot.expr: column for slot, column in carried.items()})
    for slot, column in carried.items():
        if slot.expr.op == "variable":
            batch.keep(slot.expr.entity, slot.expr.name, column)
    batch.compute(engine if rows.num_rows else None)
    made = {}
    for slot in stage.outputs:
        arrays = to_arrow(batch.value(slot.expr), slot.form, rows.num_rows, f"{slot.entity}: {slot.expr.text}")
        made.update({field.name: array for field, array in zip(slot.form.fields(slot.name), arrays, strict=True)})
    return made
