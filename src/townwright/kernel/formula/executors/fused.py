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
from townwright.kernel.formula.executors.inputs import Reader, Source, Words, declare
from townwright.kernel.formula.executors.layout import LANES, lay_out
from townwright.kernel.formula.executors.lowering import Lowering, words_of
from townwright.kernel.formula.executors.native import call
from townwright.kernel.formula.executors.native.machine import Entry, Machine
from townwright.kernel.formula.executors.native.text import Assembly, write_assembly
from townwright.kernel.formula.executors.program import TRUE, Program
from townwright.kernel.formula.executors.ranges import Span, Unprovable
from townwright.kernel.formula.executors.values import Day, Number, Text, Truth, Value
from townwright.kernel.formula.ir import Expr

Name = tuple[str, str]
# What is assumed of a figure where the proof is wider: below 2^53, ninety million million in cents. Every row is checked.
ASSUMED = Span(-(2**53), 2**53)
# First with ranges off the head of each column, then off all rows, then by proof alone.
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


def literals(job: Job) -> list[str]:
    """Return the text literals of the entity's formulas, in order: their codes are the same in every run."""
    found: set[str] = set()
    for (entity, _), formula in job.run.compiled.formulas.items():
        if entity == job.entity:
            found |= words_of(formula)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A program ready to run over other rows of the same form: its code, the columns that it reads, and what it computes."""

    compiled: CompiledRulebook
    program: Program
    assembly: Assembly
    entry: Entry
    sources: Mapping[Expr, Source]
    values: Mapping[Name, Value]
    names: tuple[Name, ...]
    refused: tuple[Name, ...]


def compute(job: Job, machine: Machine, wanted: Callable[[set[Name]], list[Name]]) -> Outcome:
    """Compute what can be computed, and keep the columns of the names that ``wanted`` picks from it.

    A row outside the ranges that were assumed fails the whole pass; it is then done again with wider ones, so that a result never
    rests on an assumption.
    """
    key = (id(job.run.compiled), job.entity, tuple(job.names))
    prepared = machine.programs.get(key)
    if isinstance(prepared, Prepared) and prepared.compiled is job.run.compiled and wanted(set(prepared.values)) == list(prepared.names):
        words = Words(literals(job))
        sources = _again(job, prepared, words)
        columns = _run(job, prepared, sources, words) if sources is not None else None
        if columns is not None:
            return Outcome(frozenset(prepared.values), columns, prepared.refused)
    for exact, assume in ATTEMPTS:
        words = Words(literals(job))
        prepared, sources = _prepare(job, machine, wanted, words, exact=exact, assume=assume)
        if not prepared.names:
            return Outcome(frozenset(), {}, prepared.refused)
        columns = _run(job, prepared, sources, words)
        if columns is not None:
            machine.remember(key, prepared)
            return Outcome(frozenset(prepared.values), columns, prepared.refused)
    raise AssertionError("a pass by proof alone cannot leave its ranges")


def _prepare(
    job: Job, machine: Machine, wanted: Callable[[set[Name]], list[Name]], words: Words, *, exact: bool, assume: Span | None
) -> tuple[Prepared, list[Source]]:
    program, sources = Program(), dict[Expr, Source]()
    values, refused = _lower(job, program, words, Reader(words, job.rows, exact=exact), sources, assume)
    names = wanted(set(values))
    stores = [program.store(_place(values[name]), values[name].ok, index) for index, name in enumerate(names)]
    layout = lay_out(program, stores, converts=machine.converts)
    assembly = write_assembly(program, layout, [source.storage for source in sources.values()], converts=machine.converts)
    entry = machine.function(assembly.text)
    known = {expr: source.emptied() for expr, source in sources.items()}
    return Prepared(job.run.compiled, program, assembly, entry, known, values, tuple(names), refused), list(sources.values())


def _again(job: Job, prepared: Prepared, words: Words) -> list[Source] | None:
    """Return the columns for a program that was prepared before, or None where it cannot read them."""
    reader, found = Reader(words, job.rows, exact=False), []
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
    assembly, program = prepared.assembly, prepared.program
    tables = words.settle([key[1] for key in assembly.pointers if key[0] == "table"])
    places = [_place(prepared.values[name]) for name in prepared.names]
    results = call.outputs_for(assembly, [program.form(place) for place in places], job.rows)
    if not call.run(prepared.entry, assembly, sources, tables, results, rows=job.rows, threads=job.threads, block=job.block):
        return None
    known = tuple(words.places) or ("",)
    return {name: _column(program, prepared.values[name], index, results, job.rows, known) for index, name in enumerate(prepared.names)}


def _place(value: Value) -> int:
    return value.num if isinstance(value, Number) else value.val


def _lower(
    job: Job, program: Program, words: Words, reader: Reader, sources: dict[Expr, Source], assume: Span | None
) -> tuple[dict[Name, Value], tuple[Name, ...]]:
    leaves: dict[Expr, Value] = {}

    def leaf(expr: Expr) -> Value:
        if expr not in leaves:
            source = _source(job, reader, expr)
            leaves[expr] = declare(program, len(sources), source)
            sources[expr] = source
        return leaves[expr]

    values: dict[Name, Value] = {}
    refused: list[Name] = []
    lowering = Lowering(program, job.run.compiled, leaf, values, words.places)
    for name in job.names:
        try:
            values[name] = lowering.variable(name, assume)
        except NotReady:
            continue
        except (Unprovable, RecursionError):
            refused.append(name)
    return values, tuple(refused)


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
