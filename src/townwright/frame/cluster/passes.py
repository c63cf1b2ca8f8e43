"""How the row by row passes run in the cluster's Python processes: compiled where llvmlite is there, else by numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from townwright.kernel.formula.executors.engines import Engine, VectorEngine, engine_for
from townwright.kernel.formula.executors.native.machine import Machine
from townwright.kernel.formula.executors.planned import Execution


@dataclass(frozen=True, slots=True)
class Passes:
    """What a process is told of its passes; results do not depend on it.

    ``folder`` keeps machine code between runs, "" keeps none: on a cluster it lies where all machines see it. Stages with fewer
    than ``least`` values to compute (rows of the table × variables) are computed column by column: making a pass ready would cost
    more than it saves. ``native`` turned off leaves passes to numpy, as on a machine without llvmlite.
    """

    folder: str = ""
    least: int = Execution().least
    native: bool = True

    def engine(self, rows: int, variables: int) -> Engine | None:
        """Return what runs the passes of a stage in this process, None where it is computed column by column."""
        if not variables or rows * variables < self.least:
            return None
        machine = _machine(self.folder)
        return engine_for(machine) if self.native else VectorEngine(machine.programs)


@lru_cache(maxsize=4)
def _machine(folder: str) -> Machine:
    """Return the compiler of this process: code that it compiled or loaded serves all later tasks."""
    return Machine(Path(folder) if folder else None)
