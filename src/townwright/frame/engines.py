"""Engines: where a rulebook is computed over the tables of a snapshot. Values do not depend on the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from townwright.frame.cluster.passes import Passes
from townwright.frame.cluster.presence import require_spark
from townwright.frame.running import code_folder, execution
from townwright.frame.tables import Source
from townwright.kernel.formula import CompiledRulebook, Evaluation, Execution, decision_outputs, evaluate

EMBEDDED, SPARK = "embedded", "spark"
ENGINES = (EMBEDDED, SPARK)


class Engine(Protocol):
    """Computes a rulebook over tables."""

    name: str

    def evaluate(
        self, compiled: CompiledRulebook, source: Source, *, outputs: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]] = ()
    ) -> Evaluation:
        """Return an evaluation that knows the outputs (entity, variable) and the columns (entity, column), in the tables' order.

        Raises:
            UnableToEvaluate: rows do not fit the rulebook.
            UnableToReadTable: a file is missing or cut short.
        """


@dataclass(frozen=True, slots=True)
class EmbeddedEngine:
    """Computes in this process, over tables in memory; ``told`` says how (default: as this installation is set up)."""

    name: str = EMBEDDED
    told: Execution | None = None

    def evaluate(
        self, compiled: CompiledRulebook, source: Source, *, outputs: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]] = ()
    ) -> Evaluation:
        """Evaluate with compiled passes and a thread for each processor; columns are read when they are asked for."""
        names = [f"{entity}.{name}" for entity, name in outputs]
        return evaluate(compiled, source.tables(), outputs=names, execution=self.told or execution())


def decided(compiled: CompiledRulebook) -> list[tuple[str, str]]:
    """Return the outputs (entity, variable) that a rulebook's decisions rest on."""
    return [(entity, name) for entity, _, name in (one.partition(".") for one in decision_outputs(compiled))]


@contextmanager
def open_engine(name: str = EMBEDDED, *, master: str = "", scratch: Path | None = None) -> Iterator[Engine]:
    """Open an engine for a while.

    ``master`` is the address of a Spark cluster (default: this machine's cores), ``scratch`` a folder that all its machines see.

    Raises:
        UnableToStartSpark: Spark or Java is not installed, or the cluster does not answer or has no machine to spare.
    """
    if name == EMBEDDED:
        yield EmbeddedEngine()
        return
    require_spark()
    from townwright.frame.cluster.engine import SparkEngine  # noqa: PLC0415 - Spark is an extra: imported once it is known to be there

    with SparkEngine.started(master=master, scratch=scratch, passes=Passes(str(code_folder()))) as engine:
        yield engine
