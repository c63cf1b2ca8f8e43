"""Judge a packaged policy over a folder of tables on a cluster of two executors, and print verdicts and amounts as JSON.

Usage: python on_local_cluster.py FOLDER NAME
"""

import json
import sys
from pathlib import Path

from townwright.frame.cluster.engine import SparkEngine
from townwright.frame.tables import ParquetFolder
from townwright.kernel.formula import compile_rulebook, load_rulebook
from townwright.kernel.formula.compiled import AMOUNT
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.values.period import Period
from townwright.rulebooks import read_text


def main(folder, name):
    """Run it."""
    compiled = compile_rulebook(load_rulebook(read_text(name), source=name), period=Period.parse("2016"))
    policy = compiled.book.policy
    outputs = [(policy.entity, AMOUNT), *((policy.entity, condition_key(one)) for one in policy.conditions)]
    with SparkEngine.started(master="local-cluster[2,1,1024]") as engine:
        told = engine.evaluate(compiled, ParquetFolder(Path(folder), []), outputs=outputs)
        # The driver is listed with the executors.
        executors = engine.session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
        amounts = [None if amount is None else str(amount) for amount in told.amounts()]
        print(json.dumps({"verdicts": told.verdicts(), "amounts": amounts, "executors": len(executors) - 1}))


if __name__ == "__main__":
    main(*sys.argv[1:])
