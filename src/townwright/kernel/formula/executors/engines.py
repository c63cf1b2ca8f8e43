"""What can run an integer program: machine code, or numpy where there is no compiler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from townwright.kernel.formula.executors import vector
from townwright.kernel.formula.executors.arrays import Array
from townwright.kernel.formula.executors.inputs import Source
from townwright.kernel.formula.executors.layout import Storage, lay_out
from townwright.kernel.formula.executors.native import call
from townwright.kernel.formula.executors.native.machine import Entry, Machine
from townwright.kernel.formula.executors.native.text import Assembly, write_assembly
from townwright.kernel.formula.executors.program import Program

Key = tuple[Any, ...]


class Runner(Protocol):
    """A program made ready."""

    @property
    def pointers(self) -> Sequence[Key]:
        """What it reads and writes: columns, tables, results."""

    def run(
        self, sources: Sequence[Source], tables: Mapping[Key, Array], results: Mapping[Key, Array], *, rows: int, threads: int, block: int
    ) -> bool:
        """Run over all rows; return whether every row kept to its ranges."""


class Engine(Protocol):
    """Makes programs ready, and keeps them in ``programs``."""

    programs: dict[Any, Any]

    def admits(self, program: Program, place: int) -> bool:
        """Say whether it can compute a step."""

    def prepare(self, program: Program, stores: Sequence[int], columns: Sequence[Storage]) -> Runner:
        """Return the program made ready."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Machine code of a program."""

    entry: Entry
    assembly: Assembly

    @property
    def pointers(self) -> Sequence[Key]:
        """What it reads and writes."""
        return self.assembly.pointers

    def run(
        self, sources: Sequence[Source], tables: Mapping[Key, Array], results: Mapping[Key, Array], *, rows: int, threads: int, block: int
    ) -> bool:
        """Run over all rows."""
        return call.run(self.entry, self.assembly, sources, tables, results, rows=rows, threads=threads, block=block)


class NativeEngine:
    """Compiles."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.programs = machine, machine.programs

    def admits(self, program: Program, place: int) -> bool:
        """Machine code does whatever 128 bits hold."""
        return True

    def prepare(self, program: Program, stores: Sequence[int], columns: Sequence[Storage]) -> Compiled:
        """Return machine code, compiled now or before."""
        converts = self.machine.converts
        assembly = write_assembly(program, lay_out(program, stores, converts=converts), columns, converts=converts)
        return Compiled(self.machine.function(assembly.text), assembly)


class VectorEngine:
    """Runs steps as numpy operations on blocks of rows, in 64 bits."""

    def __init__(self, programs: dict[Any, Any]) -> None:
        self.programs = programs

    def admits(self, program: Program, place: int) -> bool:
        """Numpy has integers of 64 bits; twice a remainder must fit, too."""
        step = program.steps[place]
        return step.bits <= 64 and (step.op != "div" or program.span(step.args[1]).bits <= 60)

    def prepare(self, program: Program, stores: Sequence[int], columns: Sequence[Storage]) -> vector.Steps:
        """Return the steps that the stores need."""
        return vector.Steps.of(program, stores, columns)


def engine_for(machine: Machine | None) -> Engine:
    """Return machine code where there is a compiler, else numpy."""
    if machine is None:
        return VectorEngine({})
    return NativeEngine(machine) if machine.ready else VectorEngine(machine.programs)
