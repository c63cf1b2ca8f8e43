"""``townwright serve`` and ``demo``: the pages, with a person's own records or with the demo towns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.utils.translation import gettext as _
from waitress import serve as waitress_serve

from townwright.apps.incentives import selectors as incentives
from townwright.apps.indicators import selectors as indicators
from townwright.frame.jobs import KINDS, start_thread
from townwright.frame.permissions import DELEGATE
from townwright.frame.webhooks import start_postman
from townwright.site.cli.closing import show_reconciliation
from townwright.site.cli.faults import demand_port
from townwright.site.cli.frame import command, emit, prepare_database, say, tell, verb
from townwright.site.cli.options import JSON
from townwright.site.demo.build import PASSWORD, ROLES, Built, build_demo
from townwright.site.report import render_html
from townwright.site.wsgi import application

HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")


@command()
@click.option("--no-serve", is_flag=True, help="Stop after the report.")
@click.option("--fresh", is_flag=True, help="Bring the demo's records in again over what was changed since.")
@click.option("--scale", type=click.IntRange(min=1), default=1, help="Multiply the firms, to measure.")
@HOST
@PORT
@JSON
@verb(needs_database=False)
def demo(no_serve: bool, fresh: bool, scale: int, host: str, port: int, as_json: bool, language: str) -> None:
    """Make the demo towns, close 2016, print the reconciliation, and serve. A demo town that is there is left as it is."""
    if not no_serve:
        demand_port(host, port)
    prepare_database()
    built = build_demo(home=Path(settings.TOWNWRIGHT_HOME), tell=tell, scale=scale, fresh=fresh)
    told = [_told(one, language) for one in built]

    def show() -> None:
        for one in told:
            show_reconciliation(one["zone"], one["reconciliation"], language)
            say(_("Snapshot: %(hash)s") % {"hash": one["snapshot_hash"]})
            say(_("Report: %(path)s") % {"path": one["report"]})
        kept = _(", ").join(one["zone"] for one in told if one["kept"])
        if kept:
            say(
                _("Left as it was, with what was changed in it since: %(zones)s. To bring the demo's records in again: --fresh")
                % {"zones": kept}
            )
        if not no_serve:
            say(_("\nWeb address: %(address)s") % {"address": f"http://{host}:{port}/"})
        say(_("Sign in as %(names)s with the password %(password)s") % {"names": _(", ").join((*ROLES, DELEGATE)), "password": PASSWORD})

    emit(told, as_json=as_json, show=show)
    if not no_serve:
        run_server(host, port)


def _told(one: Built, language: str) -> dict[str, Any]:
    """Write the report of a demo town; return what there is to tell of it."""
    frozen = one.close.snapshot
    path = Path(settings.TOWNWRIGHT_HOME) / "demo" / f"report-{one.zone.code}-2016.html"
    path.write_text(render_html(one.zone, frozen, language), encoding="utf-8")
    return {
        **one.close.as_dict(), "imports": one.imports, "kept": one.kept, "awards_digest": incentives.awards_digest(one.zone, frozen), "report": str(path),
        "reconciliation": indicators.reconciliation_rows(one.zone, frozen, language),
    }  # fmt: skip


@command()
@HOST
@PORT
@click.option("--no-work", is_flag=True, help="Leave long work to 'townwright work' in other processes.")
@verb()
def serve(host: str, port: int, no_work: bool, language: str) -> None:
    """Serve the pages, and carry out the long work that they start."""
    demand_port(host, port)
    say(_("Web address: %(address)s  (Ctrl-C stops)") % {"address": f"http://{host}:{port}/"})
    run_server(host, port, work=not no_work)


def run_server(host: str, port: int, *, work: bool = True) -> None:
    """Serve until stopped; threads of this process carry out the jobs and tell webhooks."""
    if work:
        start_thread(KINDS)
        start_postman()
    waitress_serve(StaticFilesHandler(application) if settings.DEBUG else application, host=host, port=port, threads=8, ident=None)
