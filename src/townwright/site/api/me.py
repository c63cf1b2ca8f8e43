"""Who asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router

from townwright.apps.zones.selectors import zones
from townwright.frame.api import Out, reads
from townwright.frame.api.doors import opens
from townwright.frame.permissions import may, roles_of, table
from townwright.frame.tokens import granted

router = Router(tags=["me"])


class TokenOut(Out):
    """The token in use. ``zone`` null: every zone in which the person holds a role."""

    name: str
    start: str
    zone: str | None
    scopes: list[str]
    expires_at: datetime | None


class HeldOut(Out):
    """A zone, the roles held there, and the permissions that come of roles and token together."""

    zone: str
    roles: list[str]
    permissions: list[str]


class MeOut(Out):
    """Who asks, by which token (null: a browser's session), and what for."""

    user: str
    name: str
    token: TokenOut | None
    zones: list[HeldOut]


@reads(router, "/me", name="me.get", summary=_("See who you are"), permission="", response=MeOut, zoned=False)
def get_me(request: HttpRequest) -> Any:
    """Return whose token this is, what it opens, and until when."""
    token, user = request.token, request.user
    scopes = granted(token.scopes) if token is not None else frozenset(table())
    held = [
        {"zone": zone.code, "roles": sorted(roles_of(user, zone)), "permissions": sorted(name for name in scopes if may(user, name, zone))}
        for zone in zones()
        if opens(request, zone)
    ]
    told = None
    if token is not None:
        told = {name: getattr(token, name) for name in ("name", "start", "scopes", "expires_at")} | {
            "zone": token.zone.code if token.zone else None
        }
    return {"user": user.get_username(), "name": user.get_full_name(), "token": told, "zones": held}
