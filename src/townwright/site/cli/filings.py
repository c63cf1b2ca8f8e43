"""``townwright filings``: questions about returns."""

from __future__ import annotations

import click

from townwright.apps.filings import selectors as filings
from townwright.apps.zones.selectors import zone_by_code
from townwright.site.cli.frame import emit, table, verb

COLUMNS = ("key", "name", "uscc", "industry", "arrived_on", "left_on", "state", "last_period")


@click.group(name="filings")
def filings_group() -> None:
    """Questions about returns."""


@filings_group.command()
@click.option("--zone", "zone_code", required=True, help="Code of the zone.")
@click.option("--dataset", required=True, help="Dataset of returns.")
@click.option("--period", required=True, help="Period, as 2016, 2016Q1 or 2016-03.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output, and nothing else.")
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
        table(f"{dataset} {wanted}: {len(rows)} of {due} have not filed", list(COLUMNS[1:]), [list(row.values())[1:] for row in rows])

    emit(told, as_json=as_json, show=show)
