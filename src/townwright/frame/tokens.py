"""Keys for programs: made and revoked by people, never worth more than the person's own roles."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.hints import hint
from townwright.frame.models import ApiToken
from townwright.frame.permissions import roles_of, table

PREFIX = "tw_"
SHOWN = 9
USED_EVERY = timedelta(minutes=1)
READ, WRITE = "read", "write"
_READING = (".view", ".export", ".use")
# What is personal is never part of a group: a program that needs it says so.
_PERSONAL = "people."


class UnableToManageToken(ValueError):
    """A key cannot be made or revoked: says why and what to do. ``field`` is the argument that is wrong, if one is."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class UnknownToken(LookupError):
    """There is no such key."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key with its secret, which is shown once and kept nowhere."""

    token: ApiToken
    secret: str


def scopes() -> tuple[str, ...]:
    """Return what a key can be given: the two groups, then every permission of the table."""
    return (READ, WRITE, *table())


def granted(named: Iterable[str]) -> frozenset[str]:
    """Return the permissions that scopes stand for.

    ``read`` is every permission to view, export or search, ``write`` every permission; neither holds those on people, which are named
    one by one.
    """
    found: set[str] = set()
    for one in named:
        if one in (READ, WRITE):
            found |= {name for name in table() if not name.startswith(_PERSONAL) and (one == WRITE or name.endswith(_READING))}
        else:
            found.add(one)
    return frozenset(found)


def allows(token: ApiToken, permission: str) -> bool:
    """Say whether the key's scopes hold the permission; whether the person does is another question."""
    return permission in granted(token.scopes)


def tokens(user: Any) -> QuerySet[ApiToken]:
    """Return a person's keys that are not revoked, newest first."""
    return ApiToken.objects.across_zones("a person's own keys").filter(user=user, revoked_at=None).select_related("zone").order_by("-pk")


def every_token(zone: Any = None) -> QuerySet[ApiToken]:
    """Return all keys that are not revoked (those that open the zone, if one is named), by person; for whoever runs the installation."""
    rows = (
        ApiToken.objects.across_zones("the installation's keys, at the command line").filter(revoked_at=None).select_related("user", "zone")
    )
    return (rows.filter(Q(zone=zone) | Q(zone=None)) if zone is not None else rows).order_by("user__username", "pk")


def create_token(
    *, user: Any, name: str, named: Iterable[str], zone: Any, actor: Actor, at: datetime, expires_at: datetime | None = None
) -> Issued:  # fmt: skip
    """Make a key for a person and return it with its secret.

    Raises:
        UnableToManageToken: no name or scope is told, a scope is not known, the person has no role in the zone, or the end
            lies before ``at``.
    """
    told_scopes = list(dict.fromkeys(named))
    _check(user, name, told_scopes, zone, at, expires_at)
    secret = PREFIX + secrets.token_urlsafe(32)
    with write(verb="tokens.create", subject=f"{user.get_username()} {name.strip()}", zone=zone, actor=actor, at=at) as told:
        row = ApiToken.records.create(
            user=user, zone=zone, name=name.strip(), start=secret[:SHOWN], digest=_digest(secret), scopes=told_scopes, created_at=at,
            expires_at=expires_at,
        )  # fmt: skip
        told.new = {"scopes": told_scopes, "start": row.start, "expires_at": expires_at.isoformat() if expires_at else ""}
    return Issued(row, secret)


def _check(user: Any, name: str, named: list[str], zone: Any, at: datetime, expires_at: datetime | None) -> None:
    longest = ApiToken._meta.get_field("name").max_length
    if not name.strip() or len(name.strip()) > longest:
        raise UnableToManageToken(_("Give the key a name of 1 to %(most)d characters, as in: nightly report.") % {"most": longest}, "name")
    if not named:
        raise UnableToManageToken(_("Say what the key may: read, write, or permissions by name."), "scopes")
    for one in named:
        if one not in scopes():
            raise UnableToManageToken(_("There is no scope %(name)s.") % {"name": one} + hint(one, scopes()), "scopes")
    if zone is not None and not user.is_superuser and not roles_of(user, zone):
        told = {"name": user.get_username(), "zone": zone}
        raise UnableToManageToken(_("%(name)s holds no role in %(zone)s: a key opens nothing there.") % told, "zone")
    if expires_at is not None and expires_at <= at:
        raise UnableToManageToken(_("The key would have ended before it began: choose a later day."), "expires_at")


def revoke_token(*, token_id: int, actor: Actor, at: datetime, user: Any = None) -> ApiToken:
    """Revoke a key (of ``user``, if one is named); repeated, it changes nothing.

    Raises:
        UnknownToken: there is none of that number, or it is another person's.
    """
    rows = ApiToken.objects.across_zones("a key by its number").filter(pk=token_id)
    row = (rows if user is None else rows.filter(user=user)).select_related("user", "zone").first()
    if row is None:
        raise UnknownToken(_("There is no key number %(number)s.") % {"number": token_id})
    with write(verb="tokens.revoke", subject=f"{row.user.get_username()} {row.name}", zone=row.zone, actor=actor, at=at) as told:
        row = ApiToken.records.select_for_update(of=("self",)).select_related("user", "zone").get(pk=row.pk)
        if row.revoked_at is not None:
            told.nothing_changed()
            return row
        told.old = {"start": row.start, "scopes": row.scopes}
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
    return row


def token_of(secret: str, *, at: datetime) -> ApiToken | None:
    """Return the key that a secret opens, None where it is unknown, revoked or over, or its person is no longer active."""
    row = ApiToken.records.filter(digest=_digest(secret), revoked_at=None).select_related("user", "zone").first()
    if row is None or not row.user.is_active or (row.expires_at is not None and row.expires_at <= at):
        return None
    # Once a minute is often enough to see that a key is in use; each time would make a write of every read.
    if row.used_at is None or row.used_at < at - USED_EVERY:
        ApiToken.records.filter(pk=row.pk).update(used_at=at)
    return row


def _digest(secret: str) -> str:
    # The secret holds 256 random bits: a slow hash would add nothing.
    return hashlib.sha256(secret.encode()).hexdigest()
