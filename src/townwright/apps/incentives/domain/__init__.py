"""Pure arithmetic of policies: who gets how much when there is not enough, and what a policy would say of an invented firm."""

from townwright.apps.incentives.domain.granting import CENT, Claimant, Cut, Grant, exclude_doubles, give_by_priority, share_pro_rata
from townwright.apps.incentives.domain.trial import ASSUMED, FIRM, Answers, Question, Trial, UnableToTry, questions, try_policy

__all__ = [
    "ASSUMED", "CENT", "FIRM", "Answers", "Claimant", "Cut", "Grant", "Question", "Trial", "UnableToTry", "exclude_doubles", "give_by_priority", "questions",
    "share_pro_rata", "try_policy",
]  # fmt: skip
