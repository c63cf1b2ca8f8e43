"""``townwright token``: keys for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now
from townwright.frame.tokens import UnableToManageToken, create_token, every_token, revoke_token
from townwright.site.cli.frame import actor, emit, group, say, table, verb
from townwright.site.cli.options import JSON


@group("token")
def token_group() -> None:
    """Make, list and revoke keys for programs."""


@token_group.command()
@click.option("--user", "username", required=True, help="Whose key it is: it may at most what this person may.")
@click.option("--name", required=True, help="What it is for, as in: nightly report.")
@click.option("--scope", "named", required=True, multiple=True, help="read, write, or a permission by name; may be told several times.")
@click.option("--zone", "zone_code", default="", help="Code of the one zone that it opens (default: all in which the person holds a role).")
@click.option(
    "--expires", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", default=None, help="First day on which it no longer holds (UTC)."
)
@JSON
@verb()
def create(
    username: str, name: str, named: tuple[str, ...], zone_code: str, expires: datetime | None, as_json: bool, language: str
) -> None:
    """Make a key and print its secret, this once."""
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise UnableToManageToken(_("%(name)s has no account: townwright user grant gives one.") % {"name": username}, "user")
    zone = zone_by_code(zone_code) if zone_code else None
    ends = expires.replace(tzinfo=UTC) if expires else None
    made = create_token(user=user, name=name, named=named, zone=zone, actor=actor(), at=now(), expires_at=ends)
    told = {**_told(made.token), "secret": made.secret}

    def show() -> None:
        say(_("Token %(number)s of %(name)s; its secret, shown this once:") % {"number": made.token.pk, "name": username})
        say(made.secret)

    emit(told, as_json=as_json, show=show)


@token_group.command(name="list")
@click.option("--zone", "zone_code", default="", help="Only keys that open this zone.")
@JSON
@verb()
def list_tokens(zone_code: str, as_json: bool, language: str) -> None:
    """List the keys that are not revoked."""
    told = [_told(row) for row in every_token(zone_by_code(zone_code) if zone_code else None)]
    columns = [_("Number"), _("User"), _("Name"), _("Begins"), _("Scopes"), _("Zone"), _("Ends"), _("Last used")]

    def cells(one: dict[str, Any]) -> list[Any]:
        return [
            one["token"],
            one["user"],
            one["name"],
            one["start"],
            " ".join(one["scopes"]),
            one["zone"],
            one["expires_at"],
            one["used_at"],
        ]

    emit(told, as_json=as_json, show=lambda: table(_("Tokens"), columns, [cells(one) for one in told]))


@token_group.command()
@click.argument("number", type=int)
@verb()
def revoke(number: int, language: str) -> None:
    """Revoke the key with NUMBER; nothing is let in by it any more."""
    row = revoke_token(token_id=number, actor=actor(), at=now())
    say(_("Token %(number)s (%(name)s) is revoked.") % {"number": row.pk, "name": row.name})


def _told(row: Any) -> dict[str, Any]:
    zone = row.zone.code if row.zone else None
    return {
        "token": row.pk, "user": row.user.get_username(), "name": row.name, "start": row.start, "scopes": row.scopes, "zone": zone,
        "expires_at": row.expires_at, "used_at": row.used_at,
    }  # fmt: skip
