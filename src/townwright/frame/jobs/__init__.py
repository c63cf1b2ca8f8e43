"""Long work outside a request: asked for, carried out by a worker, followed by its progress. See docs/reference/jobs.md."""

from townwright.frame.jobs.progress import Progress, progress_of
from townwright.frame.jobs.states import (
    STALE,
    UnableToRunJob,
    UnknownJob,
    ask,
    claim,
    interrupt_dead,
    job,
    jobs,
    run_again,
    unattended,
)
from townwright.frame.jobs.worker import KINDS, Outcome, Run, Work, Worker, start_thread

__all__ = [
    "KINDS", "STALE", "Outcome", "Progress", "Run", "UnableToRunJob", "UnknownJob", "Work", "Worker", "ask", "claim", "interrupt_dead", "job", "jobs",
    "progress_of", "run_again", "start_thread", "unattended",
]  # fmt: skip
