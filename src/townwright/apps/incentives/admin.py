"""Looking at rulebooks, assessments and awards."""

from townwright.apps.incentives.models import Assessment, Award, DraftText, PolicyBudget, RulebookDraft, ZoneRulebook
from townwright.frame.admin import look

look(
    ZoneRulebook, "code", "zone", "version", "kind", "status", "adopted_at", search=("code", "version"), filters=("zone", "kind", "status")
)
look(Assessment, "party_name", "zone", "rulebook", "snapshot", "verdict", "amount", "result", search=("party_name", "party_key"), filters=("zone", "verdict"))  # fmt: skip
look(Award, "party_name", "zone", "policy", "year", "granted_amount", "currency", "status", search=("party_name", "party_key", "policy"), filters=("zone", "status", "year"))  # fmt: skip
look(PolicyBudget, "policy", "zone", "year", "amount", "approved", "currency", search=("policy",), filters=("zone", "year"))
look(RulebookDraft, "code", "zone", "revision", "status", "written_label", "written_at", search=("code",), filters=("zone", "status"))
look(DraftText, "draft", "zone", "revision", "written_label", "written_at", search=("draft__code", "written_label"), filters=("zone",))
