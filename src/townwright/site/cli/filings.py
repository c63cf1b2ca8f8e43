"""``townwright filings``: questions about returns."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from townwright.apps.filings import selectors as filings
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.terms import term
from townwright.frame.text import in_language
from townwright.site.cli.frame import emit, group, table, verb
from townwright.site.cli.options import JSON, ZONE

COLUMNS = ("key", "name", "uscc", "industry", "arrived_on", "left_on", "state", "last_period")


@group("filings")
def filings_group() -> None:
    """Questions about returns."""


@filings_group.command()
@ZONE
@click.option("--dataset", required=True, help="Dataset of returns.")
@click.option("--period", required=True, help="Period, as 2016, 2016Q1 or 2016-03.")
@JSON
@verb()
def missing(zone_code: str, dataset: str, period: str, as_json: bool, language: str) -> None:
    """List firms that were in the zone in a period and have handed in nothing for it."""
    zone, wanted = zone_by_code(zone_code), filings.period_for(dataset, period)
    rows = [dict(zip(COLUMNS, one, strict=True)) for one in filings.not_filed(zone, dataset, wanted).values_list(*COLUMNS)]
    due = filings.due(zone, wanted).count()
    told = {
        "zone": zone.code, "dataset": dataset, "period": str(wanted), "due": due, "filed": due - len(rows), "missing": len(rows),
        "without_stay": filings.without_stay(zone, wanted), "firms": rows,
    }  # fmt: skip

    def show() -> None:
        title = _("%(dataset)s, %(period)s: %(missing)d of %(due)d have not filed") % {
            "dataset": in_language(filings.definition(dataset).title, language), "period": wanted, "missing": len(rows), "due": due,
        }  # fmt: skip
        cells = [
            [row["name"], row["uscc"], row["industry"], row["arrived_on"], row["left_on"], term("filing", row["state"], language) if row["state"] else _("nothing"), row["last_period"]]
            for row in rows
        ]  # fmt: skip
        columns = [_("Firm"), _("Code"), _("Industry"), _("Arrived on"), _("Left on"), _("State"), _("Filed last for")]
        table(title, columns, cells)

    emit(told, as_json=as_json, show=show)
