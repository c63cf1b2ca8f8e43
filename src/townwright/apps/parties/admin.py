"""Looking at the register."""

from townwright.apps.parties.models import (
    AllianceMembership,
    Identifier,
    IndustryCode,
    MergeSuggestion,
    Party,
    PartyAlias,
    Relation,
    Tag,
    ZoneMembership,
)
from townwright.frame.admin import look

NAMES = ("party__name", "party__key")
look(Party, "name", "zone", "kind", "key", "registered_on", "merged_into", search=("name", "name_en", "key"), filters=("zone", "kind", "sample"))  # fmt: skip
look(PartyAlias, "name", "zone", "party", search=("name", *NAMES), filters=("zone",))
look(Identifier, "value", "zone", "scheme", "party", "status", search=("value", *NAMES), filters=("zone", "scheme", "status"))
look(IndustryCode, "code", "zone", "scheme", "edition", "party", "from_on", "to_on", search=("code", *NAMES), filters=("zone", "scheme", "edition"))  # fmt: skip
look(Tag, "tag", "zone", "party", "from_on", "to_on", search=("tag", *NAMES), filters=("zone", "tag"))
look(ZoneMembership, "party", "zone", "arrived_on", "left_on", search=NAMES, filters=("zone",))
look(AllianceMembership, "party", "zone", "alliance", "joined_on", "left_on", "founder", search=(*NAMES, "alliance__name"), filters=("zone", "founder"))  # fmt: skip
look(Relation, "from_party", "kind", "to_party", "zone", "from_on", "to_on", search=("from_party__name", "to_party__name"), filters=("zone", "kind"))  # fmt: skip
look(MergeSuggestion, "kept", "other", "zone", "score", "status", "decided_by", search=("kept__name", "other__name"), filters=("zone", "status"))  # fmt: skip
