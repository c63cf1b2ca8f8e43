"""How rulebooks are run on this machine."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from townwright.kernel.formula import Execution, Machine


def code_folder() -> Path:
    """Return the folder in which the machine code of passes is kept: below the data directory, which a cluster's machines share."""
    return Path(settings.TOWNWRIGHT_HOME) / "code"


def execution_in(folder: Path) -> Execution:
    """Return compiled passes, whose code is kept in the folder, and a thread for each processor we may use. No settings are read."""
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Execution(machine=Machine(folder), threads=threads)


@lru_cache(maxsize=1)
def execution() -> Execution:
    """Return the one way in which this process runs rulebooks."""
    return execution_in(code_folder())
