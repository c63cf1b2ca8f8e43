"""Imports of the register and of alliances."""

from townwright.apps.parties.services.imports.alliances import AllianceHandler
from townwright.apps.parties.services.imports.registry import RegistryHandler

__all__ = ["AllianceHandler", "RegistryHandler"]
