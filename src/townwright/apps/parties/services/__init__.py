"""Verbs on the register."""

from townwright.apps.parties.services.facts import accept_identifier_warning, leave, tag_party
from townwright.apps.parties.services.imports import AllianceHandler, RegistryHandler
from townwright.apps.parties.services.merging import UnableToMerge, dismiss_suggestion, merge_parties, undo_merge

__all__ = [
    "AllianceHandler", "RegistryHandler", "UnableToMerge", "accept_identifier_warning", "dismiss_suggestion", "leave", "merge_parties",
    "tag_party", "undo_merge",
]  # fmt: skip
