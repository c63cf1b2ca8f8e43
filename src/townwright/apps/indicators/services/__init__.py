"""Verbs on figures and claims."""

from townwright.apps.indicators.services.claims import UnableToLoadClaims, add_claim, load_claims, reconcile_claims
from townwright.apps.indicators.services.measuring import UnableToAdoptRulebook, adopt_indicators, measure

__all__ = ["UnableToAdoptRulebook", "UnableToLoadClaims", "add_claim", "adopt_indicators", "load_claims", "measure", "reconcile_claims"]
