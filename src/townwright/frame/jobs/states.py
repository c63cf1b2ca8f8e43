"""From asked for to done: every change of a job's state, each safe against a second worker."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.jobs.progress import LIVE, Progress
from townwright.frame.models import Job
from townwright.frame.text import both

STALE = timedelta(seconds=60)
UNATTENDED = timedelta(seconds=15)
KEPT = timedelta(days=30)
S = Job.Status
WAKE = threading.Event()


class UnknownJob(LookupError):
    """The zone has no such job."""


class UnableToRunJob(ValueError):
    """A job cannot be run again: says which, why, and what to do."""


def jobs(zone: Any, *kinds: str) -> QuerySet[Job]:
    """Return the zone's jobs of the kinds (all, if none is named), newest first, without their long details."""
    rows = Job.objects.in_zone(zone).defer("details")
    return (rows.filter(kind__in=kinds) if kinds else rows).order_by("-pk")


def job(zone: Any, pk: int, *kinds: str) -> Job:
    """Return one job.

    Raises:
        UnknownJob: the zone has none of that number and kind.
    """
    found = jobs(zone, *kinds).filter(pk=pk).first()
    if found is None:
        raise UnknownJob(both(_("There is no job %(number)s of that kind in this zone."), number=pk))
    return found


def unattended(row: Job, *, at: datetime) -> bool:
    """Say whether nobody seems to see to the job: it has waited for a while although no worker is busy, or its own worker
    has given no sign of life."""
    if row.status == S.RUNNING:
        return _silent(row, at)
    if row.status != S.QUEUED or row.queued_at >= at - UNATTENDED:
        return False
    running = Job.objects.across_zones("a worker may be busy with another zone").filter(status=S.RUNNING).defer("details")
    return all(_silent(one, at) for one in running)


def ask(*, zone: Any, kind: str, arguments: Mapping[str, Any], language: str, actor: Actor, at: datetime) -> Job:
    """Put a piece of work in the queue; one of the same kind and arguments that waits or runs is returned instead.

    ``arguments`` are JSON-ready. Details of jobs that ended a month ago are forgotten in passing; their results stay.
    """
    for row in Job.objects.in_zone(zone).filter(kind=kind, status__in=(S.QUEUED, S.RUNNING)).order_by("pk"):
        if row.arguments == dict(arguments):
            return row
    with write(verb="jobs.ask", subject=kind, zone=zone, actor=actor, at=at) as told:
        row = Job.records.create(
            zone=zone, kind=kind, arguments=dict(arguments), language=language, actor=actor.name, actor_label=actor.label, user_id=actor.user_id,
            queued_at=at,
        )  # fmt: skip
        told.subject, told.new = f"{kind} #{row.pk}", dict(arguments)
        Job.records.filter(zone=zone, ended_at__lt=at - KEPT).exclude(details=[]).update(details=[])
        transaction.on_commit(WAKE.set)
    return row


def run_again(*, zone: Any, job_id: int, language: str, actor: Actor, at: datetime) -> Job:
    """Queue a job once more that failed or was interrupted; whoever asks is from now on who does it.

    Raises:
        UnknownJob: there is no such job.
        UnableToRunJob: it is done, waits, or runs and its worker is alive.
    """
    with write(verb="jobs.run-again", subject="", zone=zone, actor=actor, at=at) as told:
        row = Job.records.select_for_update().filter(zone=zone, pk=job_id).first()
        if row is None:
            raise UnknownJob(both(_("There is no job %(number)s of that kind in this zone."), number=job_id))
        dead = row.status == S.RUNNING and _silent(row, at)
        if row.status not in (S.FAILED, S.INTERRUPTED) and not dead:
            state = S(row.status).label
            raise UnableToRunJob(
                both(_("Job %(number)s cannot be run again: it is “%(state)s”. Reload the page."), number=row.pk, state=state)
            )
        told.subject, told.old, told.new = f"{row.kind} #{row.pk}", {"status": row.status}, {"status": S.QUEUED}
        row.status, row.error, row.steps, row.done, row.total, row.label, row.worker = S.QUEUED, {}, [], 0, 0, "", ""
        row.actor, row.actor_label, row.user_id, row.language, row.queued_at = actor.name, actor.label, actor.user_id, language, at
        row.started_at = row.ended_at = row.beat_at = None
        row.save()
        transaction.on_commit(WAKE.set)
    return row


