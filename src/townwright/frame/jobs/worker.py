"""The worker: claims jobs one at a time, carries them out, keeps giving signs of life."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError, close_old_connections, connection
from django.utils import translation
from django.utils.translation import gettext_noop as _

from townwright.frame.actors import Actor
from townwright.frame.clock import now
from townwright.frame.jobs import states
from townwright.frame.jobs.progress import LIVE, Progress
from townwright.frame.models import Job
from townwright.frame.text import both, said

BEAT_SECONDS = 2.0
SWEEP_EVERY = 10
LOG = logging.getLogger("townwright.jobs")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: a small ``result``, and rows that may be many. Both JSON-ready."""

    result: Mapping[str, Any]
    details: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    """What a piece of work is given. ``settle`` writes its outcome inside the transaction under way, so that a crash
    leaves either both or neither; work that does not call it returns its outcome, which is written after it."""

    zone: Any
    arguments: Mapping[str, Any]
    actor: Actor
    at: datetime
    tell: Callable[[int, int, str], None]
    settle: Callable[[Outcome], None]


Work = Callable[[Run], Outcome]
# Every kind of work that this installation knows; whoever does a kind names it when the site is put together.
KINDS: dict[str, Work] = {}


class Worker:
    """Carries out the kinds of work that it is given, one job at a time."""

    def __init__(self, kinds: Mapping[str, Work], *, beats: bool = True) -> None:
        self.kinds = kinds
        self.beats = beats
        self.name = f"{socket.gethostname()[:150]}:{os.getpid()}:{secrets.token_hex(4)}"

    def run_until(self, stop: threading.Event, *, poll: float = 1.0) -> None:
        """Work until told to stop; a job under way is carried to its end."""
        rounds = 0
        while not stop.is_set():
            try:
                close_old_connections()
                if rounds % SWEEP_EVERY == 0:
                    self.sweep()
                rounds += 1
                if self.run_one():
                    continue
            except DatabaseError:
                # The server restarts, or SQLite is held by a long landing elsewhere: the queue is still there afterwards.
                LOG.warning("jobs: the database does not answer, trying again", exc_info=True)
                connection.close()
            states.WAKE.wait(poll)
            states.WAKE.clear()

    def run_waiting(self) -> int:
        """Carry out everything that waits; return how many jobs that were."""
        self.sweep()
        count = 0
        while self.run_one():
            count += 1
        return count

    def sweep(self) -> None:
        """Mark the jobs of workers that are gone."""
        for pk in states.interrupt_dead(at=now()):
            LOG.warning("jobs: the worker of job %s is gone; it can be run again", pk)

    def run_one(self) -> bool:
        """Claim and carry out one job; say whether there was one."""
        row = states.claim(worker=self.name, at=now(), kinds=self.kinds.keys())
        if row is None:
            return False
        progress, ended = Progress(), threading.Event()
        LIVE[row.pk] = progress
        beating = threading.Thread(target=_beat, args=(row, progress, ended), name=f"beat-{row.pk}", daemon=True)
        if self.beats:
            beating.start()
        try:
            self._carry_out(row, progress)
        finally:
            ended.set()
            LIVE.pop(row.pk, None)
            if self.beats:
                beating.join(timeout=5)
        return True

    def _carry_out(self, row: Job, progress: Progress) -> None:
        settled: list[Outcome] = []

        def settle(outcome: Outcome) -> None:
            progress.close()
            states.finish(row, result=outcome.result, details=outcome.details, steps=progress.steps, at=now())
            settled.append(outcome)

        actor = Actor(row.actor, row.actor_label, row.user_id)
        try:
            with translation.override(row.language):
                outcome = self.kinds[row.kind](Run(row.zone, row.arguments, actor, now(), progress.tell, settle))
            if not settled:
                settle(outcome)
        except Exception as fault:
            states.fail(row, progress, error=_error(fault, row), at=now())
        except BaseException:
            # Ctrl-C or a termination: the transaction under way is rolled back on its way here.
            states.interrupt(row, at=now())
            raise


def _error(fault: Exception, row: Job) -> dict[str, str]:
    """Return what people read; a fault that is none of ours is logged whole and told in general words."""
    if type(fault).__module__.startswith("townwright."):
        return said(fault)
    LOG.error("jobs: job %s (%s) failed", row.pk, row.kind, exc_info=fault)
    text = both(
        _("The work failed by a fault of the program or the machine (%(what)s). What was written is whole. Tell whoever runs the installation: job %(number)s; the log has the rest."),
        what=f"{type(fault).__name__}: {fault}"[:300], number=row.pk,
    )  # fmt: skip
    return dict(text.texts)


def _beat(row: Job, progress: Progress, ended: threading.Event) -> None:
    """Give signs of life from a connection of its own, until the job has ended."""
    try:
        while not ended.wait(BEAT_SECONDS):
            try:
                states.beat(row, progress, at=now())
            except DatabaseError:
                # On SQLite the landing has the database to itself; pages of this process read the progress from memory.
                connection.close()
    finally:
        connection.close()


def start_thread(kinds: Mapping[str, Work]) -> threading.Thread:
    """Start a worker in a thread of this process; it ends with the process."""
    thread = threading.Thread(target=Worker(kinds).run_until, args=(threading.Event(),), name="townwright-jobs", daemon=True)
    thread.start()
    return thread
