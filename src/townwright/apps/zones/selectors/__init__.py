"""Questions about zones."""

from townwright.apps.zones.selectors.overseas import overseas_entries, overseas_review
from townwright.apps.zones.selectors.publishing import (
    NotPublished,
    UnknownWall,
    publication,
    published,
    published_zones,
    wall_by_token,
    wall_links,
    wall_token,
)
from townwright.apps.zones.selectors.zones import ZONE_TABLE, UnknownZone, snapshot_tables, take_turns, zone_by_code, zones

__all__ = [
    "ZONE_TABLE", "NotPublished", "UnknownWall", "UnknownZone", "overseas_entries", "overseas_review", "publication", "published",
    "published_zones", "snapshot_tables", "take_turns", "wall_by_token", "wall_links", "wall_token", "zone_by_code", "zones",
]  # fmt: skip
