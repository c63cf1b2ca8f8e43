"""Verbs on policies, assessments and awards."""

from townwright.apps.incentives.services.adopting import UnableToAdoptRulebook, adopt_rulebook, withdraw_rulebook
from townwright.apps.incentives.services.assessing import assess, recompute
from townwright.apps.incentives.services.awarding import UnableToAward, decide_award, decide_awards, propose_awards
from townwright.apps.incentives.services.drafting import (
    DraftChanged,
    UnableToDraft,
    begin_draft,
    decide_draft,
    drop_draft,
    save_draft,
    submit_draft,
)

__all__ = [
    "DraftChanged",
    "UnableToAdoptRulebook",
    "UnableToAward",
    "UnableToDraft",
    "adopt_rulebook",
    "assess",
    "begin_draft",
    "decide_award",
    "decide_awards",
    "decide_draft",
    "drop_draft",
    "propose_awards",
    "recompute",
    "save_draft",
    "submit_draft",
    "withdraw_rulebook",
]  # fmt: skip
