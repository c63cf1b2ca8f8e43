"""``townwright rulebook adopt|adopted|withdraw``: what a zone judges and measures by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import adopt_rulebook, withdraw_rulebook
from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.services import adopt_indicators
from townwright.apps.zones.selectors import zone_by_code
from townwright.apps.zones.services import distrust_key, trust_key
from townwright.frame.clock import now
from townwright.frame.packs import NAME as PACK
from townwright.frame.packs import fit_pack
from townwright.frame.signing import public_key
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
    """Adopt rulebooks in a zone: policies and classifications judge at the next close, indicators measure.

    A folder with a pack.json is taken as a pack: whole, and where the zone trusts keys signed by one of them.
    """
    zone, told = zone_by_code(zone_code), []
    for text, source in [one for name in files for one in _taken(name, zone.trusted_keys)]:
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


def _taken(name: str, trusted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return text and source of one rulebook, or of all of a pack."""
    path = Path(name)
    if not path.is_dir() and path.name != PACK:
        return [text_of(name)]
    texts, _signer = fit_pack(path, trusted)
    return [(text, source) for source, text in texts.items()]


@command()
@click.argument("key", metavar="PUBKEY|NAME")
@ZONE
@click.option("--name", default="", help="Name of the key (default: the file's).")
@click.option("--remove", is_flag=True, help="Trust the key of that NAME no more.")
@verb()
def trust(key: str, zone_code: str, name: str, remove: bool, language: str) -> None:
    """Let a zone adopt only packs that a trusted key signed: name the key, or take it away."""
    zone = zone_by_code(zone_code)
    if remove:
        distrust_key(zone=zone, name=name or key, actor=actor(), at=now())
    else:
        text, source = text_of(key)
        trust_key(zone=zone, name=name or Path(key).stem, key=public_key(text, source), actor=actor(), at=now())
    trusted = ", ".join(zone_by_code(zone_code).trusted_keys) or "–"
    say(_("%(zone)s trusts: %(keys)s") % {"zone": zone.code, "keys": trusted})


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
