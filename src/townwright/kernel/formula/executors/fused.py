"""The fused pass: all variables of an entity that can be computed now, in one sweep over its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num
from townwright.kernel.formula.executors.arrays import Words as WordColumn
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.engines import Engine, Runner
from townwright.kernel.formula.executors.inputs import Reader, Source, Words, declare
from townwright.kernel.formula.executors.layout import LANES
from townwright.kernel.formula.executors.lowering import Lowering
from townwright.kernel.formula.executors.native import call
from townwright.kernel.formula.executors.program import TRUE, Program
from townwright.kernel.formula.executors.ranges import Span, Unprovable
from townwright.kernel.formula.executors.reading import reading_of
from townwright.kernel.formula.executors.values import Day, Number, Text, Truth, Value
from townwright.kernel.formula.ir import Expr

Name = tuple[str, str]
PROGRAMS = 100
# What is assumed of a figure where the proof is wider: below 2^53, ninety million million in cents. Every row is checked.
ASSUMED = Span(-(2**53), 2**53)
# First by the ranges of the columns' low 64 bits, then with a look at what lies above them, then by proof alone.
ATTEMPTS = ((False, ASSUMED), (True, ASSUMED), (True, None))


class NotReady(Unprovable):
    """A value that is still to be computed by another pass."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pass computed, which columns of it were kept, and which variables no pass can compute."""

    computed: frozenset[Name]
    columns: Mapping[Name, Column]
    refused: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One entity's rows to compute over: its variables in order, and how to read what other steps computed."""

    run: ColumnRun
    entity: str
    names: Sequence[Name]
    given: Callable[[Expr], Column]
    threads: int
    block: int

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.run.size(self.entity)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A program ready to run over other rows of the same form: the columns that it reads, and what it computes."""

    compiled: CompiledRulebook
    program: Program
    runner: Runner
    sources: Mapping[Expr, Source]
    values: Mapping[Name, Value]
    names: tuple[Name, ...]
    refused: tuple[Name, ...]


def compute(job: Job, engine: Engine, wanted: Callable[[set[Name]], list[Name]]) -> Outcome:
    """Compute what can be computed, and keep the columns of the names that ``wanted`` picks from it.

    A row outside the ranges that were assumed fails the whole pass; it is then done again with wider ones, so that a result never
    rests on an assumption.
    """
    reading = reading_of(job.run.compiled, engine.programs)
    key = (type(engine), id(job.run.compiled), job.entity, tuple(job.names))
    before = engine.programs.get(key)
    if not isinstance(before, Prepared) or before.compiled is not job.run.compiled or wanted(set(before.values)) != list(before.names):
        before = None
    if before is not None:
        words = Words(reading.literals(job.entity))
        sources = _again(job, before, words)
        columns = _run(job, before, sources, words) if sources is not None else None
        if columns is not None:
            return Outcome(frozenset(before.values), columns, before.refused)
    for checked, assume in ATTEMPTS:
        words = Words(reading.literals(job.entity))
        prepared, sources = _prepare(job, engine, wanted, words, before, checked=checked, assume=assume)
        if not prepared.names:
            return Outcome(frozenset(), {}, prepared.refused)
        columns = _run(job, prepared, sources, words)
        if columns is not None:
            _remember(engine, key, prepared)
            return Outcome(frozenset(prepared.values), columns, prepared.refused)
    raise AssertionError("a pass by proof alone cannot leave its ranges")


def _remember(engine: Engine, key: object, prepared: Prepared) -> None:
    """Keep a program for the next rows of its kind, and let go of the oldest."""
    engine.programs.pop(key, None)
    engine.programs[key] = prepared
    for oldest in list(engine.programs)[:-PROGRAMS]:
        engine.programs.pop(oldest, None)


def _prepare(
    job: Job, engine: Engine, wanted: Callable[[set[Name]], list[Name]], words: Words, before: Prepared | None, *, checked: bool, assume: Span | None,
) -> tuple[Prepared, list[Source]]:  # fmt: skip
    program, sources = Program(), dict[Expr, Source]()
    known = before.sources if before is not None else {}
    lowered = Lowered(job, engine, program, Reader(words, job.rows, job.threads, ranged=True, checked=checked), sources, known)
    values, refused = lowered.all(words, assume)
    names = wanted(set(values))
    stores = [program.store(_place(values[name]), values[name].ok, index) for index, name in enumerate(names)]
    runner = engine.prepare(program, stores, [source.storage for source in sources.values()])
    emptied = {expr: source.emptied() for expr, source in sources.items()}
    return Prepared(job.run.compiled, program, runner, emptied, values, tuple(names), refused), list(sources.values())


def _again(job: Job, prepared: Prepared, words: Words) -> list[Source] | None:
    """Return the columns for a program that was prepared before, or None where it cannot read them."""
    reader, found = Reader(words, job.rows, job.threads, ranged=False), []
    for expr, told in prepared.sources.items():
        try:
            source = _source(job, reader, expr)
        except Unprovable:
            return None
        if not told.admits(source):
            return None
        if told.valid is not None and source.valid is None:
            source = replace(source, valid=np.full(-(-job.rows // LANES), 255, dtype=np.uint8))
        found.append(source)
    return found


def _source(job: Job, reader: Reader, expr: Expr) -> Source:
    if expr.op == "column":
        return reader.arrow(job.run.table(expr.entity), expr.entity, expr.name, expr.type)
    return reader.computed(job.given(expr))


def _run(job: Job, prepared: Prepared, sources: Sequence[Source], words: Words) -> dict[Name, Column] | None:
    """Run over all rows; None where a row left its ranges."""
    program, runner = prepared.program, prepared.runner
    tables = words.settle([key[1] for key in runner.pointers if key[0] == "table"])
    places = [_place(prepared.values[name]) for name in prepared.names]
    results = call.outputs_for(runner.pointers, [program.form(place) for place in places], job.rows)
    if not runner.run(sources, tables, results, rows=job.rows, threads=job.threads, block=job.block):
        return None
    known = tuple(words.places) or ("",)
    return {name: _column(program, prepared.values[name], index, results, job.rows, known) for index, name in enumerate(prepared.names)}


def _place(value: Value) -> int:
    return value.num if isinstance(value, Number) else value.val


class Lowered:
    """Lowers variables one after another; a column is bound when the first of them reads it."""

    def __init__(
        self, job: Job, engine: Engine, program: Program, reader: Reader, sources: dict[Expr, Source], before: Mapping[Expr, Source]
    ) -> None:
        self.job, self.engine, self.program, self.reader, self.sources, self.before = job, engine, program, reader, sources, before
        self._leaves: dict[Expr, Value] = {}
        self._admitted: list[bool] = []

    def leaf(self, expr: Expr) -> Value:
        """Return the value of an input column."""
        if expr not in self._leaves:
            source = _source(self.job, self.reader, expr).widened(self.before.get(expr))
            self._leaves[expr] = declare(self.program, len(self.sources), source)
            self.sources[expr] = source
        return self._leaves[expr]

    def all(self, words: Words, assume: Span | None) -> tuple[dict[Name, Value], tuple[Name, ...]]:
        """Return the values of the job's variables, and the names of those that no pass can compute."""
        values: dict[Name, Value] = {}
        refused: list[Name] = []
        lowering = Lowering(self.program, self.job.run.compiled, self.leaf, values, words.places)
        for name in self.job.names:
            try:
                value = lowering.variable(name, assume)
            except NotReady:
                continue
            except (Unprovable, RecursionError):
                refused.append(name)
                continue
            if self._admits(_place(value)) and self._admits(value.ok):
                values[name] = value
            else:
                refused.append(name)
        return values, tuple(refused)

    def _admits(self, place: int) -> bool:
        """Say whether the engine can compute a step and all below it."""
        known = self._admitted
        for index in range(len(known), len(self.program.steps)):
            step = self.program.steps[index]
            known.append(self.engine.admits(self.program, index) and all(known[arg] for arg in step.args))
        return known[place]


def _column(program: Program, value: Value, index: int, results: Mapping[Any, Array], rows: int, words: tuple[str, ...]) -> Column:
    ok = np.asarray([True]) if value.ok == TRUE else _bits(results["present", index], rows)
    data = results["result", index]
    if isinstance(value, Truth):
        return Flag(_bits(data, rows), ok)
    if isinstance(value, Number):
        return Num(data[:rows], value.den, ok, program.span(value.num).size, value.den)
    if isinstance(value, Day):
        return Days(data[:rows], ok)
    assert isinstance(value, Text)
    return WordColumn(data[:rows], words, ok)


def _bits(octets: Array, rows: int) -> Array:
    return np.unpackbits(octets, count=rows, bitorder="little").view(bool)
