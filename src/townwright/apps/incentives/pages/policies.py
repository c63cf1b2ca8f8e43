"""Policies, and one firm's working under one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from townwright.apps.incentives import selectors as incentives
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.doors import whole, zone_page
from townwright.frame.permissions import may


@zone_page("policies.view")
def policies(request: HttpRequest, zone: Any) -> HttpResponse:
    """List the zone's rulebooks."""
    return render(request, "incentives/policies.html", {"rows": incentives.rulebooks(zone)})


@zone_page("policies.view")
def policy(request: HttpRequest, zone: Any, name: str) -> HttpResponse:
    """Show a rulebook: basis, dates, parameters, conditions, cases; and whom it found eligible."""
    try:
        row = incentives.rulebook(zone, name)
    except incentives.UnknownPolicy as fault:
        raise Http404(str(fault)) from fault
    book, frozen, page = (
        incentives.book_of(row),
        snapshots.asked(zone, whole(request.GET.get("snapshot", "")), request.GET.get("period", ""), grain="year"),
        None,
    )
    chosen = {key: request.GET.get(key, "") for key in ("verdict", "q")}
    if frozen is not None and may(request.user, "assessments.view", zone):
        page = Paginator(incentives.assessments(zone, snapshot=frozen, rulebook=row, **chosen), 50).get_page(request.GET.get("page"))
    context = {
        "row": row,
        "book": book,
        "variables": book.variables.values(),
        "parameters": book.parameters.values(),
        "page": page,
        "frozen": frozen,
        "chosen": chosen,
        "budgets": incentives.budgets(zone, name),
    }
    return render(request, "incentives/policy.html", context)


@zone_page("assessments.view")
def working(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Show one firm's working under a policy, recomputed from the snapshot."""
    row = incentives.assessment(zone, pk)
    return render(request, "incentives/working.html", {"row": row, "working": incentives.working(row)})
