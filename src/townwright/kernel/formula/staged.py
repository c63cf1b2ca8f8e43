"""One row by row pass of a distributed run: the numpy executor over one batch, with what other stages computed given to it."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from townwright.kernel.formula.carriers import from_arrow, to_arrow
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors.arrays import Column
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.stages import Rows, Slot


class Batch(ColumnRun):
    """A run over some rows of one entity; ``given`` holds the nodes that look at other rows, ``keep`` computes a variable."""

    def __init__(self, compiled: CompiledRulebook, entity: str, rows: pa.Table, given: Mapping[Expr, Column]) -> None:
        super().__init__(compiled, {entity: rows})
        self._given = given

    def value(self, expr: Expr) -> Column:
        """Return the column of an expression."""
        return self._given[expr] if expr in self._given else super().value(expr)

    def keep(self, entity: str, name: str, column: Column | None = None) -> None:
        """Keep a variable as given, or compute it now; what it reads is kept already."""
        self._kept[entity, name] = self._compute((entity, name)) if column is None else column


def slot_arrays(rows: pa.Table, slot: Slot) -> list[pa.Array]:
    """Return the Arrow columns of a slot, each in one piece."""
    found = [rows.column(field.name).combine_chunks() for field in slot.form.fields(slot.name)]
    return [pa.concat_arrays(one.chunks) if isinstance(one, pa.ChunkedArray) else one for one in found]


def run_rows(compiled: CompiledRulebook, stage: Rows, rows: pa.Table) -> dict[str, pa.Array]:
    """Return the Arrow columns that the stage adds to the rows, by field name.

    Raises:
        UnableToEvaluate: a row cannot be computed, or a number does not fit in what carries it.
    """
    columns = {slot.column: rows.column(slot.name) for slot in stage.inputs if slot.column}
    table = pa.table(columns) if columns else pa.table({"": pa.nulls(rows.num_rows)})
    carried = {slot: from_arrow(slot_arrays(rows, slot), slot.form) for slot in stage.inputs if not slot.column}
    batch = Batch(compiled, stage.entity, table, {slot.expr: column for slot, column in carried.items()})
    for slot, column in carried.items():
        if slot.expr.op == "variable":
            batch.keep(slot.expr.entity, slot.expr.name, column)
    for name in stage.names:
        batch.keep(*name)
    made = {}
    for slot in stage.outputs:
        arrays = to_arrow(batch.value(slot.expr), slot.form, rows.num_rows, f"{slot.entity}: {slot.expr.text}")
        made.update({field.name: array for field, array in zip(slot.form.fields(slot.name), arrays, strict=True)})
    return made
