"""The stages of a distributed run, run one after the other in memory; values pass as Arrow columns, as on a cluster."""

import pyarrow as pa

from townwright.kernel.formula.carriers import from_arrow, to_arrow
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.load import load_column
from townwright.kernel.formula.staged import run_rows, slot_arrays
from townwright.kernel.formula.stages import reads, results


class _Given(ColumnRun):
    def __init__(self, compiled, tables, given):
        super().__init__(compiled, tables)
        self.given = given

    def value(self, expr):
        return self.given[expr] if expr in self.given else super().value(expr)


def _column(frame, slot):
    if slot.column:
        return load_column(
            frame.rename_columns([name.removeprefix("c_") for name in frame.column_names]), slot.entity, slot.column, slot.expr.type
        )
    return from_arrow(slot_arrays(frame, slot), slot.form)


def _read(stage, table):
    frame = {f"c_{name}": table.column(name) for name in stage.columns}
    return pa.table(frame) if frame else pa.table({"": pa.nulls(table.num_rows)})


def run_plan(compiled, plan, tables, batch=3, engine=None):
    """Return the frames by entity at the end; row by row passes see so many rows at a time."""
    frames = {stage.entity: _read(stage, tables[stage.entity]) for stage in plan.tables}
    for level in plan.levels:
        before = dict(frames)
        for stage in level.across:
            _add(frames, stage, _across(compiled, stage, before, tables))
        for stage in level.rows:
            frame = frames[stage.entity]
            parts = [run_rows(compiled, stage, frame.slice(start, batch), engine) for start in range(0, max(frame.num_rows, 1), batch)]
            _add(frames, stage, {name: pa.concat_arrays([part[name] for part in parts]) for name in parts[0]})
    return frames


def _add(frames, stage, made):
    for name, array in made.items():
        frames[stage.entity] = frames[stage.entity].append_column(name, array)


def _across(compiled, stage, frames, tables):
    """Only what the stage says that it reads is given to it: what is missing from it fails here."""
    given = {slot.expr: _column(frames[entity], slot) for entity, slots, _ in reads(stage) for slot in slots}
    raw = {(entity, name) for entity, _, names in reads(stage) for name in names}
    assert all(f"c_{name}" in frames[entity].column_names for entity, name in raw)
    run, made = _Given(compiled, tables, given), {}
    for slot in results(stage):
        arrays = to_arrow(run.value(slot.expr), slot.form, frames[stage.entity].num_rows, slot.expr.text)
        made.update({field.name: array for field, array in zip(slot.form.fields(slot.name), arrays, strict=True)})
    return made


def staged_values(compiled, names, tables, engine=None, **told):
    """Return the wanted variables as exact columns; ``engine`` runs the passes row by row."""
    from townwright.kernel.formula.staging import plan_stages

    plan = plan_stages(compiled, names, columns=held_places(tables), **told)
    frames = run_plan(compiled, plan, tables, engine=engine)
    return {name: _column(frames[name[0]], slot) for name, slot in zip(names, plan.wanted, strict=True)}


def held_places(tables):
    """Return how many decimals the number columns of the tables hold."""
    return {
        (entity, field.name): field.type.scale
        for entity, table in tables.items()
        for field in table.schema
        if pa.types.is_decimal(field.type)
    }
