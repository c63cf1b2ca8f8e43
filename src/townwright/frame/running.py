"""How rulebooks are run on this machine."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from townwright.kernel.formula import Execution, Machine


@lru_cache(maxsize=1)
def execution() -> Execution:
    """Return it: compiled passes, whose code is kept under the data directory, and a thread for each processor we may use."""
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Execution(machine=Machine(Path(settings.TOWNWRIGHT_HOME) / "code"), threads=threads)
