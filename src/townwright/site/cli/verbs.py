"""The verbs of ``townwright``."""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.utils.translation import gettext as _
from waitress import serve as waitress_serve

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import adopt_rulebook, assess
from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.services import measure, reconcile_claims
from townwright.apps.parties.selectors import UnknownParty, party_by_ref
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones.selectors import zone_by_code, zones
from townwright.apps.zones.services import open_zone
from townwright.frame.clock import now
from townwright.frame.engines import EMBEDDED, ENGINES, Engine, open_engine
from townwright.frame.jobs import KINDS, start_thread
from townwright.frame.terms import short_figure, term
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.rulebooks import packaged
from townwright.site.cli.adopting import claims
from townwright.site.cli.columns import show_unread, told_columns
from townwright.site.cli.filings import filings_group
from townwright.site.cli.frame import OUT, actor, emit, prepare_database, table, tell, verb
from townwright.site.cli.jobs import list_jobs, work
from townwright.site.cli.overseas import overseas
from townwright.site.cli.parties import party_group
from townwright.site.cli.people import user_group
from townwright.site.cli.progress import bars
from townwright.site.cli.publishing import publish, wall_group
from townwright.site.cli.rulebooks import rulebook_group
from townwright.site.close import close_period
from townwright.site.datasets import forms, handler_for
from townwright.site.demo.build import PASSWORD, ROLES, build_demo
from townwright.site.report import render_html, report_data
from townwright.site.wsgi import application

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output, and nothing else.")
ZONE = click.option("--zone", "zone_code", required=True, help="Code of the zone.")
PERIOD = click.option("--period", default="", help="Period, as 2016, 2016Q1 or 2016-03 (default: the newest closed).")


ENGINE = click.option("--engine", type=click.Choice(ENGINES), default=EMBEDDED, help="Where rulebooks are computed (default: embedded).")
MASTER = click.option(
    "--master", default="", help="Address of a Spark cluster (default: TOWNWRIGHT_SPARK_MASTER, else this machine's cores)."
)


def engine_of(name: str, master: str) -> AbstractContextManager[Engine]:
    """Open the engine that was asked for."""
    return open_engine(name, master=master, scratch=Path(settings.TOWNWRIGHT_HOME) / "scratch")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="townwright")
def townwright() -> None:
    """Run an innovation town, industrial park or cooperation zone."""


townwright.add_command(rulebook_group)
townwright.add_command(overseas)
townwright.add_command(claims)
townwright.add_command(party_group)
townwright.add_command(user_group)
townwright.add_command(filings_group)
townwright.add_command(work)
townwright.add_command(list_jobs)
townwright.add_command(publish)
townwright.add_command(wall_group)


@townwright.command()
@click.option("--zone", "code", default="", help="Code of a zone to open.")
@click.option("--name-zh", default="")
@click.option("--name-en", default="")
@click.option("--kind", default="innovation_town", help="innovation_town, industrial_park, cooperation_zone or new_city.")
@click.option("--country", default="CN", help="ISO 3166 code.")
@click.option("--currency", default="CNY", help="ISO 4217 code.")
@click.option("--time-zone", default="Asia/Shanghai")
@click.option("--place", default="")
@click.option("--area-m2", type=Decimal, default=None)
@click.option("--latitude", type=Decimal, default=None, help="Degrees north, for the map of the board.")
@click.option("--longitude", type=Decimal, default=None, help="Degrees east.")
@click.option("--rulebooks", default="", help="Packaged rulebooks to adopt, by comma, or 'all'.")
@click.option("--admin", default="", help="User name of an administrator to create; the password is printed once.")
@verb(needs_database=False)
def init(code: str, rulebooks: str, admin: str, language: str, **told: Any) -> None:
    """Set the database up, and on wish open a zone, adopt rulebooks and create an administrator."""
    prepare_database()
    if code:
        told["name_zh"] = told["name_zh"] or code
        zone = open_zone(code=code, **told, actor=actor(), at=now())
        for name, text in packaged("policies", "classifications").items():
            if rulebooks == "all" or Path(name).stem in rulebooks.split(","):
                adopt_rulebook(zone=zone, text=text, source=name, actor=actor(), at=now())
        click.echo(f"zone {zone.code} is open")
    if admin:
        password = secrets.token_urlsafe(12)
        get_user_model().objects.create_superuser(admin, password=password)
        click.echo(f"administrator {admin}, password {password}")
    click.echo(f"data: {settings.TOWNWRIGHT_HOME}")


