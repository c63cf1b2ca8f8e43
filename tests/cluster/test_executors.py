"""Executors are processes of their own here; the session of this process must not be in their way, so theirs runs in another."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.towns import awkward_town, laid_down
from tests.kernel.exact import exact
from tests.kernel.test_steps_agree import COMPILED
from townwright.kernel.formula import evaluate, tables_of_rows

pytestmark = pytest.mark.spark
ROOT = Path(__file__).parents[2]
# Every third: look-ups, aggregates, ranks and earlier periods are among them, and half the plan is sooner run.
NAMES = COMPILED.order[::3]


def test_a_cluster_of_two_executors_gives_the_same(tmp_path):
    tables = tables_of_rows(COMPILED.book, awkward_town(5))
    laid_down(tables, tmp_path)
    script, names = Path(__file__).with_name("on_local_cluster.py"), [".".join(name) for name in NAMES]
    done = subprocess.run(
        [sys.executable, script, tmp_path, tmp_path / "code", *names],
        capture_output=True, text=True, check=False, timeout=400, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told, here = json.loads(done.stdout), evaluate(COMPILED, tables)
    assert told["values"] == {".".join(name): repr(exact(here.run.variable(*name), tables[name[0]].num_rows)) for name in NAMES}
    assert told["executors"] == 2
