"""``townwright work`` and ``townwright jobs``: carrying long work out elsewhere, and looking at it."""

from __future__ import annotations

import signal
import threading
from typing import Any

import click

from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now
from townwright.frame.jobs import KINDS, Worker, jobs, progress_of, run_again
from townwright.frame.text import in_language
from townwright.frame.webhooks import Postman, start_postman
from townwright.site.cli.frame import actor, emit, table, tell, verb

SHOWN = 50


@click.command()
@click.option("--once", is_flag=True, help="Carry out what waits, then stop.")
@click.option("--json", "as_json", is_flag=True, help="With --once: print how many jobs were carried out as JSON.")
@verb()
def work(once: bool, as_json: bool, language: str) -> None:
    """Carry out jobs that pages ask for and send messages to webhooks, until stopped. A job under way is carried to its end before the process stops."""
    worker = Worker(KINDS)
    if once:
        count, sent = worker.run_waiting(), Postman().deliver_waiting()
        told = {"jobs": count, "messages": sent}
        emit(told, as_json=as_json, show=lambda: click.echo(f"jobs carried out: {count}; messages sent: {sent}"))
        return
    stop = threading.Event()

    def wind_down(number: int, _frame: Any) -> None:
        stop.set()
        signal.signal(number, signal.default_int_handler)  # asked twice: stop in the middle

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, wind_down)
    tell(f"worker {worker.name}")
    postman = start_postman(stop)
    worker.run_until(stop)
    postman.join()


@click.command(name="jobs")
@click.option("--zone", "zone_code", required=True, help="Code of the zone.")
@click.option("--again", type=int, default=None, metavar="NUMBER", help="Queue a failed or interrupted job again.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output, and nothing else.")
@verb()
def list_jobs(zone_code: str, again: int | None, as_json: bool, language: str) -> None:
    """List the zone's jobs, newest first: state, progress, result or error."""
    zone = zone_by_code(zone_code)
    if again is not None:
        run_again(zone=zone, job_id=again, language="zh-hans" if language == "zh" else "en", actor=actor(), at=now())
    told = [_told(row, language) for row in jobs(zone)[:SHOWN]]
    emit(
        told,
        as_json=as_json,
        show=lambda: table(
            "Jobs", ["job", "what", "state", "by", "asked for", "ended", "error"],
            [[one["job"], one["kind"], one["status"], one["by"], one["queued_at"], one["ended_at"], one["error"]] for one in told],
        ),
    )  # fmt: skip


def _told(row: Any, language: str) -> dict[str, Any]:
    progress = progress_of(row)
    return {
        "job": row.pk, "kind": row.kind, "status": row.status, "by": row.actor_label, "arguments": row.arguments, "runs": row.runs,
        "progress": {"step": progress.label, "done": progress.done, "total": progress.total}, "result": row.result,
        "error": in_language(row.error, language), "queued_at": row.queued_at, "started_at": row.started_at, "ended_at": row.ended_at,
    }  # fmt: skip
