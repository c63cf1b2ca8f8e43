"""Single facts of a party by their number."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from townwright.apps.parties.models import AllianceMembership, IndustryCode, Party, PartyAlias, Relation, Tag, ZoneMembership

# The sorts of fact that can be withdrawn. Codes cannot: keys, and the returns of others, stand on them.
FACTS: dict[str, Any] = {
    "name": PartyAlias, "stay": ZoneMembership, "tag": Tag, "industry": IndustryCode, "alliance": AllianceMembership, "relation": Relation,
}  # fmt: skip


def fact_of(zone: Any, party: Party, fact: str, number: int) -> Any:
    """Return a fact of the party, None where it has none of that sort and number; a relation is a fact of both its parties."""
    if fact not in FACTS:
        return None
    whose = Q(from_party=party) | Q(to_party=party) if fact == "relation" else Q(party=party)
    return FACTS[fact].objects.in_zone(zone).filter(whose, pk=number).first()
