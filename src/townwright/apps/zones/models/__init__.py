"""Rows of zones."""

from townwright.apps.zones.models.overseas import OverseasEntry
from townwright.apps.zones.models.publishing import Publication, WallLink
from townwright.apps.zones.models.zone import Zone

__all__ = ["OverseasEntry", "Publication", "WallLink", "Zone"]
