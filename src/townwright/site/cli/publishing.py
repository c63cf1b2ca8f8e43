"""``townwright publish`` and ``townwright wall``: what a zone shows to the public, and the screens on its walls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.urls import reverse
from django.utils.translation import gettext as _

from townwright.apps.zones.domain import PublicFace
from townwright.apps.zones.selectors import publication, wall_links, wall_token, zone_by_code
from townwright.apps.zones.services import UnableToPublish, make_wall_link, revoke_wall_link
from townwright.frame.clock import now
from townwright.site.cli.frame import actor, command, emit, group, say, table, verb
from townwright.site.cli.options import JSON, ZONE
from townwright.site.public.publishing import publish as set_public
from townwright.site.public.showing import offered_figures, offered_policies

TEXT = click.Path(exists=True, dir_okay=False, path_type=Path)


def _codes(text: str | None, known: list[str], held: list[str]) -> tuple[str, ...]:
    if text is None:
        return tuple(held)
    return tuple(known) if text == "all" else tuple(code.strip() for code in text.split(",") if code.strip())


@command("publish")
@ZONE
@click.option("--figures", default=None, help="Codes of figures to show, by comma, in their order; 'all' for every measured one.")
@click.option("--policies", default=None, help="Codes of policies to show, by comma, in their order; 'all' for every adopted one.")
@click.option("--period", default=None, help="Closed period whose figures are shown; '' for the newest.")
@click.option("--intro-zh", type=TEXT, default=None, help="File with the introduction in Chinese.")
@click.option("--intro-en", type=TEXT, default=None, help="File with the introduction in English.")
@click.option("--other-claims/--no-other-claims", default=None, help="Show published figures that the zone cannot measure, or do not.")
@click.option("--withdraw", is_flag=True, help="Close the public site; what it showed is kept for later.")
@click.option("--show", "only_show", is_flag=True, help="Say what is public, and change nothing.")
@JSON
@verb()
def publish(
    zone_code: str, figures: str | None, policies: str | None, period: str | None, intro_zh: Path | None, intro_en: Path | None,
    other_claims: bool | None, withdraw: bool, only_show: bool, as_json: bool, language: str,
) -> None:  # fmt: skip
    """Open the public site of a zone, change what it shows, or close it. What is not told stays as it is."""
    zone = zone_by_code(zone_code)
    row = publication(zone)
    if not only_show:
        if withdraw and row is None:
            raise UnableToPublish(_("%(zone)s is not published.") % {"zone": zone.code})
        face = PublicFace(
            _codes(figures, [code for code, _label in offered_figures(zone)], row.figures if row else []),
            _codes(policies, [code for code, _title in offered_policies(zone)], row.policies if row else []),
            (row.period if row else "") if period is None else period,
            {"zh": _text(intro_zh, row.intro_zh if row else ""), "en": _text(intro_en, row.intro_en if row else "")},
            bool(row and row.other_claims) if other_claims is None else other_claims,
        )
        row = set_public(zone=zone, published=not withdraw, face=face, actor=actor(), at=now())
    told = _told(zone, row)
    emit(told, as_json=as_json, show=lambda: table(zone.code, ["", ""], [[name, _plain(value)] for name, value in told.items()]))


def _text(file: Path | None, held: str) -> str:
    return held if file is None else file.read_text(encoding="utf-8").strip()


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _told(zone: Any, row: Any) -> dict[str, Any]:
    return {
        "zone": zone.code, "published": bool(row and row.published), "address": reverse("public-home", args=[zone.code]),
        "figures": list(row.figures) if row else [], "policies": list(row.policies) if row else [], "period": row.period if row else "",
        "intro_zh": row.intro_zh if row else "", "intro_en": row.intro_en if row else "", "other_claims": bool(row and row.other_claims),
    }  # fmt: skip


@group("wall")
def wall_group() -> None:
    """Links by which a screen on a wall shows the board without an account."""


@wall_group.command()
@click.argument("name")
@ZONE
@JSON
@verb()
def make(name: str, zone_code: str, as_json: bool, language: str) -> None:
    """Make a link for the screen NAME."""
    row = make_wall_link(zone=zone_by_code(zone_code), name=name, actor=actor(), at=now())
    told = {"link": row.pk, "name": row.name, "address": reverse("wall-board", args=[wall_token(row)])}
    emit(told, as_json=as_json, show=lambda: say(told["address"]))


@wall_group.command()
@click.argument("link", type=int)
@ZONE
@verb()
def revoke(link: int, zone_code: str, language: str) -> None:
    """Revoke the link of number LINK: the screen goes dark."""
    row = revoke_wall_link(zone=zone_by_code(zone_code), pk=link, actor=actor(), at=now())
    say(_("The link for “%(name)s” is revoked.") % {"name": row.name})


@wall_group.command(name="list")
@ZONE
@JSON
@verb()
def list_walls(zone_code: str, as_json: bool, language: str) -> None:
    """List the links, with the address of those in use."""
    told = [
        {"link": row.pk, "name": row.name, "made_by": row.made_by, "revoked": row.revoked_at is not None,
         "address": None if row.revoked_at else reverse("wall-board", args=[wall_token(row)])}
        for row in wall_links(zone_by_code(zone_code))
    ]  # fmt: skip
    columns = [_("Link"), _("Screen"), _("Made"), _("Address")]
    rows = [[one["link"], one["name"], one["made_by"], one["address"] or _("revoked")] for one in told]
    emit(told, as_json=as_json, show=lambda: table(zone_code, columns, rows))
