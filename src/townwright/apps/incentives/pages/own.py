"""The firm portal: what a firm is entitled to, and how each verdict came about."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from townwright.apps.incentives import selectors as incentives
from townwright.frame.doors import firm_page


@firm_page("own.view")
def own_entitlements(request: HttpRequest, zone: Any, firm: Any) -> HttpResponse:
    """Show every policy of the zone: verdict, amount, the working in words, what is missing, and the award."""
    year = incentives.entitlements(zone, firm.key)
    context = {
        "year": year, "sums": incentives.sums(year.policies), "awards": incentives.own_awards(zone, firm.key),
        "may_file": "own.file" in request.firm_rights,
    }  # fmt: skip
    return render(request, "incentives/own.html", context)


@firm_page("own.view")
def own_working(request: HttpRequest, zone: Any, firm: Any, pk: int) -> HttpResponse:
    """Show the whole working of one of the firm's own assessments."""
    row = incentives.own_assessment(zone, firm.key, pk)
    return render(request, "incentives/own_working.html", {"row": row, "working": incentives.working(row)})
