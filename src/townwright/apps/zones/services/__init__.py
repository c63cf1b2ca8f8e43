"""Verbs on zones and on the register of zones abroad."""

from townwright.apps.zones.services.opening import UnableToOpenZone, open_zone
from townwright.apps.zones.services.overseas import OverseasHandler
from townwright.apps.zones.services.trust import UnableToTrust, distrust_key, trust_key

__all__ = ["OverseasHandler", "UnableToOpenZone", "UnableToTrust", "distrust_key", "open_zone", "trust_key"]
