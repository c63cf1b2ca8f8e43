"""Verbs on zones, on what they show to the public, and on the register of zones abroad."""

from townwright.apps.zones.services.opening import UnableToOpenZone, open_zone
from townwright.apps.zones.services.overseas import OverseasHandler
from townwright.apps.zones.services.publishing import UnableToPublish, set_publication
from townwright.apps.zones.services.trust import UnableToTrust, distrust_key, trust_key
from townwright.apps.zones.services.walls import UnableToLinkWall, make_wall_link, revoke_wall_link

__all__ = [
    "OverseasHandler", "UnableToLinkWall", "UnableToOpenZone", "UnableToPublish", "UnableToTrust", "distrust_key", "make_wall_link", "open_zone",
    "revoke_wall_link", "set_publication", "trust_key",
]  # fmt: skip
