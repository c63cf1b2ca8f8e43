"""Zones, and the register of zones abroad, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router

from townwright.apps.zones import selectors as zones
from townwright.frame.api import Answer, DecimalText, Out, Paging, Texts, page_of, paged, reads
from townwright.frame.api.doors import opens
from townwright.frame.permissions import roles_of

router = Router(tags=["zones"])


class ZoneOut(Out):
    """A zone. ``area_m2`` is null where it is not known; ``roles`` are those of whoever asks."""

    code: str
    name: Texts
    kind: str
    country: str
    place: str
    currency: str
    time_zone: str
    language: str
    area_m2: DecimalText | None
    sample: bool
    roles: list[str]


def _zone(request: HttpRequest, zone: Any) -> dict[str, Any]:
    told = {
        name: getattr(zone, name) for name in ("code", "kind", "country", "place", "currency", "time_zone", "language", "area_m2", "sample")
    }
    return {**told, "name": {"zh": zone.name_zh, "en": zone.name_en}, "roles": sorted(roles_of(request.user, zone))}


@reads(router, "/zones", name="zones.list", summary=_("List your zones"), permission="", response=list[ZoneOut], zoned=False)
def list_zones(request: HttpRequest) -> Any:
    """Return the zones in which you hold a role and which the token opens, by code."""
    return [_zone(request, zone) for zone in zones.zones() if opens(request, zone)]


@reads(router, "", name="zones.get", summary=_("Read a zone"), permission="", response=ZoneOut)
def get_zone(request: HttpRequest, zone: Any) -> Any:
    """Return one zone with the roles that you hold there."""
    return _zone(request, zone)


class AbroadOut(Out):
    """A row of the register of zones abroad; figures as printed, words beside them."""

    number: int
    name: str
    country: str
    province: str
    level: str
    kind: str
    developer: str
    host_developer: str
    place: str
    latitude: DecimalText | None
    longitude: DecimalText | None
    area_km2: DecimalText | None
    area_text: str
    investment_yi: DecimalText | None
    investment_text: str
    industries: str
    url: str


AbroadPage = page_of(AbroadOut)


@reads(router, "/overseas", name="zones.overseas", summary=_("List zones abroad"), permission="figures.view", response=AbroadPage)
def list_overseas(request: HttpRequest, zone: Any, paging: Query[Paging]) -> Answer:
    """Return the register of zones abroad in the order of its file."""
    return paged(request, paging, zones.overseas_entries(zone), lambda row: row)
