"""``townwright claims load|add|withdraw|list``: the ledger of published figures."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.services import add_claim, load_claims, withdraw_claim
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now
from townwright.frame.hints import hint
from townwright.frame.terms import short_figure, term
from townwright.kernel.values.bound import Bound
from townwright.rulebooks import listed, read_text
from townwright.site.cli.frame import actor, emit, group, say, table, verb
from townwright.site.cli.options import JSON, ZONE


@group("claims")
def claims_group() -> None:
    """The ledger of published figures."""


def _pack(name: str) -> str:
    path = Path(name)
    if path.is_file():
        return path.read_text(encoding="utf-8")
    packs = {Path(source).stem: source for source in listed("claims")}
    if name not in packs:
        raise ValueError(_("%(name)s is neither a file nor a packaged pack of claims.") % {"name": name} + hint(name, packs))
    return read_text(packs[name])


@claims_group.command()
@click.argument("pack", metavar="FILE|PACK")
@ZONE
@JSON
@verb()
def load(pack: str, zone_code: str, as_json: bool, language: str) -> None:
    """Take a pack of published figures into the ledger; what is there is left as it is."""
    count = load_claims(zone=zone_by_code(zone_code), text=_pack(pack), actor=actor(), at=now())
    emit({"new": count}, as_json=as_json, show=lambda: say(_("%(count)d new claims.") % {"count": count}))


@claims_group.command()
@click.argument("uid")
@ZONE
@click.option("--label-zh", required=True, help="What it is, in Chinese.")
@click.option("--label-en", required=True, help="What it is, in English.")
@click.option("--value", type=Decimal, required=True, help="The figure as it was printed, in the unit given.")
@click.option(
    "--unit",
    default="1",
    show_default=True,
    help="A unit, as 元, 万元, 亿元, m2, 亩, 万m2, person, firm, ratio or million USD; 1 is a bare number.",
)
@click.option(
    "--step", type=Decimal, default=None, help="Step of the last printed digit, in the unit given (default: as the value is written)."
)
@click.option(
    "--bound", type=click.Choice([one.value for one in Bound]), default="exact", show_default=True, help="How firmly it was stated."
)
@click.option("--as-of", required=True, help="When it held: 2016, 2016-12 or 2016-12-31.")
@click.option("--quote", required=True, help="The words as published.")
@click.option("--source", required=True, help="Where it was published.")
@click.option("--published", default="", help="When it was published.")
@click.option("--speaker", default="", help="Who said it.")
@click.option("--system", default="", help="Code of the system that it speaks of.")
@click.option("--promise", default=None, metavar="DATE", help="Only for a promise: the day by which it is to hold.")
@click.option("--indicator", default="", help="Code of the indicator that measures it.")
@JSON
@verb()
def add(uid: str, zone_code: str, as_json: bool, language: str, **told: Any) -> None:
    """Enter one published figure as UID; it is kept in base units, exactly."""
    row = {
        **told, "uid": uid, "label": {"zh": told.pop("label_zh"), "en": told.pop("label_en")}, "value": str(told["value"]),
        "step": None if told["step"] is None else str(told["step"]),
    }  # fmt: skip
    claim = add_claim(zone=zone_by_code(zone_code), row=row, actor=actor(), at=now())
    data = {
        "uid": claim.uid,
        "value": indicators.plain(claim.value),
        "step": indicators.plain(claim.step),
        "unit": claim.unit,
        "printed": claim.printed,
    }
    shown = f"{term('bound', claim.bound, language)} {short_figure(claim.value, claim.unit, language)}"
    emit(data, as_json=as_json, show=lambda: say(f"{claim.uid}: {claim.label.get(language)} {shown}"))


@claims_group.command()
@click.argument("uid")
@ZONE
@click.option("--reason", required=True, help="Why it is withdrawn; it stands in the ledger and in the audit trail.")
@JSON
@verb()
def withdraw(uid: str, zone_code: str, reason: str, as_json: bool, language: str) -> None:
    """Withdraw the claim UID: it stays in the ledger as withdrawn, and is reconciled no more."""
    rows = withdraw_claim(zone=zone_by_code(zone_code), uid=uid, reason=reason, actor=actor(), at=now())
    data = [{"uid": row.uid, "withdrawn_at": row.withdrawn_at, "reason": row.withdrawn_why} for row in rows]

    def show() -> None:
        for row in rows:
            say(
                _("%(uid)s (%(label)s) is withdrawn: %(reason)s")
                % {"uid": row.uid, "label": row.label.get(language), "reason": row.withdrawn_why}
            )

    emit(data, as_json=as_json, show=show)


@claims_group.command(name="list")
@ZONE
@JSON
@verb()
def list_claims(zone_code: str, as_json: bool, language: str) -> None:
    """List the ledger."""
    rows = indicators.claims(zone_by_code(zone_code))
    told: list[dict[str, Any]] = [
        {"uid": row.uid, "system": row.system, "claim": row.label.get(language), "value": indicators.plain(row.value), "bound": row.bound,
         "unit": row.unit, "printed": row.printed, "as_of": row.as_of, "source": row.source, "quote": row.quote, "indicator": row.indicator or None,
         "withdrawn": row.withdrawn_why or None}
        for row in rows
    ]  # fmt: skip

    def show() -> None:
        cells = [
            [
                one["uid"], one["system"], one["claim"], term("bound", one["bound"], language), short_figure(one["value"], one["unit"], language),
                one["as_of"], one["source"], _("withdrawn: %(reason)s") % {"reason": one["withdrawn"]} if one["withdrawn"] else "",
            ]
            for one in told
        ]  # fmt: skip
        columns = [_("Code"), _("System"), _("Claim"), _("Bound"), _("Published"), _("As of"), _("Source"), _("State")]
        table(_("Published figures"), columns, cells)

    emit(told, as_json=as_json, show=show)
