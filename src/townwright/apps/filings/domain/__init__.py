"""Dataset definitions and the checks of a return."""

from townwright.apps.filings.domain.definitions import Check, Definition, DefinitionField, UnableToReadDefinition, read_definition
from townwright.apps.filings.domain.values import canonical, check_values, typed

__all__ = ["Check", "Definition", "DefinitionField", "UnableToReadDefinition", "canonical", "check_values", "read_definition", "typed"]
