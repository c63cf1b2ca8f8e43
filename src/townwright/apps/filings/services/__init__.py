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
from townwright.apps.filings.services.own import drafts_from_file

__all__ = [
    "CorrectedMeanwhile",
    "FilingHandler",
    "UnableToFile",
    "accept",
    "correct",
    "drafts_from_file",
    "hand_in",
    "return_filing",
    "save_draft",
    "submit",
]
