"""The engine that computes rulebooks on Spark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.sql import SparkSession

from townwright.frame.cluster.passes import Passes
from townwright.frame.cluster.run import StagedRun
from townwright.frame.cluster.session import open_session
from townwright.kernel.formula.carriers import from_arrow
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.evaluation import Evaluation
from townwright.kernel.formula.executors.arrays import Column
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.load import arrow_column
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.staged import slot_arrays
from townwright.kernel.formula.stages import Plan
from townwright.kernel.formula.staging import column_field, plan_stages

if TYPE_CHECKING:
    from townwright.frame.tables import Source, TableFiles


class Collected(ColumnRun):
    """A run that is over: it holds what was asked for, and computes nothing more."""

    def __init__(self, compiled: CompiledRulebook, tables: Mapping[str, pa.Table], kept: Mapping[tuple[str, str], Column]) -> None:
        super().__init__(compiled, tables)
        self._kept.update(kept)


class SparkEngine:
    """Computes on Spark what the embedded engine computes in memory: the same values, to the last digit."""

    name = "spark"

    def __init__(self, session: SparkSession, scratch: Path | None = None, passes: Passes | None = None) -> None:
        self.session, self.scratch, self.passes = session, scratch, passes or Passes()

    @classmethod
    @contextmanager
    def started(cls, *, master: str = "", scratch: Path | None = None, passes: Passes | None = None) -> Iterator[SparkEngine]:
        """Start Spark for a while; a session that ran before runs on.

        ``scratch`` is a folder that all machines of the cluster see (default: this machine's folder for passing files); ``passes`` says
        how rows are computed.

        Raises:
            UnableToStartSpark: Java fails, or the cluster does not answer or has no machine to spare.
        """
        running = SparkSession.getActiveSession()
        session = open_session(master)
        try:
            yield cls(session, scratch, passes)
        finally:
            if running is None:
                # Java may be gone by now; what ended it has been told.
                with suppress(Py4JError, OSError):
                    session.stop()

    def evaluate(
        self, compiled: CompiledRulebook, source: Source, *, outputs: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]] = ()
    ) -> Evaluation:
        """Return an evaluation that knows the outputs (entity, variable) and the columns (entity, column), in the tables' order.

        Raises:
            UnableToEvaluate: rows do not fit the rulebook, or a number is too long to pass between stages.
            UnableToReadTable: a file is missing or cut short.
            UnableToRunOnSpark: the cluster gave no result.
        """
        files: dict[str, TableFiles] = {}
        plan = plan_stages(compiled, outputs, carried=columns)
        for table in plan.tables:
            files[table.entity] = source.files(table.entity)
        # The decimals that the files hold are known only now; the entities that are read do not hang on them.
        plan = plan_stages(compiled, outputs, carried=columns, columns=_decimals(files))
        _check_columns(plan, files)
        collected = StagedRun(self.session, compiled, plan, files, columns, self.passes).collect(self.scratch)
        kept = {
            name: from_arrow(slot_arrays(collected[slot.entity], slot), slot.form)
            for name, slot in zip(dict.fromkeys(outputs), plan.wanted, strict=True)
        }
        return Evaluation(compiled, Collected(compiled, {one: _plain(collected[one], columns, one) for one in collected}, kept))


def _decimals(files: Mapping[str, TableFiles]) -> dict[tuple[str, str], int]:
    return {
        (entity, field.name): field.type.scale if pa.types.is_decimal(field.type) else 0
        for entity, one in files.items()
        for field in one.schema
        if pa.types.is_decimal(field.type) or pa.types.is_integer(field.type) or pa.types.is_null(field.type)
    }


def _check_columns(plan: Plan, files: Mapping[str, TableFiles]) -> None:
    """Demand the columns that the plan reads, of the kinds that the rulebook declares.

    Raises:
        UnableToEvaluate: a column is not there or holds another kind of value.
    """
    for stage in plan.tables:
        empty = files[stage.entity].schema.empty_table()
        for slot in stage.slots:
            arrow_column(empty, stage.entity, slot.column, slot.expr.type)
        for name in stage.columns:
            if name not in empty.column_names:
                raise UnableToEvaluate("no-column", entity=stage.entity, name=name, known=", ".join(empty.column_names))


def _plain(table: pa.Table, columns: Sequence[tuple[str, str]], entity: str) -> pa.Table:
    """Return the carried columns of an entity under their own names, with one row for each of its rows."""
    names = [name for owner, name in dict.fromkeys(columns) if owner == entity]
    found = {name: table.column(column_field(name)) for name in names}
    return pa.table(found) if found else pa.table({"": pa.nulls(table.num_rows)})
