"""Looking at zones."""

from townwright.apps.zones.models import OverseasEntry, Publication, WallLink, Zone
from townwright.frame.admin import look

look(Zone, "code", "name_zh", "name_en", "kind", "country", "currency", "time_zone", "sample", search=("code", "name_zh", "name_en"), filters=("kind", "country", "sample"))  # fmt: skip
look(OverseasEntry, "number", "zone", "name", "country", "area_km2", "investment_yi", search=("name", "country", "developer"), filters=("zone", "country"))  # fmt: skip
look(Publication, "zone", "published", "period", "revision", "changed_at", "changed_by", search=("zone__code",), filters=("published",))
look(WallLink, "zone", "name", "made_at", "made_by", "revoked_at", "revoked_by", search=("name",), filters=("zone",))
