"""``townwright user``: accounts, and the roles that people hold in a zone."""

from __future__ import annotations

import secrets

import click
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now
from townwright.frame.permissions import roles
from townwright.frame.roles import grant_role, holders, revoke_role
from townwright.frame.terms import term
from townwright.site.cli.frame import actor, emit, group, say, table, verb
from townwright.site.cli.options import JSON, ZONE

ROLE = click.option("--role", "held", required=True, multiple=True, type=click.Choice(roles()), help="A role; may be told several times.")


@group("user")
def user_group() -> None:
    """Give people accounts and roles in a zone."""


def _named(held: tuple[str, ...], language: str) -> str:
    return _(", ").join(term("role", role, language) for role in held)


@user_group.command()
@click.argument("name")
@ZONE
@ROLE
@JSON
@verb()
def grant(name: str, zone_code: str, held: tuple[str, ...], as_json: bool, language: str) -> None:
    """Give NAME roles; who has no account yet gets one, and its password is printed once."""
    zone, password = zone_by_code(zone_code), ""
    if not get_user_model().objects.filter(username=name).exists():
        password = secrets.token_urlsafe(12)
    for place, role in enumerate(held):
        grant_role(zone=zone, username=name, role=role, password=password if place == 0 else "", actor=actor(), at=now())
    told = {"user": name, "zone": zone.code, "roles": list(held), "password": password or None}

    def show() -> None:
        say(_("%(name)s holds %(roles)s in %(zone)s.") % {"name": name, "roles": _named(held, language), "zone": zone.code})
        if password:
            say(_("Password, shown this once: %(password)s") % {"password": password})

    emit(told, as_json=as_json, show=show)


@user_group.command()
@click.argument("name")
@ZONE
@ROLE
@verb()
def revoke(name: str, zone_code: str, held: tuple[str, ...], language: str) -> None:
    """Take roles from NAME."""
    zone = zone_by_code(zone_code)
    for role in held:
        revoke_role(zone=zone, username=name, role=role, actor=actor(), at=now())
    say(_("%(name)s no longer holds %(roles)s in %(zone)s.") % {"name": name, "roles": _named(held, language), "zone": zone.code})


@user_group.command(name="list")
@ZONE
@JSON
@verb()
def list_users(zone_code: str, as_json: bool, language: str) -> None:
    """List who holds which role."""
    told = [{"user": row.user.get_username(), "role": row.role} for row in holders(zone_by_code(zone_code))]
    emit(
        told,
        as_json=as_json,
        show=lambda: table(zone_code, [_("User"), _("Role")], [[one["user"], term("role", one["role"], language)] for one in told]),
    )
