"""The fused pass: all variables of an entity that can be computed now, in one sweep over its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from townwright.kernel.formula.executors.arrays import Array, Column, Days, Flag, Num
from townwright.kernel.formula.executors.arrays import Words as WordColumn
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.inputs import Inputs, Words
from townwright.kernel.formula.executors.layout import lay_out
from townwright.kernel.formula.executors.lowering import Lowering, words_of
from townwright.kernel.formula.executors.native import call
from townwright.kernel.formula.executors.native.machine import Machine
from townwright.kernel.formula.executors.native.text import write_assembly
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


def compute(job: Job, machine: Machine, wanted: Callable[[set[Name]], list[Name]]) -> Outcome:
    """Compute what can be computed, and keep the columns of the names that ``wanted`` picks from it.

    A row outside the ranges that were assumed fails the whole pass; it is then done again with wider ones, so that a result never
    rests on an assumption.
    """
    for exact, assume in ATTEMPTS:
        outcome = _attempt(job, machine, wanted, exact=exact, assume=assume)
        if outcome is not None:
            return outcome
    raise AssertionError("a pass by proof alone cannot leave its ranges")


def _attempt(job: Job, machine: Machine, wanted: Callable[[set[Name]], list[Name]], *, exact: bool, assume: Span | None) -> Outcome | None:
    program, words = Program(), Words(literals(job))
    inputs = Inputs(program, words, job.rows, exact=exact)
    values, refused = _lower(job, program, words, inputs, assume)
    names = wanted(set(values))
    if not names:
        return Outcome(frozenset(), {}, refused)
    stores = [program.store(_place(values[name]), values[name].ok, index) for index, name in enumerate(names)]
    layout = lay_out(program, stores, converts=machine.converts)
    assembly = write_assembly(program, layout, [one.storage for one in inputs.bound], converts=machine.converts)
    tables = words.settle([key[1] for key in assembly.pointers if key[0] == "table"])
    results = call.outputs_for(assembly, [not isinstance(values[name], Truth) for name in names], job.rows)
    entry = machine.function(assembly.text)
    if not call.run(entry, assembly, inputs.bound, tables, results, rows=job.rows, threads=job.threads, block=job.block):
        return None
    known = tuple(words.places) or ("",)
    columns = {name: _column(program, values[name], index, results, job.rows, known) for index, name in enumerate(names)}
    return Outcome(frozenset(values), columns, refused)


def _place(value: Value) -> int:
    return value.num if isinstance(value, Number) else value.val


def _lower(job: Job, program: Program, words: Words, inputs: Inputs, assume: Span | None) -> tuple[dict[Name, Value], tuple[Name, ...]]:
    leaves: dict[Any, Value] = {}

    def leaf(expr: Expr) -> Value:
        if expr not in leaves:
            if expr.op == "column":
                leaves[expr] = inputs.arrow(job.run.table(expr.entity), expr.entity, expr.name, expr.type)
            else:
                leaves[expr] = inputs.computed(job.given(expr))
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
