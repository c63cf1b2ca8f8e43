"""Verbs on the register."""

from townwright.apps.parties.services.alliances import join_alliance, leave_alliance
from townwright.apps.parties.services.codes import accept_identifier_warning, add_identifier
from townwright.apps.parties.services.facts import EditedMeanwhile, UnableToChangeParty
from townwright.apps.parties.services.imports import AllianceHandler, RegistryHandler
from townwright.apps.parties.services.industries import set_industry
from townwright.apps.parties.services.merging import UnableToMerge, dismiss_suggestion, merge_parties, undo_merge
from townwright.apps.parties.services.registering import PartyDetails, Registered, edit_party, register_party
from townwright.apps.parties.services.relations import end_relation, relate
from townwright.apps.parties.services.stays import arrive, leave
from townwright.apps.parties.services.tags import end_tag, tag_party
from townwright.apps.parties.services.withdrawing import withdraw_fact

__all__ = [
    "AllianceHandler", "EditedMeanwhile", "PartyDetails", "Registered", "RegistryHandler", "UnableToChangeParty", "UnableToMerge",
    "accept_identifier_warning", "add_identifier", "arrive", "dismiss_suggestion", "edit_party", "end_relation", "end_tag",
    "join_alliance", "leave", "leave_alliance", "merge_parties", "register_party", "relate", "set_industry", "tag_party", "undo_merge",
    "withdraw_fact",
]  # fmt: skip
