"""``townwright rulebook adopt|adopted|withdraw``: what a zone judges and measures by."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import adopt_rulebook, withdraw_rulebook
from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.services import adopt_indicators
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now
from townwright.frame.terms import term
from townwright.kernel.formula import load_rulebook
from townwright.site.cli.frame import actor, command, emit, say, table, verb
from townwright.site.cli.options import JSON, ZONE
from townwright.site.cli.rulebooks.shared import FILES, text_of


@command()
@FILES
@ZONE
@JSON
@verb()
def adopt(files: tuple[str, ...], zone_code: str, as_json: bool, language: str) -> None:
    """Adopt rulebooks in a zone: policies and classifications judge at the next close, indicators measure."""
    zone, told = zone_by_code(zone_code), []
    for name in files:
        text, source = text_of(name)
        measures = load_rulebook(text, source=source).kind == "indicators"
        row = (adopt_indicators if measures else adopt_rulebook)(zone=zone, text=text, source=source, actor=actor(), at=now())
        told.append({"code": row.code, "version": row.version, "hash": row.hash, "title": row.title.get(language)})
    emit(
        told,
        as_json=as_json,
        show=lambda: table(
            _("Adopted"), [_("Code"), _("Version"), _("Title")], [[one["code"], one["version"], one["title"]] for one in told]
        ),
    )


@command()
@click.argument("code")
@click.argument("version")
@ZONE
@click.option("--reason", required=True, help="Why it is withdrawn; it stands in the audit trail.")
@verb()
def withdraw(code: str, version: str, zone_code: str, reason: str, language: str) -> None:
    """Withdraw a policy or classification that was adopted by mistake and has judged nothing yet."""
    withdraw_rulebook(zone=zone_by_code(zone_code), code=code, version=version, reason=reason, actor=actor(), at=now())
    say(_("%(code)s %(version)s is withdrawn.") % {"code": code, "version": version})


@command()
@ZONE
@JSON
@verb()
def adopted(zone_code: str, as_json: bool, language: str) -> None:
    """List what a zone adopted."""
    zone = zone_by_code(zone_code)
    told = [
        {"code": row.code, "version": row.version, "kind": getattr(row, "kind", "indicators"), "from": row.in_force_from, "to": row.in_force_to,
         "hash": row.hash, "title": row.title.get(language)}
        for row in (*incentives.rulebooks(zone), *indicators.books(zone))
    ]  # fmt: skip

    def show() -> None:
        rows = [
            [one["code"], one["version"], term("rulebook_kind", one["kind"], language), one["from"], one["to"], one["title"]]
            for one in told
        ]
        table(zone.code, [_("Code"), _("Version"), _("Kind"), _("From"), _("To"), _("Title")], rows)

    emit(told, as_json=as_json, show=show)
