"""How far a running job is. The worker's process keeps it in memory; the row has what the last beat wrote.

A landing holds one transaction from its first row to its last, and what it wrote of its own progress there nobody could
read before the end. So the step under way never touches the database: pages of the same process read it here, those of
other processes read what the worker's second thread writes every few seconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from townwright.frame.models import Job


@dataclass(slots=True)
class Progress:
    """The step under way and those behind it. Mutable: written by the worker's thread, read by pages."""

    done: int = 0
    total: int = 0
    label: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list)
    begun: float = field(default_factory=time.perf_counter)

    def tell(self, done: int, total: int, label: str) -> None:
        """Take news: ``done`` of ``total`` (0: unknown) of the step ``label``; another label ends the step before."""
        if label != self.label:
            self.close()
            self.label = label
        self.done, self.total = done, total

    def close(self) -> None:
        """End the step under way."""
        ended = time.perf_counter()
        if self.label:
            self.steps = [*self.steps, {"label": self.label, "seconds": round(ended - self.begun, 1)}]
        self.done, self.total, self.label, self.begun = 0, 0, "", ended

    @property
    def percent(self) -> int | None:
        """The step's share that is done, 0 to 100; None where the whole is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else None


LIVE: dict[int, Progress] = {}


def progress_of(job: Job) -> Progress:
    """Return the progress of a job: from memory if this process runs it, else as last written."""
    return LIVE.get(job.pk) or Progress(job.done, job.total, job.label, list(job.steps))
