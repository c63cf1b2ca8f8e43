"""Long work: asked for by a write, followed here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router
from pydantic import Field

from townwright.frame.api import Answer, Number, Out, Paging, Texts, page_of, paged, reads, texts, writes
from townwright.frame.api.doors import actor_of, allowed, demand
from townwright.frame.clock import now
from townwright.frame.jobs import Worker, ask, job, jobs, progress_of, run_again
from townwright.frame.models import Job
from townwright.site.work import PERMISSIONS, WORK

router = Router(tags=["jobs"])


class StepOut(Out):
    """A step behind, with its seconds."""

    label: str
    seconds: float


class ProgressOut(Out):
    """The step under way: ``done`` of ``total`` (0: unknown)."""

    label: str
    done: int
    total: int


class JobOut(Out):
    """A piece of long work. Follow it until its status is done, failed or interrupted."""

    id: int
    kind: str
    status: str
    arguments: dict[str, Any]
    by: str
    runs: int
    progress: ProgressOut
    steps: list[StepOut]
    result: dict[str, Any] | None
    error: Texts | None
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


JobPage = page_of(JobOut)
# An upload's token opens the file: it is nobody else's business.
_HIDDEN = ("token",)


def told_job(row: Job) -> dict[str, Any]:
    """Return a job in the shape of ``JobOut``."""
    progress = progress_of(row)
    plain = ("kind", "status", "runs", "queued_at", "started_at", "ended_at")
    return {
        "id": row.pk, **{name: getattr(row, name) for name in plain}, "by": row.actor_label, "result": row.result,
        "arguments": {name: value for name, value in row.arguments.items() if name not in _HIDDEN},
        "progress": {"label": progress.label, "done": progress.done, "total": progress.total}, "steps": list(progress.steps),
        "error": texts(row.error) if row.error else None,
    }  # fmt: skip


def start(request: HttpRequest, zone: Any, kind: str, arguments: Mapping[str, Any]) -> Answer:
    """Put the work in the queue as the asker's, and answer 202 with the job."""
    row = ask(zone=zone, kind=kind, arguments=arguments, language=request.LANGUAGE_CODE, actor=actor_of(request), at=now())
    return _accepted(zone, row)


def _accepted(zone: Any, row: Job) -> Answer:
    if settings.JOBS_AT_ONCE:
        Worker(WORK, beats=False).run_waiting()
        row.refresh_from_db()
    return Answer(told_job(row), status=202, location=f"/api/v1/zones/{zone.code}/jobs/{row.pk}")


class JobFilter(Paging):
    """Which jobs."""

    kind: Literal["", "import-preview", "import-landing", "close"] = Field("")


def _kinds(request: HttpRequest) -> list[str]:
    return [kind for kind, permission in PERMISSIONS.items() if allowed(request, permission)]


@reads(router, "/jobs", name="jobs.list", summary=_("List jobs"), permission="", response=JobPage, also=("imports.run", "close.run"))
def list_jobs(request: HttpRequest, zone: Any, told: Query[JobFilter]) -> Answer:
    """Return the jobs of the kinds that you may start, newest first."""
    kinds = [kind for kind in _kinds(request) if told.kind in ("", kind)]
    return paged(request, told, jobs(zone, *kinds) if kinds else [], told_job)


@reads(
    router,
    "/jobs/{int:number}",
    name="jobs.get",
    summary=_("Follow a job"),
    permission="",
    response=JobOut,
    also=("imports.run", "close.run"),
)
def get_job(request: HttpRequest, zone: Any, number: Path[Number]) -> Any:
    """Return how far a job is, or what came of it."""
    row = job(zone, number)
    demand(request, PERMISSIONS[row.kind])
    return told_job(row)


@writes(
    router, "POST", "/jobs/{int:number}/again", name="jobs.again", summary=_("Run a job again"), permission="", response=JobOut, status=202,
    also=("imports.run", "close.run"),
)  # fmt: skip
def run_job_again(request: HttpRequest, zone: Any, number: Path[Number]) -> Answer:
    """Queue a job once more that failed or was interrupted; whoever asks is from now on who does it."""
    demand(request, PERMISSIONS[job(zone, number).kind])
    row = run_again(zone=zone, job_id=number, language=request.LANGUAGE_CODE, actor=actor_of(request), at=now())
    return _accepted(zone, row)
