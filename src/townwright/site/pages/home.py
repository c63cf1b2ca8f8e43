"""The zones that a person may see."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from townwright.apps.zones.selectors import overseas_entries, overseas_review, zones
from townwright.frame.permissions import roles_of
from townwright.site.pages.doors import zone_page


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """List the zones in which the user holds a role."""
    rows = [zone for zone in zones() if request.user.is_superuser or roles_of(request.user, zone)]
    return render(request, "townwright/home.html", {"rows": rows})


@zone_page("figures.view")
def overseas(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show the register of zones abroad: what contradicts, what adds up."""
    return render(request, "townwright/overseas.html", {"rows": overseas_entries(zone), "review": overseas_review(zone)})
