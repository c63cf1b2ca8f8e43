"""Questions about the register."""

from townwright.apps.parties.selectors.facts import fact_of
from townwright.apps.parties.selectors.files import (
    FirmFile,
    RelationRow,
    alliances_of,
    firm_file,
    identifier_of,
    relation_rows,
    schemes_in_use,
)
from townwright.apps.parties.selectors.offers import OFFERS, snapshot_tables
from townwright.apps.parties.selectors.people import people_rows, positions
from townwright.apps.parties.selectors.register import (
    LISTED_KINDS,
    AmbiguousParty,
    UnknownParty,
    count_firms,
    firm_and_keys,
    firm_rows,
    merge_suggestions,
    names_of_keys,
    party_by_ref,
    party_finder,
    stayed,
    stays_by_party,
    survivor,
    survivors,
)
from townwright.apps.parties.selectors.searching import search_parties
from townwright.apps.parties.selectors.vocabulary import (
    relation_kinds,
    relation_label,
    scheme_label,
    scheme_labels,
    tag_label,
    tag_labels,
)

__all__ = [
    "LISTED_KINDS",
    "OFFERS",
    "AmbiguousParty",
    "FirmFile",
    "RelationRow",
    "UnknownParty",
    "alliances_of",
    "count_firms",
    "fact_of",
    "firm_and_keys",
    "firm_file",
    "firm_rows",
    "identifier_of",
    "merge_suggestions",
    "names_of_keys",
    "party_by_ref",
    "party_finder",
    "people_rows",
    "positions",
    "relation_kinds",
    "relation_label",
    "relation_rows",
    "scheme_label",
    "scheme_labels",
    "schemes_in_use",
    "search_parties",
    "snapshot_tables",
    "stayed",
    "stays_by_party",
    "survivor",
    "survivors",
    "tag_label",
    "tag_labels",
]  # fmt: skip
