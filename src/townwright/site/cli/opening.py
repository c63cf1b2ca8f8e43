"""``townwright init`` and ``zones``: setting up, and which zones there are."""

from __future__ import annotations

import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from townwright.apps.incentives.services import adopt_rulebook
from townwright.apps.zones.selectors import zones
from townwright.apps.zones.services import open_zone
from townwright.frame.clock import now
from townwright.frame.terms import country_name, currency_name
from townwright.frame.text import in_language
from townwright.rulebooks import packaged
from townwright.site.cli.frame import actor, command, emit, prepare_database, say, table, verb
from townwright.site.cli.options import JSON


class UnableToCreateAdministrator(ValueError):
    """The account is there already."""


@command()
@click.option("--zone", "code", default="", help="Code of a zone to open.")
@click.option("--name-zh", default="", help="The zone's name in Chinese.")
@click.option("--name-en", default="", help="The zone's name in English.")
@click.option("--kind", default="innovation_town", help="innovation_town, industrial_park, cooperation_zone or new_city.")
@click.option("--country", default="CN", help="ISO 3166 code of the country.")
@click.option("--currency", default="CNY", help="ISO 4217 code of the currency.")
@click.option("--time-zone", default="Asia/Shanghai", help="Time zone, as in Asia/Shanghai.")
@click.option("--place", default="", help="Where the zone lies.")
@click.option("--area-m2", type=Decimal, default=None, help="Area in square metres.")
@click.option("--latitude", type=Decimal, default=None, help="Degrees north, for the map of the board.")
@click.option("--longitude", type=Decimal, default=None, help="Degrees east.")
@click.option("--rulebooks", default="", help="Packaged rulebooks to adopt, by comma, or 'all'.")
@click.option("--admin", default="", help="User name of an administrator to create; the password is printed once.")
@verb(needs_database=False)
def init(code: str, rulebooks: str, admin: str, language: str, **told: Any) -> None:
    """Set the database up, and on wish open a zone, adopt rulebooks and create an administrator."""
    prepare_database()
    if admin:
        _demand_free(admin)
    if code:
        told["name_zh"] = told["name_zh"] or code
        zone = open_zone(code=code, **told, actor=actor(), at=now())
        for name, text in packaged("policies", "classifications").items():
            if rulebooks == "all" or Path(name).stem in rulebooks.split(","):
                adopt_rulebook(zone=zone, text=text, source=name, actor=actor(), at=now())
        named = in_language({"zh": zone.name_zh, "en": zone.name_en}, language)
        say(_("The zone %(code)s (%(name)s) is open.") % {"code": zone.code, "name": named})
    if admin:
        password = secrets.token_urlsafe(12)
        get_user_model().objects.create_superuser(admin, password=password)
        say(_("Administrator %(name)s, password, shown this once: %(password)s") % {"name": admin, "password": password})
    say(_("Data folder: %(folder)s") % {"folder": settings.TOWNWRIGHT_HOME})


def _demand_free(name: str) -> None:
    """Make sure that no account has the name.

    Raises:
        UnableToCreateAdministrator: one has.
    """
    held = get_user_model().objects.filter(username=name).first()
    if held is None:
        return
    if held.is_superuser:
        text = _("%(name)s is an administrator already; nothing was changed. Sign in as %(name)s, or choose another name for a second one.")
    else:
        text = _("An account %(name)s exists that is no administrator; nothing was changed. Choose another name.")
    raise UnableToCreateAdministrator(text % {"name": name})


@command(name="zones")
@JSON
@verb()
def list_zones(as_json: bool, language: str) -> None:
    """List the zones."""
    rows = zones()
    told = [
        {
            "code": z.code, "name_zh": z.name_zh, "name_en": z.name_en, "kind": z.kind, "country": z.country, "currency": z.currency, "sample": z.sample,
        }
        for z in rows
    ]  # fmt: skip

    def show() -> None:
        cells = [
            [z.code, in_language({"zh": z.name_zh, "en": z.name_en}, language), z.get_kind_display(), country_name(z.country, language),
             currency_name(z.currency, language), _("yes") if z.sample else ""]
            for z in rows
        ]  # fmt: skip
        table(_("Zones"), [_("Code"), _("Name"), _("Kind"), _("Country"), _("Currency"), _("Sample")], cells)
        if not rows:
            say(_("There is no zone yet. Open one with: townwright init --zone CODE --name-zh …"))

    emit(told, as_json=as_json, show=show)
