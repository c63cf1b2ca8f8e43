"""The row by row pass inside the cluster's Python processes."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import pyarrow as pa

import townwright
from townwright.frame.cluster.passes import Passes
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.staged import run_rows
from townwright.kernel.formula.stages import Rows

Work = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]
# Stands on both sides of a message, so that the driver finds it in whatever the engine wraps around it.
MARK = "\u27e6refused\u27e7"


class Refused(RuntimeError):
    """Carries what the evaluator refused to the driver."""


def row_function(compiled: CompiledRulebook, stage: Rows, passed: Sequence[str], passes: Passes, rows: int) -> Work:
    """Return the function over Arrow batches: columns that pass through, then the outputs of the stage.

    ``rows`` counts those of the whole table.
    """
    version, packed = townwright.__version__, pickle.dumps((compiled, stage))

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        if townwright.__version__ != version:
            raise _refused(UnableToEvaluate("other-version", there=townwright.__version__, here=version))
        compiled, stage = _unpacked(packed)
        engine = passes.engine(rows, len(stage.names))
        for batch in batches:
            try:
                made = run_rows(compiled, stage, pa.Table.from_batches([batch]), engine)
            except UnableToEvaluate as fault:
                raise _refused(fault) from fault
            columns = {name: batch.column(name) for name in passed} | made
            yield pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))

    return work


@lru_cache(maxsize=16)
def _unpacked(packed: bytes) -> tuple[CompiledRulebook, Rows]:
    """Return a rulebook and a stage: one and the same for all tasks of this process, so that its programs are made ready once."""
    compiled, stage = pickle.loads(packed)  # noqa: S301 - packed by the driver, as Spark does with the function itself
    return compiled, stage


def _refused(fault: UnableToEvaluate) -> Refused:
    return Refused(MARK + json.dumps(json.dumps([fault.code, fault.message["zh"], fault.message["en"]])) + MARK)
