"""Looking at measured figures and claims."""

from townwright.apps.indicators.models import Claim, IndicatorBook, IndicatorValue, Reconciliation
from townwright.frame.admin import look

look(IndicatorBook, "code", "zone", "version", "adopted_at", "adopted_by", search=("code", "version"), filters=("zone",))
look(IndicatorValue, "code", "zone", "snapshot", "value", "unit", "measured_at", search=("code",), filters=("zone", "rulebook"))
look(Claim, "uid", "zone", "system", "value", "bound", "unit", "as_of", "source", "withdrawn_at", search=("uid", "source", "quote"), filters=("zone", "system", "bound"))  # fmt: skip
look(Reconciliation, "claim", "zone", "snapshot", "measured", "verdict", "at", search=("claim__uid",), filters=("zone", "verdict"))
