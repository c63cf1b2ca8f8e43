"""Dataset definitions and the checks of a return."""

from townwright.apps.filings.domain.definitions import (
    GRAIN_WORDS,
    STEPS_A_YEAR,
    Check,
    Definition,
    DefinitionField,
    Due,
    UnableToReadDefinition,
    read_definition,
)
from townwright.apps.filings.domain.values import canonical, check_values, field_faults, stay_fault, typed

__all__ = [
    "GRAIN_WORDS", "STEPS_A_YEAR", "Check", "Definition", "DefinitionField", "Due", "UnableToReadDefinition", "canonical", "check_values", "field_faults",
    "read_definition", "stay_fault", "typed",
]  # fmt: skip
