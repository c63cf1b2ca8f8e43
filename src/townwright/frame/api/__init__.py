"""The frame of the programming interface: who asks, what a refusal looks like, pages, versions, keys, limits.

It knows zones, people and permissions, and no word of the town. See docs/reference/api.md.
"""

from townwright.frame.api.operations import reads, writes
from townwright.frame.api.paging import Paging, page_of, paged
from townwright.frame.api.respond import Answer, demand_state, state_of
from townwright.frame.api.root import TownAPI
from townwright.frame.api.schemas import Day, DecimalText, In, Money, Number, Out, Texts, money, texts
from townwright.frame.problems import KINDS, Problem, refuse

__all__ = [
    "KINDS", "Answer", "Day", "DecimalText", "In", "Money", "Number", "Out", "Paging", "Problem", "Texts", "TownAPI", "demand_state", "money", "page_of",
    "paged", "reads", "refuse", "state_of", "texts", "writes",
]  # fmt: skip
