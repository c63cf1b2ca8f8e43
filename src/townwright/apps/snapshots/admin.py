"""Looking at snapshots."""

from townwright.apps.snapshots.models import Snapshot
from townwright.frame.admin import look

look(Snapshot, "period", "zone", "revision", "content_hash", "frozen_at", "frozen_by", search=("period", "content_hash"), filters=("zone",))
