"""Evaluating rows that come in batches, in memory that does not grow with their number."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from townwright.kernel.formula.batches import Source, read_batches
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors.arrays import Flag
from townwright.kernel.formula.executors.planned import Execution, PlannedRun
from townwright.kernel.formula.executors.totals import ADDABLE, Member, Total
from townwright.kernel.formula.executors.unload import arrow_type, unload_column
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import AGGREGATE_OPS, GROUP_OPS, Expr
from townwright.kernel.formula.types import T_TEXT, Type

Name = tuple[str, str]
# Rows in a batch: columns of a rulebook of some hundred variables then stay within a few dozen megabytes.
BATCH = 131_072
# Steps that look at other rows of their entity.
_OTHER_ROWS = GROUP_OPS | {"prior"}


@dataclass(frozen=True, slots=True)
class Written:
    """What a stream into a file gave: rows written, and the totals."""

    rows: int
    totals: Mapping[str, pa.Table]


class Stream:
    """An evaluation over batches of one entity's rows: iterate for the results, then read the totals.

    Results hold the entity's key columns and the outputs; totals are those outputs that stand on another entity, over all rows.
    """

    def __init__(
        self, compiled: CompiledRulebook, source: Source, *, entity: str, outputs: Sequence[str], tables: Mapping[str, pa.Table] | None = None,
        execution: Execution | None = None, batch_rows: int = BATCH,
    ) -> None:  # fmt: skip
        self.source, self.entity, self.batch_rows = source, entity, batch_rows
        self.tables = {name: table for name, table in (tables or {}).items() if name != entity}
        self.execution = execution or Execution()
        wanted = [_named(compiled, output) for output in outputs]
        self.rows_of = [name for owner, name in wanted if owner == entity]
        self.totals_of = [name for name in wanted if name[0] != entity]
        self._plain = compiled
        self.members = _members(compiled, entity, self.totals_of)
        self.compiled = _with_members(compiled, entity, self.members)
        self._sums = [Total(member) for member in self.members]
        names = [(entity, name) for name in self.rows_of]
        names += [(entity, part) for member in self.members for part in (member.value, member.test) if part]
        self._names = names
        self.columns = _columns(self.compiled, entity, names)
        self.done = False

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield one batch of results for each batch of rows.

        Raises:
            UnableToEvaluate: the rows cannot be read, or do not fit the rulebook.
        """
        keys = self.compiled.book.entities[self.entity].key
        for batch in read_batches(self.source, self.entity, self.columns, self.batch_rows, keys):
            run = PlannedRun(self.compiled, {**self.tables, self.entity: pa.Table.from_batches([batch])}, self.execution)
            run.compute(self._names)
            for total in self._sums:
                self._add(run, total, batch.num_rows)
            yield self._results(run, batch)
        self.done = True

    def _add(self, run: PlannedRun, total: Total, rows: int) -> None:
        member = total.member
        value = run.variable(self.entity, member.value) if member.value else None
        test = run.variable(self.entity, member.test) if member.test else None
        assert test is None or isinstance(test, Flag)
        total.add(value, test, rows)

    def _results(self, run: PlannedRun, batch: pa.RecordBatch) -> pa.RecordBatch:
        keys = self.compiled.book.entities[self.entity].key
        arrays = {name: batch.column(name) for name in keys if name in batch.schema.names}
        for name in self.rows_of:
            column = run.result(self.entity, name)
            arrays[name] = unload_column(column, _arrow(self.compiled, (self.entity, name)), batch.num_rows, f"{self.entity}.{name}")
        return pa.RecordBatch.from_pydict(arrays)

    def totals(self) -> dict[str, pa.Table]:
        """Return the totals by entity, once all batches have been read.

        Raises:
            UnableToEvaluate: batches are still to come.
        """
        if not self.done:
            raise UnableToEvaluate("totals-early")
        summed = {total.member.expr: replace(total.member.expr, op="total", args=()) for total in self._sums}
        formulas = {name: _replaced(formula, summed) for name, formula in self._plain.formulas.items() if name[0] != self.entity}
        run = PlannedRun(replace(self._plain, formulas=formulas), self.tables, self.execution)
        for total in self._sums:
            run.preset[summed[total.member.expr]] = total.column(run.size(total.member.expr.entity))
        found: dict[str, dict[str, pa.Array]] = {}
        for owner, name in self.totals_of:
            column = run.variable(owner, name)
            array = unload_column(column, _arrow(self._plain, (owner, name)), run.size(owner), f"{owner}.{name}")
            found.setdefault(owner, {})[name] = array
        return {owner: pa.table(arrays) for owner, arrays in found.items()}


def evaluate_stream(
    compiled: CompiledRulebook, source: Source, *, entity: str, outputs: Sequence[str], tables: Mapping[str, pa.Table] | None = None,
    execution: Execution | None = None, batch_rows: int = BATCH,
) -> Stream:  # fmt: skip
    """Evaluate over batches of ``entity``: a Parquet file or folder, an Arrow table, or record batches in any order.

    ``tables`` holds the other entities whole. Outputs of ``entity`` come batch by batch; outputs of others may be made of SUM, COUNT,
    MIN, MAX, ANY and ALL over a link to all its rows, and are read from ``totals()`` at the end.

    Raises:
        UnableToEvaluate: an output is not a variable, or needs to see rows of other batches.
    """
    return Stream(compiled, source, entity=entity, outputs=outputs, tables=tables, execution=execution, batch_rows=batch_rows)


