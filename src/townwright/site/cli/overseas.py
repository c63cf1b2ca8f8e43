"""``townwright overseas``: the register of zones abroad."""

from __future__ import annotations

import click

from townwright.apps.zones.selectors import overseas_review, zone_by_code
from townwright.site.cli.frame import emit, table, verb


@click.command()
@click.option("--zone", "zone_code", required=True, help="Code of the zone whose office keeps the register.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output, and nothing else.")
@verb()
def overseas(zone_code: str, as_json: bool, language: str) -> None:
    """Say which figures of the register of zones abroad contradict each other, and what adds up."""
    told = overseas_review(zone_by_code(zone_code))
    data = {
        "doubts": [{"row": one.number, "zone": one.name, "code": one.code, "left_out_of": one.sums.split(), "why": one.message[language]} for one in told.doubts],
        "sums": [{"measure": measure, "unit": unit, "basis": basis, "total": str(total), "figures": count} for measure, unit, basis, total, count in told.sums],
    }  # fmt: skip

    def show() -> None:
        table("Doubts", ["row", "what"], [[one["row"], one["why"]] for one in data["doubts"]])
        table("What adds up", ["measure", "unit", "basis", "total", "figures"], [list(one.values()) for one in data["sums"]])

    emit(data, as_json=as_json, show=show)
