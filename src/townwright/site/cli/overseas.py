"""``townwright overseas``: the register of zones abroad."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from townwright.apps.zones.selectors import overseas_review, zone_by_code
from townwright.frame.terms import figure, term
from townwright.site.cli.frame import command, emit, table, verb
from townwright.site.cli.options import JSON


@command()
@click.option("--zone", "zone_code", required=True, help="Code of the zone whose office keeps the register.")
@JSON
@verb()
def overseas(zone_code: str, as_json: bool, language: str) -> None:
    """Say which figures of the register of zones abroad contradict each other, and what adds up."""
    told = overseas_review(zone_by_code(zone_code))
    data = {
        "doubts": [{"row": one.number, "zone": one.name, "code": one.code, "left_out_of": one.sums.split(), "why": one.message[language]} for one in told.doubts],
        "sums": [{"measure": measure, "unit": unit, "basis": basis, "total": str(total), "figures": count} for measure, unit, basis, total, count in told.sums],
    }  # fmt: skip

    def show() -> None:
        table(_("Doubts"), [_("Row"), _("Zone"), _("Finding")], [[one["row"], one["zone"], one["why"]] for one in data["doubts"]])
        cells = [
            [term("measure", one["measure"], language), term("basis", one["basis"], language), figure(one["total"], one["unit"], language), one["figures"]]
            for one in data["sums"]
        ]  # fmt: skip
        table(_("What adds up"), [_("Measure"), _("Basis"), _("Total"), _("Figures")], cells)

    emit(data, as_json=as_json, show=show)
