"""What the shell around every page shows."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template the zone in hand, when there is one."""
    return {"zone": getattr(request, "zone", None)}
