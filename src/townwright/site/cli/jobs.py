"""``townwright work`` and ``townwright jobs``: carrying long work out elsewhere, and looking at it."""

from __future__ import annotations

import signal
import threading
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from django.utils.translation import gettext as _

from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now
from townwright.frame.jobs import KINDS, Worker, jobs, progress_of, run_again
from townwright.frame.terms import term
from townwright.frame.text import in_language
from townwright.frame.webhooks import Postman, start_postman
from townwright.site.cli.frame import actor, command, emit, say, table, tell, verb
from townwright.site.cli.options import JSON, ZONE

SHOWN = 50


@command()
@click.option("--once", is_flag=True, help="Carry out what waits, then stop.")
@click.option("--json", "as_json", is_flag=True, help="With --once: print how many jobs were carried out as JSON.")
@verb()
def work(once: bool, as_json: bool, language: str) -> None:
    """Carry out jobs that pages ask for and send messages to webhooks, until stopped. A job under way is carried to its end before the process stops."""
    worker = Worker(KINDS)
    if once:
        count, sent = worker.run_waiting(), Postman().deliver_waiting()
        told = {"jobs": count, "messages": sent}
        emit(
            told,
            as_json=as_json,
            show=lambda: say(_("Jobs carried out: %(count)d; messages sent: %(sent)d") % {"count": count, "sent": sent}),
        )
        return
    stop = threading.Event()

    def wind_down(number: int, _frame: Any) -> None:
        stop.set()
        signal.signal(number, signal.default_int_handler)  # asked twice: stop in the middle

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, wind_down)
    tell(_("Waiting for work as %(worker)s; Ctrl-C stops") % {"worker": worker.name})
    postman = start_postman(stop)
    worker.run_until(stop)
    postman.join()


@command(name="jobs")
@ZONE
@click.option("--again", type=int, default=None, metavar="NUMBER", help="Queue a failed or interrupted job again.")
@JSON
@verb()
def list_jobs(zone_code: str, again: int | None, as_json: bool, language: str) -> None:
    """List the zone's jobs, newest first: state, progress, result or error."""
    zone = zone_by_code(zone_code)
    if again is not None:
        run_again(zone=zone, job_id=again, language="zh-hans" if language == "zh" else "en", actor=actor(), at=now())
    rows = list(jobs(zone)[:SHOWN])
    told = [_told(row, language) for row in rows]

    def show() -> None:
        cells = [
            [row.pk, term("job", row.kind, language), row.get_status_display(), row.actor_label, _moment(row.queued_at, zone), _moment(row.ended_at, zone), one["error"]]
            for row, one in zip(rows, told, strict=True)
        ]  # fmt: skip
        table(_("Jobs"), [_("Job"), _("What"), _("State"), _("By"), _("Asked for"), _("Ended"), _("Error")], cells)

    emit(told, as_json=as_json, show=show)


def _moment(at: datetime | None, zone: Any) -> str:
    """Return an instant by the zone's clock."""
    return f"{at.astimezone(ZoneInfo(zone.time_zone)):%Y-%m-%d %H:%M}" if at else ""


def _told(row: Any, language: str) -> dict[str, Any]:
    progress = progress_of(row)
    return {
        "job": row.pk, "kind": row.kind, "status": row.status, "by": row.actor_label, "arguments": row.arguments, "runs": row.runs,
        "progress": {"step": progress.label, "done": progress.done, "total": progress.total}, "result": row.result,
        "error": in_language(row.error, language), "queued_at": row.queued_at, "started_at": row.started_at, "ended_at": row.ended_at,
    }  # fmt: skip