@townwright.command(name="zones")
@JSON
@verb()
def list_zones(as_json: bool, language: str) -> None:
    """List the zones."""
    told = [
        {
            "code": z.code,
            "name_zh": z.name_zh,
            "name_en": z.name_en,
            "kind": z.kind,
            "country": z.country,
            "currency": z.currency,
            "sample": z.sample,
        }
        for z in zones()
    ]
    emit(
        told,
        as_json=as_json,
        show=lambda: table(
            _("Zones"),
            [_("Code"), _("Name"), _("Kind"), _("Currency")],
            [[z["code"], z["name_zh"] or z["name_en"], z["kind"], z["currency"]] for z in told],
        ),
    )


@townwright.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dataset", required=True, help="registry, alliance-members, or a dataset of returns.")
@ZONE
@click.option("--period", default="", help="Period, for files that tell none.")
@click.option("--sheet", default=None, help="Sheet to read (default: the one that fits best).")
@click.option("--mapping", "mappings", multiple=True, metavar="FIELD=HEADER", help="Say which header holds a field; remembered.")
@click.option("--status", type=click.Choice(["accepted", "submitted"]), default="accepted", help="Status of imported returns.")
@click.option("--skip-refused", is_flag=True, help="Land the other rows although some are refused.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@JSON
@verb()
def import_file(
    file: Path,
    dataset: str,
    zone_code: str,
    period: str,
    sheet: str | None,
    mappings: tuple[str, ...],
    status: str,
    skip_refused: bool,
    dry_run: bool,
    as_json: bool,
    language: str,
) -> None:
    """Import a workbook or CSV: the whole file lands, or nothing does."""
    zone = zone_by_code(zone_code)
    mapping, handler = told_columns(mappings), handler_for(dataset, zone)
    with bars(quiet=as_json) as progress:
        report = run_import(
            file, dataset=dataset, handler=handler, zone=zone, actor=actor(), at=now(), dry_run=dry_run, mapping=mapping,
            options={"period": period, "status": status, "skip_refused": skip_refused}, sheet=sheet, progress=progress,
            peers=forms(zone),
        )  # fmt: skip

    def show() -> None:
        OUT.print(f"{report.file}: " + ", ".join(f"{term('count', name, language)} {count}" for name, count in report.counts.items()))
        rows = [[one.row, term("severity", one.severity, language), one.message.get(language)] for one in report.findings[:50]]
        if rows:
            table(_("Findings (%(count)s)") % {"count": len(report.findings)}, [_("Row"), "", _("Finding")], rows)
        show_unread(report, handler.form, language)
        refused = _("Refused: nothing was written. Correct the rows above, or say --skip-refused to leave them out.")
        OUT.print(_("Dry run: nothing was written.") if dry_run else _("Landed.") if report.landed else refused)

    emit(report.as_dict(), as_json=as_json, show=show)
    if not report.landed and not dry_run:
        raise SystemExit(1)


@townwright.command()
@ZONE
@click.option("--period", required=True)
@ENGINE
@MASTER
@JSON
@verb()
def close(zone_code: str, period: str, engine: str, master: str, as_json: bool, language: str) -> None:
    """Close a period: snapshot, assess, propose awards, measure, reconcile."""
    with engine_of(engine, master) as chosen, bars(quiet=as_json, line_a_step=False) as progress:
        report = close_period(
            zone=zone_by_code(zone_code), period=Period.parse(period), actor=actor(), at=now(), progress=progress, engine=chosen
        )
    told = report.as_dict()

    def show() -> None:
        OUT.print(f"{told['zone']} {told['period']} r{told['revision']} {told['snapshot_hash']}")
        table(_("Steps"), [_("Step"), _("Seconds"), _("Peak MB")], [[one["step"], one["seconds"], one["peak_mb"]] for one in told["steps"]])

    emit(told, as_json=as_json, show=show)


@townwright.command(name="assess")
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
            tell(f"assess {row.code}")
            assess(zone=zone, snapshot=frozen, rulebook=row, actor=actor(), at=now(), engine=chosen)
    told = [
        {"rulebook": one["rulebook__code"], "status": one["rulebook__status"], "verdict": one["verdict"], "result": one["result"], "firms": one["firms"], "total": one["total"]}
        for one in incentives.verdict_counts(zone, frozen) if not policy or one["rulebook__code"] == policy
    ]  # fmt: skip
    emit(
        told,
        as_json=as_json,
        show=lambda: table(
            str(frozen),
            [_("Rulebook"), _("Verdict"), _("Class"), _("Firms"), _("Amount")],
            [[one["rulebook"], term("verdict", one["verdict"], language), one["result"], one["firms"], one["total"]] for one in told],
        ),
    )


@townwright.command()
@click.argument("firm")
@click.argument("policy")
@click.option("--zone", "zone_code", default="", help="Zone (default: the one that knows the firm).")
@PERIOD
@JSON
@verb()
def explain(firm: str, policy: str, zone_code: str, period: str, as_json: bool, language: str) -> None:
    """Explain what a policy says of FIRM (key, code or name), with all working."""
    found = None
    for zone in [zone_by_code(zone_code)] if zone_code else zones():
        try:
            found = (zone, party_by_ref(zone, firm))
            break
        except UnknownParty as fault:
            missing = fault
    if found is None:
        raise missing
    zone, party = found
    told = {"zone": zone.code, "name": party.name, **incentives.explain_firm(zone, party_key=party.key, code=policy, period=period)}

    def show() -> None:
        OUT.print(
            f"{party.name} · {told['title'].get(language)} · {told['period']}: "
            f"{term('verdict', told.get('verdict') or told.get('result'), language)} {told.get('amount') or ''}"
        )
        for reason in told.get("reasons", {}).get(language, []):
            OUT.print(f"  - {reason}")
        for sentence in told.get("why_not", {}).get("sentences", {}).get(language, []):
            OUT.print(f"  - {sentence}", markup=False, soft_wrap=True)
        for sentence in told["sentences"][language]:
            OUT.print(f"  {sentence}")

    emit(told, as_json=as_json, show=show)


@townwright.command()
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
        ["S", _("Claim"), _("Bound"), _("Published"), _("Measured"), _("Verdict")],
        [
            [
                one["system"], one["claim"], term("bound", one["bound"], language), short_figure(one["published"], one["unit"], language),
                short_figure(one["measured"], one["unit"], language), term("verdict", one["verdict"], language),
            ]
            for one in told
        ],
    )  # fmt: skip


