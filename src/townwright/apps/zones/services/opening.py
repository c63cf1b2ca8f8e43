"""Verbs on zones."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from townwright.apps.zones.models import Zone
from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.kernel.formula.units import CURRENCIES

_CODE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


class UnableToOpenZone(ValueError):
    """A zone's attributes do not hold: says which, and what to write."""


def open_zone(
    *, code: str, name_zh: str, kind: str, country: str, currency: str, time_zone: str, actor: Actor, at: datetime,
    name_en: str = "", place: str = "", language: str = "zh-hans", area_m2: Decimal | None = None, latitude: Decimal | None = None,
    longitude: Decimal | None = None, sample: bool = False,
) -> Zone:  # fmt: skip
    """Open a zone, or bring one of that code up to these attributes; repeated, it changes nothing.

    Raises:
        UnableToOpenZone: unknown kind, currency or time zone, or a place that is not on Earth.
    """
    if not _CODE.match(code):
        raise UnableToOpenZone(_("%(code)s is not a zone code: small letters, digits and hyphens, as in my-town.") % {"code": code})
    if kind not in Zone.Kind.values:
        raise UnableToOpenZone(_("%(kind)s is not a kind of zone: %(kinds)s.") % {"kind": kind, "kinds": ", ".join(Zone.Kind.values)})
    if currency not in CURRENCIES:
        raise UnableToOpenZone(_("%(currency)s is not a currency known here (ISO 4217, as CNY or USD).") % {"currency": currency})
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise UnableToOpenZone(_("%(zone)s is not a time zone: write Asia/Shanghai.") % {"zone": time_zone}) from fault
    if (latitude is None) != (longitude is None) or abs(latitude or 0) > 90 or abs(longitude or 0) > 180:
        raise UnableToOpenZone(_("A place is told by latitude (-90 to 90) and longitude (-180 to 180) in degrees, both or neither."))
    told = {
        "name_zh": name_zh, "name_en": name_en, "kind": kind, "country": country, "place": place, "currency": currency,
        "time_zone": time_zone, "language": language, "area_m2": area_m2,
        "latitude": latitude, "longitude": longitude, "sample": sample,
    }  # fmt: skip
    with write(verb="zones.open", subject=f"zone {code}", zone=None, actor=actor, at=at) as entry:
        zone = Zone.objects.select_for_update().filter(code=code).first()
        old = {} if zone is None else {name: getattr(zone, name) for name in told}
        if zone is not None and old == told:
            entry.nothing_changed()
            return zone
        zone = zone or Zone(code=code)
        for name, value in told.items():
            setattr(zone, name, value)
        zone.save()
        entry.old = {name: None if value is None else str(value) for name, value in old.items()}
        entry.new = {name: None if value is None else str(value) for name, value in told.items()}
        entry.event("zones.zone.opened", code=code)
    return zone
