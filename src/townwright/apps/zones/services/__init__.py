"""Verbs on zones and on the register of zones abroad."""

from townwright.apps.zones.services.opening import UnableToOpenZone, open_zone
from townwright.apps.zones.services.overseas import OverseasHandler

__all__ = ["OverseasHandler", "UnableToOpenZone", "open_zone"]
