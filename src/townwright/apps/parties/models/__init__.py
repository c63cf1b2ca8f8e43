"""Rows of the register."""

from townwright.apps.parties.models.facts import AllianceMembership, Identifier, IndustryCode, Relation, Tag, ZoneMembership
from townwright.apps.parties.models.merging import MergeSuggestion
from townwright.apps.parties.models.party import Party, PartyAlias

__all__ = [
    "AllianceMembership", "Identifier", "IndustryCode", "MergeSuggestion", "Party", "PartyAlias", "Relation", "Tag", "ZoneMembership",
]  # fmt: skip
