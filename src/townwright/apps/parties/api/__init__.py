"""The register for programs."""

from townwright.apps.parties.api import facts, merging, register  # noqa: F401 - each adds its operations to the router
from townwright.apps.parties.api.shapes import router

__all__ = ["router"]
