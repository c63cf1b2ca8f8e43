"""Verbs on figures and claims."""

from townwright.apps.indicators.services.claims import (
    UnableToLoadClaims,
    UnableToWithdrawClaim,
    add_claim,
    load_claims,
    reconcile_claims,
    withdraw_claim,
)
from townwright.apps.indicators.services.measuring import UnableToAdoptRulebook, adopt_indicators, measure

__all__ = [
    "UnableToAdoptRulebook", "UnableToLoadClaims", "UnableToWithdrawClaim", "add_claim", "adopt_indicators", "load_claims", "measure", "reconcile_claims",
    "withdraw_claim",
]  # fmt: skip
