"""Compute variables of the town of every step on a cluster of two executors; print their exact values as JSON.

Usage: python on_local_cluster.py FOLDER CODE ENTITY.NAME…, from the root of the repository. FOLDER holds the tables, CODE takes machine code.
"""

import json
import sys
from pathlib import Path

from tests.kernel.exact import exact
from tests.kernel.test_steps_agree import COMPILED
from townwright.frame.cluster.engine import SparkEngine
from townwright.frame.cluster.passes import Passes
from townwright.frame.tables import ParquetFolder


def main(folder, code, *names):
    """Run it."""
    outputs, source = [tuple(name.split(".", 1)) for name in names], ParquetFolder(Path(folder), [])
    with SparkEngine.started(master="local-cluster[2,1,1024]", passes=Passes(code, least=0)) as engine:
        told = engine.evaluate(COMPILED, source, outputs=outputs)
        # The driver is listed with the executors.
        executors = engine.session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
        values = {".".join(name): repr(exact(told.run.variable(*name), source.files(name[0]).rows)) for name in outputs}
        print(json.dumps({"values": values, "executors": len(executors) - 1}))


if __name__ == "__main__":
    main(*sys.argv[1:])
