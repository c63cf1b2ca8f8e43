"""Questions about the register."""

from townwright.apps.parties.selectors.offers import snapshot_tables
from townwright.apps.parties.selectors.register import (
    FirmFile,
    UnknownParty,
    count_firms,
    firm_file,
    firm_rows,
    merge_suggestions,
    party_by_ref,
    party_finder,
    stays_by_party,
    survivors,
)
from townwright.apps.parties.selectors.vocabulary import tag_label, tag_labels

__all__ = [
    "FirmFile", "UnknownParty", "count_firms", "firm_file", "firm_rows", "merge_suggestions", "party_by_ref", "party_finder",
    "snapshot_tables", "stays_by_party", "survivors", "tag_label", "tag_labels",
]  # fmt: skip
