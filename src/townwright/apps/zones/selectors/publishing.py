"""Questions about what a zone shows to the public and on its walls."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.db.models import F, QuerySet

from townwright.apps.zones.models import Publication, WallLink, Zone

_SALT = "townwright.wall"


class NotPublished(LookupError):
    """There is no public site of that code: no such zone, or it is not published."""


class UnknownWall(LookupError):
    """The link is not one of ours, was altered, or is revoked."""


def publication(zone: Any) -> Publication | None:
    """Return what the zone shows to the public, None where nobody has said so yet."""
    return Publication.objects.in_zone(zone).first()


def published(code: str) -> tuple[Zone, Publication]:
    """Return a published zone and what it shows.

    Raises:
        NotPublished: there is no such zone, or it is not published: the public cannot tell the two apart.
    """
    rows = Publication.objects.across_zones("the public names the zone by its code")
    found = rows.select_related("zone").filter(zone__code=code, published=True).first()
    if found is None:
        raise NotPublished(code)
    return found.zone, found


def published_zones() -> list[Zone]:
    """Return the zones that have a public site, by code."""
    rows = Publication.objects.across_zones("the front page and the site map list every published zone")
    return [row.zone for row in rows.select_related("zone").filter(published=True).order_by("zone__code")]


def wall_links(zone: Any) -> QuerySet[WallLink]:
    """Return the zone's links for walls, those in use first, newest first."""
    return WallLink.objects.in_zone(zone).order_by(F("revoked_at").desc(nulls_first=True), "-pk")


def wall_token(row: WallLink) -> str:
    """Return what stands in the address of a link."""
    return f"{row.pk}-{_signature(row)}"


def wall_by_token(token: str) -> WallLink:
    """Return the link, with its zone.

    Raises:
        UnknownWall: it was altered or revoked, or was never made.
    """
    number, _, signature = token.partition("-")
    rows = WallLink.objects.across_zones("the signature names the zone").select_related("zone")
    row = rows.filter(pk=int(number), revoked_at=None).first() if number.isdecimal() and len(number) <= 18 else None
    if row is None or not signing.constant_time_compare(signature, _signature(row)):
        raise UnknownWall
    return row


def _signature(row: WallLink) -> str:
    return signing.Signer(salt=_SALT).signature(f"{row.pk}:{row.zone_id}:{row.secret}")
