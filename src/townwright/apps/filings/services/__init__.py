"""Verbs on returns."""

from townwright.apps.filings.services.imports import FilingHandler
from townwright.apps.filings.services.life import (
    CorrectedMeanwhile,
    UnableToFile,
    accept,
    correct,
    hand_in,
    return_filing,
    save_draft,
    submit,
)

__all__ = ["CorrectedMeanwhile", "FilingHandler", "UnableToFile", "accept", "correct", "hand_in", "return_filing", "save_draft", "submit"]
