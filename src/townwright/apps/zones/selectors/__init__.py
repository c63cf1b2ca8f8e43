"""Questions about zones."""

from townwright.apps.zones.selectors.overseas import overseas_entries, overseas_review
from townwright.apps.zones.selectors.zones import ZONE_TABLE, UnknownZone, snapshot_tables, take_turns, zone_by_code, zones

__all__ = ["ZONE_TABLE", "UnknownZone", "overseas_entries", "overseas_review", "snapshot_tables", "take_turns", "zone_by_code", "zones"]
