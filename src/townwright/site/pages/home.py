"""The zones that a person may see, and the firms that they act for."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from townwright.apps.zones.selectors import zones
from townwright.frame.permissions import DELEGATE, roles_of
from townwright.site.pages.own import own_firms


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """List the zones in which the user holds a role and the firms they act for; who acts for one firm alone is led there."""
    firms = [(zone, name, address) for zone in zones() for name, address in own_firms(request.user, zone)]
    rows = [zone for zone in zones() if request.user.is_superuser or roles_of(request.user, zone) - {DELEGATE}]
    if len(firms) == 1 and not rows:
        return redirect(firms[0][2])
    return render(request, "townwright/home.html", {"rows": rows, "firms": firms})
