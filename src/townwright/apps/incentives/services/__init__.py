"""Verbs on policies, assessments and awards."""

from townwright.apps.incentives.services.adopting import UnableToAdoptRulebook, adopt_rulebook, withdraw_rulebook
from townwright.apps.incentives.services.assessing import assess, recompute
from townwright.apps.incentives.services.awarding import UnableToAward, decide_award, decide_awards, propose_awards

__all__ = [
    "UnableToAdoptRulebook",
    "UnableToAward",
    "adopt_rulebook",
    "assess",
    "decide_award",
    "decide_awards",
    "propose_awards",
    "recompute",
    "withdraw_rulebook",
]  # fmt: skip
