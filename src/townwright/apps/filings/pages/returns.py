"""One return with its history, and deciding on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from townwright.apps.filings import selectors as filings
from townwright.apps.filings.services import UnableToFile, accept, return_filing
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, zone_page
from townwright.frame.permissions import may


def filing_or_404(zone: Any, pk: int) -> Any:
    """Return the zone's return of that number; 404 where there is none."""
    try:
        return filings.filing(zone, pk)
    except filings.UnknownFiling as fault:
        raise Http404(str(fault)) from fault


@zone_page("filings.view")
def one_filing(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Show a return, and what each correction of it changed."""
    row = filing_or_404(zone, pk)
    allowed = {"may_edit": may(request.user, "filings.edit", zone), "may_decide": may(request.user, "filings.decide", zone)}
    return render(request, "filings/filing.html", {**told_of(zone, row), **allowed})


def told_of(zone: Any, row: Any) -> dict[str, Any]:
    """Return what a page of a return shows of it: its values, and what each correction changed."""
    told, form = filings.definition(row.dataset), filings.sheet_form(row.dataset, zone.currency)
    return {
        "row": row, "definition": told, "fields": [(form.field(one.name), row.values.get(one.name), row.answers.get(one.name)) for one in told.fields],
        "corrections": [(one, [(form.field(field.name), old, new) for field, old, new in one.changes]) for one in filings.corrections(row)],
    }  # fmt: skip


@zone_page("filings.decide")
@require_POST
def decide_filing(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Accept a submitted return, or give it back with a reason."""
    filing_or_404(zone, pk)
    try:
        if request.POST.get("do") == "accept":
            accept(zone=zone, filing_id=pk, actor=actor_of(request), at=now())
        else:
            return_filing(zone=zone, filing_id=pk, reason=request.POST.get("reason", ""), actor=actor_of(request), at=now())
    except UnableToFile as fault:
        messages.error(request, str(fault))
    return redirect("filing", zone.code, pk)
