"""``townwright import``: a workbook or CSV into the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now
from townwright.frame.terms import term
from townwright.frame.workbooks.pipeline import ImportReport, run_import
from townwright.site.cli.columns import show_unread, told_columns
from townwright.site.cli.frame import actor, command, emit, say, table, verb
from townwright.site.cli.options import JSON, ZONE
from townwright.site.cli.progress import bars
from townwright.site.datasets import forms, handler_for

SHOWN = 50


@command(name="import")
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
def import_file(file: Path, dataset: str, zone_code: str, as_json: bool, language: str, **told: Any) -> None:
    """Import a workbook or CSV: the whole file lands, or nothing does."""
    zone = zone_by_code(zone_code)
    mapping, handler = told_columns(told["mappings"]), handler_for(dataset, zone)
    options = {name: told[name] for name in ("period", "status", "skip_refused")}
    with bars(quiet=as_json) as progress:
        report = run_import(
            file, dataset=dataset, handler=handler, zone=zone, actor=actor(), at=now(), dry_run=told["dry_run"], mapping=mapping,
            options=options, sheet=told["sheet"], progress=progress, peers=forms(zone),
        )  # fmt: skip
    emit(report.as_dict(), as_json=as_json, show=lambda: _show(report, handler.form, language))
    if not report.landed and not report.dry_run:
        raise SystemExit(1)


def _show(report: ImportReport, form: Any, language: str) -> None:
    """Print counts, findings, columns that were not read, and whether the file landed."""
    counted = _(", ").join(f"{term('count', name, language)} {count}" for name, count in report.counts.items())
    say(_("%(file)s: %(counts)s") % {"file": report.file, "counts": counted})
    rows = [[one.row, term("severity", one.severity, language), one.message.get(language)] for one in report.findings[:SHOWN]]
    if rows:
        table(_("Findings (%(count)s)") % {"count": len(report.findings)}, [_("Row"), "", _("Finding")], rows)
    show_unread(report, form, language)
    refused = _("Refused: nothing was written. Correct the rows above, or say --skip-refused to leave them out.")
    say(_("Dry run: nothing was written.") if report.dry_run else _("Landed.") if report.landed else refused)
