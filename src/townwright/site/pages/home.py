"""The zones that a person may see."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from townwright.apps.zones.selectors import zones
from townwright.frame.permissions import roles_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """List the zones in which the user holds a role."""
    rows = [zone for zone in zones() if request.user.is_superuser or roles_of(request.user, zone)]
    return render(request, "townwright/home.html", {"rows": rows})
