"""Looking at zones."""

from townwright.apps.zones.models import OverseasEntry, Zone
from townwright.frame.admin import look

look(Zone, "code", "name_zh", "name_en", "kind", "country", "currency", "time_zone", "sample", search=("code", "name_zh", "name_en"), filters=("kind", "country", "sample"))  # fmt: skip
look(OverseasEntry, "number", "zone", "name", "country", "area_km2", "investment_yi", search=("name", "country", "developer"), filters=("zone", "country"))  # fmt: skip
