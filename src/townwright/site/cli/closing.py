"""``townwright close``, ``assess``, ``reconcile`` and ``report``: judging and measuring a period."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import assess
from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.services import measure, reconcile_claims
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now, today
from townwright.frame.engines import EMBEDDED, ENGINES, Engine, open_engine
from townwright.frame.terms import figure, short_figure, term
from townwright.kernel.values.period import Period
from townwright.site.cli.frame import actor, command, emit, say, table, tell, verb
from townwright.site.cli.options import JSON, PERIOD, ZONE
from townwright.site.cli.progress import bars
from townwright.site.close import UnableToClose, close_period, demand_over
from townwright.site.report import render_html, report_data
from townwright.site.steps import step_name

ENGINE = click.option("--engine", type=click.Choice(ENGINES), default=EMBEDDED, help="Where rulebooks are computed (default: embedded).")
MASTER = click.option(
    "--master", default="", help="Address of a Spark cluster (default: TOWNWRIGHT_SPARK_MASTER, else this machine's cores)."
)


def engine_of(name: str, master: str) -> AbstractContextManager[Engine]:
    """Open the engine that was asked for."""
    return open_engine(name, master=master, scratch=Path(settings.TOWNWRIGHT_HOME) / "scratch")


@command()
@ZONE
@click.option("--period", required=True, help="Period, as 2016, 2016Q1 or 2016-03.")
@click.option("--yes", is_flag=True, help="Close the period although it is not over yet, without asking.")
@ENGINE
@MASTER
@JSON
@verb()
def close(zone_code: str, period: str, yes: bool, engine: str, master: str, as_json: bool, language: str) -> None:
    """Close a period: snapshot, assess, propose awards, measure, reconcile."""
    zone, wanted = zone_by_code(zone_code), Period.parse(period)
    _ask_if_early(wanted, today(zone.time_zone), yes)
    with engine_of(engine, master) as chosen, bars(quiet=as_json, line_a_step=False) as progress:
        done = close_period(zone=zone, period=wanted, actor=actor(), at=now(), progress=progress, engine=chosen)
    told = done.as_dict()
    emit(told, as_json=as_json, show=lambda: _show_close(told, incentives.titles(zone)))


def stdin_is_a_terminal() -> bool:
    """Say whether a person can be asked."""
    return sys.stdin.isatty()


def _ask_if_early(period: Period, day: date, yes: bool) -> None:
    """Ask a person at a terminal before a period is closed that is not over.

    Raises:
        UnableToClose: it is not over, and nobody can be asked or the answer is no.
    """
    try:
        demand_over(period, day, confirmed=yes)
    except UnableToClose as fault:
        if not stdin_is_a_terminal():
            raise
        if not click.confirm(f"{fault}\n" + _("Close it all the same?"), err=True):
            raise UnableToClose(_("Nothing was closed.")) from fault


def _show_close(told: dict[str, Any], titles: Any) -> None:
    say(_("%(zone)s, %(period)s, revision %(revision)s; snapshot %(snapshot_hash)s") % told)
    rows = [[step_name(one["step"], titles), one["seconds"], one["peak_mb"]] for one in told["steps"]]
    table(_("Steps"), [_("Step"), _("Seconds"), _("Peak MB")], rows)
    say(_("Awards proposed: %(count)s") % {"count": told["awards_proposed"]})


@command(name="assess")
@ZONE
@PERIOD
@click.option("--policy", default="", help="Only this rulebook.")
@ENGINE
@MASTER
@JSON
@verb()
def assess_snapshot(zone_code: str, period: str, policy: str, engine: str, master: str, as_json: bool, language: str) -> None:
    """Assess the newest snapshot of a period by the zone's rulebooks."""
    zone = zone_by_code(zone_code)
    frozen = snapshots.latest(zone, period, grain="year")
    rows = [incentives.rulebook(zone, policy)] if policy else list(incentives.rulebooks(zone))
    with engine_of(engine, master) as chosen:
        for row in rows:
            tell(step_name(f"assess {row.code}"))
            assess(zone=zone, snapshot=frozen, rulebook=row, actor=actor(), at=now(), engine=chosen)
    counted = [one for one in incentives.verdict_counts(zone, frozen) if not policy or one["rulebook__code"] == policy]
    told = [
        {"rulebook": one["rulebook__code"], "status": one["rulebook__status"], "verdict": one["verdict"], "result": one["result"], "firms": one["firms"], "total": one["total"]}
        for one in counted
    ]  # fmt: skip

    def show() -> None:
        cells = [
            [one["rulebook__title"].get(language), term("verdict", one["verdict"], language), one["result_label"].get(language) or one["result"],
             one["firms"], "" if one["total"] is None else figure(one["total"], zone.currency, language)]
            for one in counted
        ]  # fmt: skip
        table(str(frozen), [_("Rulebook"), _("Verdict"), _("Class"), _("Firms"), _("Amount")], cells)

    emit(told, as_json=as_json, show=show)


@command()
@ZONE
@PERIOD
@JSON
@verb()
def reconcile(zone_code: str, period: str, as_json: bool, language: str) -> None:
    """Reconcile the published claims with what the newest snapshot measures."""
    zone = zone_by_code(zone_code)
    frozen = snapshots.latest(zone, period)
    measure(zone=zone, snapshot=frozen, actor=actor(), at=now())
    reconcile_claims(zone=zone, snapshot=frozen, actor=actor(), at=now())
    told = indicators.reconciliation_rows(zone, frozen, language)
    emit(told, as_json=as_json, show=lambda: show_reconciliation(zone.code, told, language))


def show_reconciliation(title: str, told: list[dict[str, Any]], language: str) -> None:
    """Print the verdicts."""
    table(
        title,
        [_("System"), _("Claim"), _("Bound"), _("Published"), _("Measured"), _("Verdict")],
        [
            [
                one["system"], one["claim"], term("bound", one["bound"], language), short_figure(one["published"], one["unit"], language),
                short_figure(one["measured"], one["unit"], language), term("verdict", one["verdict"], language),
            ]
            for one in told
        ],
    )  # fmt: skip


@command()
@ZONE
@PERIOD
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Write the report as one self-contained HTML file."
)
@JSON
@verb()
def report(zone_code: str, period: str, html: Path | None, as_json: bool, language: str) -> None:
    """Print the closing report, or write it as one HTML file."""
    zone = zone_by_code(zone_code)
    frozen = snapshots.latest(zone, period)
    if html is not None:
        html.write_text(render_html(zone, frozen, language), encoding="utf-8")
    told = report_data(zone, frozen, language)

    def show() -> None:
        rows = [[one["label"], short_figure(one["value"], one["unit"], language)] for one in told["figures"]]
        table(str(frozen), [_("Figure"), _("Value")], rows)
        show_reconciliation(zone.code, told["reconciliation"], language)
        if html is not None:
            say(_("Report: %(path)s") % {"path": html})

    emit(told, as_json=as_json, show=show)
