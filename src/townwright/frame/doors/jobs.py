"""Starting long work from a page, and following it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRefresh

from townwright.frame.clock import now
from townwright.frame.doors.zone_pages import actor_of
from townwright.frame.jobs import KINDS, UnableToRunJob, UnknownJob, Worker, ask, job, progress_of, run_again, unattended
from townwright.frame.models import Job


def start(request: HttpRequest, zone: Any, kind: str, arguments: Mapping[str, Any]) -> Job:
    """Put the work in the queue as the signed-in person's."""
    row = ask(zone=zone, kind=kind, arguments=arguments, language=request.LANGUAGE_CODE, actor=actor_of(request), at=now())
    _at_once()
    return row


def again(request: HttpRequest, zone: Any, pk: int) -> None:
    """Queue a job that failed or was interrupted once more, and tell the person if that cannot be."""
    try:
        run_again(zone=zone, job_id=pk, language=request.LANGUAGE_CODE, actor=actor_of(request), at=now())
        _at_once()
    except UnableToRunJob as fault:
        messages.error(request, str(fault))


def _at_once() -> None:
    if settings.JOBS_AT_ONCE:
        Worker(KINDS, beats=False).run_waiting()


def job_or_404(zone: Any, pk: int, *kinds: str) -> Job:
    """Return the zone's job of one of the kinds; 404 where there is none."""
    try:
        return job(zone, pk, *kinds)
    except UnknownJob as fault:
        raise Http404(str(fault)) from fault


def followed(row: Job, page: str) -> dict[str, Any]:
    """Return what the template of a job's progress needs; ``page`` is the name of the job's own page."""
    at = row.ended_at or now()
    waited = (at - (row.started_at or row.queued_at)).total_seconds()
    return {
        "job": row, "titles": {}, "progress": progress_of(row), "unattended": row.live and unattended(row, at=at), "waited": int(waited) if row.live else round(waited, 1),
        "progress_url": reverse(f"{page}-progress", args=[row.zone.code, row.pk]), "job_url": reverse(page, args=[row.zone.code, row.pk]),
    }  # fmt: skip


def fragment(request: HttpRequest, row: Job, page: str, **context: Any) -> HttpResponse:
    """Answer the page that follows a job: its progress, or, once it has ended, the order to load the whole page anew."""
    if not request.htmx:
        return redirect(page, row.zone.code, row.pk)
    if not row.live:
        return HttpResponseClientRefresh()
    return render(request, "townwright/_job.html", {**followed(row, page), **context})