# What follows is done by workers, not by people: the row itself tells it, without audit entries.


def claim(*, worker: str, at: datetime, kinds: Collection[str]) -> Job | None:
    """Take the oldest waiting job of a zone in which none runs, or None.

    Safe with any number of workers: rows that another is taking are skipped (PostgreSQL) or waited for (SQLite, where a
    transaction that writes has the database to itself), and the database admits one running job a zone.
    """
    # Asked first without a transaction: an idle worker should not take SQLite's write lock every second.
    if not Job.records.filter(status=S.QUEUED, kind__in=kinds).exists():
        return None
    try:
        with transaction.atomic():
            busy = Job.records.filter(status=S.RUNNING).values("zone")
            waiting = Job.records.filter(status=S.QUEUED, kind__in=kinds).exclude(zone__in=busy)
            row = waiting.select_for_update(skip_locked=True).order_by("pk").first()
            if row is None:
                return None
            row.status, row.worker, row.started_at, row.beat_at, row.runs = S.RUNNING, worker, at, at, row.runs + 1
            row.save(update_fields=["status", "worker", "started_at", "beat_at", "runs"])
    except IntegrityError:
        return None
    return row


def _own(row: Job) -> QuerySet[Job]:
    """Return the row as long as it is this worker's and this run's, even if it was taken for dead meanwhile."""
    return Job.records.filter(pk=row.pk, worker=row.worker, runs=row.runs, status__in=(S.RUNNING, S.INTERRUPTED))


def beat(row: Job, progress: Progress, *, at: datetime) -> None:
    """Give a sign of life and write how far the job is."""
    _own(row).filter(status=S.RUNNING).update(
        beat_at=at, done=progress.done, total=progress.total, label=progress.label[:150], steps=progress.steps
    )


def finish(row: Job, *, result: Mapping[str, Any], details: list[Any], steps: list[Any], at: datetime) -> bool:
    """Write what came of the job; inside the work's own transaction both stand or fall together.

    Returns whether the row was still this run's.
    """
    told = {"result": dict(result), "details": details, "steps": steps, "label": "", "done": 0, "total": 0}
    return bool(_own(row).update(status=S.DONE, error={}, ended_at=at, beat_at=at, **told))


def fail(row: Job, progress: Progress, *, error: Mapping[str, str], at: datetime) -> bool:
    """Write why the job failed, in both languages, and at which step."""
    told = {"error": dict(error), "steps": progress.steps, "label": progress.label[:150]}
    return bool(_own(row).update(status=S.FAILED, ended_at=at, beat_at=at, **told))


def interrupt(row: Job, *, at: datetime) -> bool:
    """Write that the worker stopped in the middle of the job."""
    return bool(_own(row).update(status=S.INTERRUPTED, ended_at=at))


def interrupt_dead(*, at: datetime) -> list[int]:
    """Mark the running jobs whose worker is gone, and return them.

    Gone is: a process of this machine that no longer is, or no sign of life for ``STALE``. What this process runs is
    alive, whatever the row says.
    """
    running = Job.records.filter(status=S.RUNNING).defer("details").order_by("pk")
    dead = [row for row in running if row.pk not in LIVE and (_silent(row, at) or _ended(row.worker))]
    return [row.pk for row in dead if interrupt(row, at=at)]


def _silent(row: Job, at: datetime) -> bool:
    return row.pk not in LIVE and (row.beat_at is None or row.beat_at < at - STALE)


def _ended(worker: str) -> bool:
    """Say whether a worker's process is no more; of another machine's nothing is known."""
    host, _colon, rest = worker.partition(":")
    number = rest.partition(":")[0]
    if host != socket.gethostname()[:150] or not number.isdigit() or os.name != "posix":
        return False
    # My own process number, and yet I do not run it: I was given the number of the one before, as containers do.
    if int(number) == os.getpid():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