@townwright.command()
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

    emit(told, as_json=as_json, show=show)


@townwright.command()
@click.option("--no-serve", is_flag=True, help="Stop after the report.")
@click.option("--scale", default=1, help="Multiply the firms, to measure.")
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000)
@JSON
@verb(needs_database=False)
def demo(no_serve: bool, scale: int, host: str, port: int, as_json: bool, language: str) -> None:
    """Make the demo towns, close 2016, print the reconciliation, and serve."""
    prepare_database()
    built = build_demo(home=Path(settings.TOWNWRIGHT_HOME), tell=tell, scale=scale)
    told = []
    for one in built:
        frozen = one.close.snapshot
        path = Path(settings.TOWNWRIGHT_HOME) / "demo" / f"report-{one.zone.code}-2016.html"
        path.write_text(render_html(one.zone, frozen, language), encoding="utf-8")
        told.append({
            **one.close.as_dict(), "imports": one.imports, "awards_digest": incentives.awards_digest(one.zone, frozen), "report": str(path),
            "reconciliation": indicators.reconciliation_rows(one.zone, frozen, language),
        })  # fmt: skip

    def show() -> None:
        for one in told:
            show_reconciliation(one["zone"], one["reconciliation"], language)
            OUT.print(_("Snapshot: %(hash)s") % {"hash": one["snapshot_hash"]})
            OUT.print(_("Report: %(path)s") % {"path": one["report"]})
        OUT.print(_("\nWeb address: %(address)s") % {"address": f"http://{host}:{port}/"})
        OUT.print(_("Sign in as %(names)s with the password %(password)s") % {"names": ", ".join(ROLES), "password": PASSWORD})

    emit(told, as_json=as_json, show=show)
    if not no_serve:
        run_server(host, port)


@townwright.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000)
@click.option("--no-work", is_flag=True, help="Leave long work to 'townwright work' in other processes.")
@verb()
def serve(host: str, port: int, no_work: bool, language: str) -> None:
    """Serve the pages, and carry out the long work that they start."""
    click.echo(f"http://{host}:{port}/")
    run_server(host, port, work=not no_work)


def run_server(host: str, port: int, *, work: bool = True) -> None:
    """Serve until stopped; a thread of this process carries out the jobs."""
    if work:
        start_thread(KINDS)
    waitress_serve(StaticFilesHandler(application) if settings.DEBUG else application, host=host, port=port, threads=8, ident=None)
