"""The firm portal's first page, and the choice among the firms that a person acts for."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from townwright.apps.incentives import selectors as incentives
from townwright.frame.clock import today
from townwright.frame.doors import find_zone, firm_page, subjects
from townwright.frame.notices import notices
from townwright.frame.permissions import firms_of

MOST = 8


def own_firms(user: Any, zone: Any) -> list[tuple[str, str]]:
    """Return the firms that the person acts for in the zone, each once: name and the address of its portal."""
    found = {}
    for key in firms_of(user, zone):
        try:
            firm, _keys = subjects().own_keys(zone, key)
        except LookupError:
            continue
        found[firm.key] = (firm.name, reverse("own-home", args=[zone.code, firm.key]))
    return sorted(found.values())


@login_required
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to the firm that the person acts for in the zone; of several let them choose, of none say that there is nothing."""
    zone = find_zone(code)
    firms = own_firms(request.user, zone) if zone is not None else []
    if not firms:
        raise Http404("There is no firm of yours.")
    if len(firms) == 1:
        return redirect(firms[0][1])
    request.zone = zone
    return render(request, "townwright/own_firms.html", {"firms": firms})


@firm_page("own.view")
def own_home(request: HttpRequest, zone: Any, firm: Any) -> HttpResponse:
    """Show what the firm is entitled to in short, and what is to be done."""
    year = incentives.entitlements(zone, firm.key)
    context = {"year": year, "sums": incentives.sums(year.policies), "notices": notices(zone, firm, today=today(zone.time_zone))[:MOST]}
    return render(request, "townwright/own_home.html", context)