def stream_to_parquet(stream: Stream, path: str | Path) -> Written:
    """Write a stream's results to a Parquet file: whole, or not at all.

    Raises:
        UnableToEvaluate: as the stream does; the file that was there before, if any, is then untouched.
    """
    target = Path(path)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        part = Path(folder) / target.name
        rows, writer = 0, None
        try:
            # One batch is written while the next is computed.
            with ThreadPoolExecutor(1) as pool:
                written = None
                for batch in stream:
                    writer = writer or _writer(part, batch.schema)
                    if written is not None:
                        written.result()
                    written = pool.submit(writer.write_batch, batch)
                    rows += batch.num_rows
                if written is not None:
                    written.result()
        finally:
            if writer is not None:
                writer.close()
        totals = stream.totals() if stream.totals_of else {}
        if writer is None:
            raise UnableToEvaluate("nothing-to-write", entity=stream.entity, file=target)
        part.replace(target)
    return Written(rows, totals)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Return a writer; figures repeat too seldom for a dictionary to pay."""
    words = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_dictionary(field.type)]
    return pq.ParquetWriter(path, schema, use_dictionary=words)


def _named(compiled: CompiledRulebook, output: str) -> Name:
    entity, _, name = output.partition(".")
    if (entity, name) not in compiled.formulas:
        raise UnableToEvaluate("no-variable", code=compiled.book.code, entity=entity, name=name)
    return entity, name


def _arrow(compiled: CompiledRulebook, name: Name) -> pa.DataType:
    variable = compiled.book.variables.get(name)
    type_ = variable.type if variable is not None and variable.type is not None else compiled.formulas[name].type
    return arrow_type(type_, variable)


def _needed(compiled: CompiledRulebook, names: Sequence[Name], stop: frozenset[Expr] = frozenset()) -> list[tuple[Name, Expr]]:
    """Return every node that the names are made of, with the variable it stands in; nodes to stop at are not looked into."""
    found: list[tuple[Name, Expr]] = []
    seen, stack = set(names), list(names)
    while stack:
        name = stack.pop()
        inner = [compiled.formulas[name]]
        while inner:
            node = inner.pop()
            found.append((name, node))
            if node in stop:
                continue
            inner.extend(node.args)
            below = (node.entity, node.name)
            if node.op == "variable" and below not in seen:
                seen.add(below)
                stack.append(below)
    return found


def _members(compiled: CompiledRulebook, entity: str, totals: Sequence[Name]) -> list[Member]:
    members: dict[Expr, Member] = {}
    for name, node in _needed(compiled, totals):
        if node.op not in AGGREGATE_OPS or not _reaches(node, entity) or node in members:
            continue
        link, has_value, has_test = node.extra
        if link.kind != "all" or link.path or node.name not in ADDABLE:
            raise UnableToEvaluate("not-addable", name=".".join(name), text=node.text)
        place = len(members)
        members[node] = Member(node, f"total {place} value" if has_value else "", f"total {place} filter" if has_test else "")
    stray = [
        ".".join(name) for name, node in _needed(compiled, totals, frozenset(members)) if node.entity == entity and node not in members
    ]
    if stray:
        raise UnableToEvaluate("single-rows", name=stray[0], entity=entity)
    return list(members.values())


def _with_members(compiled: CompiledRulebook, entity: str, members: Sequence[Member]) -> CompiledRulebook:
    """Return the rulebook with the values and filters of the totals as variables of the streamed entity."""
    more: dict[Name, Expr] = {}
    for member in members:
        if member.value:
            more[entity, member.value] = member.expr.args[0]
        if member.test:
            more[entity, member.test] = member.expr.args[-1]
    return replace(compiled, formulas={**compiled.formulas, **more}, order=(*compiled.order, *more)) if more else compiled


def _replaced(expr: Expr, told: Mapping[Expr, Expr]) -> Expr:
    """Return the expression with other nodes in place of some."""
    if expr in told:
        return told[expr]
    return replace(expr, args=tuple(_replaced(arg, told) for arg in expr.args)) if expr.args else expr


def _columns(compiled: CompiledRulebook, entity: str, names: Sequence[Name]) -> dict[str, Type]:
    """Return the columns of the streamed entity that are needed, its keys first.

    Raises:
        UnableToEvaluate: something looks at other rows of the entity than its own.
    """
    told = compiled.book.entities[entity]
    columns: dict[str, Type] = {name: told.columns.get(name, T_TEXT) for name in told.key}
    for name, node in _needed(compiled, names):
        if (node.op in _OTHER_ROWS and node.entity == entity) or _reaches(node, entity):
            raise UnableToEvaluate("other-rows", name=".".join(name), text=node.text, entity=entity)
        if node.op == "column" and node.entity == entity:
            columns[node.name] = node.type
        if node.op == "lookup" and node.entity == entity:
            columns[node.extra.column] = told.columns.get(node.extra.column, T_TEXT)
    return columns


def _reaches(node: Expr, entity: str) -> bool:
    """Say whether a node follows a link to the streamed entity."""
    if node.op == "lookup":
        return bool(node.extra.to == entity)
    return node.op in AGGREGATE_OPS and any(link.to == entity for link in (node.extra[0], *node.extra[0].path))
