"""Looking at returns."""

from townwright.apps.filings.models import Filing, FilingVersion
from townwright.frame.admin import look

look(Filing, "party", "zone", "dataset", "period", "status", "version", search=("party__name", "party__key"), filters=("zone", "dataset", "status"))  # fmt: skip
look(
    FilingVersion,
    "filing",
    "zone",
    "version",
    "replaced_at",
    "replaced_by",
    search=("filing__party__name", "replaced_by"),
    filters=("zone",),
)
