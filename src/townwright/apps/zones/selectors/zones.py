"""Questions about zones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.zones.models import Zone
from townwright.frame.hints import hint
from townwright.kernel.values.offer import ColumnOffer, TableOffer
from townwright.kernel.values.period import Period

ZONE_TABLE = TableOffer(
    "zone", ("key",), {"zh": "区域", "en": "zone"},
    (
        ColumnOffer("key", "text", {"zh": "代码", "en": "code"}),
        ColumnOffer("kind", "text", {"zh": "类型", "en": "kind"}),
        ColumnOffer("country", "text", {"zh": "国家", "en": "country"}),
        ColumnOffer("currency", "text", {"zh": "币种", "en": "currency"}),
        ColumnOffer("area_m2", "number", {"zh": "面积", "en": "area"}, "m2", 2),
    ),
)  # fmt: skip


class UnknownZone(LookupError):
    """No zone of that code; near codes are suggested."""


def zones() -> list[Zone]:
    """Return all zones by code."""
    return list(Zone.objects.order_by("code"))


def zone_by_code(code: str) -> Zone:
    """Return the zone.

    Raises:
        UnknownZone: there is none of that code.
    """
    found = Zone.objects.filter(code=code).first()
    if found is not None:
        return found
    none = _("Open one with: townwright init --zone CODE …")
    known = Zone.objects.values_list("code", flat=True)
    raise UnknownZone(_("There is no zone %(code)s.") % {"code": code} + hint(code, known, none=none))


def snapshot_tables(zone: Zone, period: Period) -> Iterable[tuple[TableOffer, list[tuple[Any, ...]]]]:
    """Offer the zone's own row."""
    yield ZONE_TABLE, [(zone.code, zone.kind, zone.country, zone.currency, zone.area_m2)]


def take_turns(zone: Zone) -> None:
    """Let other verbs that take turns on the zone wait until this transaction ends; its rows can still be written meanwhile.

    A lock that rows of the zone had to wait for would tie up with a verb that holds a party and is about to write one.
    """
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
