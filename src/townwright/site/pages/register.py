"""Firms: list, file, merges."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from townwright.apps.filings import selectors as filings
from townwright.apps.incentives import selectors as incentives
from townwright.apps.parties import selectors as parties
from townwright.apps.parties.services import UnableToMerge, accept_identifier_warning, dismiss_suggestion, merge_parties, undo_merge
from townwright.apps.parties.services.facts import UnableToChangeParty
from townwright.frame.clock import now
from townwright.frame.permissions import may
from townwright.site.pages.doors import actor_of, as_of, zone_page
from townwright.site.pages.exports import export

FILTERS = ("q", "tag", "section", "status", "kind", "sample")


class FirmTable(tables.Table):
    """The register as a list."""

    name = tables.Column(verbose_name=gettext_lazy("Name"))
    uscc = tables.Column(verbose_name=gettext_lazy("Code"))
    industry = tables.Column(verbose_name=gettext_lazy("Industry"))
    arrived_on = tables.DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Arrived"))
    left_on = tables.DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Left"))
    present = tables.BooleanColumn(verbose_name=gettext_lazy("Present"))

    class Meta:
        attrs = {"class": "table table-vcenter card-table"}
        empty_text = gettext_lazy("No firm fits. Loosen the filter, or import the register.")

    def render_name(self, record: Any) -> str:
        """Link to the firm's file."""
        return format_html('<a href="{}">{}</a>', reverse("firm-file", args=[record.zone.code, record.key]), record.name)


@zone_page("parties.view")
def firm_list(request: HttpRequest, zone: Any) -> HttpResponse:
    """List firms as of a day; export what the filter leaves."""
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    at = as_of(request)
    rows = parties.firm_rows(zone, at=at, **chosen).select_related("zone")
    if request.GET.get("export"):
        if not may(request.user, "parties.export", zone):
            raise PermissionDenied("parties.export")
        columns = ("key", "name", "uscc", "industry", "arrived_on", "left_on", "present")
        return export(request, zone, "firms", columns, rows.values_list(*columns))
    table = FirmTable(rows)
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    return render(
        request,
        "townwright/firms.html",
        {"table": table, "chosen": chosen, "at": at, "tags": parties.tag_labels(), "sections": "ABCDEFGHIJKLMNOPQRST"},
    )


@zone_page("parties.view")
def firm_file(request: HttpRequest, zone: Any, key: str) -> HttpResponse:
    """Show what is known of a firm as of a day."""
    at = as_of(request)
    try:
        told = parties.firm_file(zone, key=key, at=at)
    except parties.UnknownParty as fault:
        raise Http404(str(fault)) from fault
    seen = {
        "filings": filings.filings_of(zone, key) if may(request.user, "filings.view", zone) else None,
        "assessments": incentives.firm_assessments(zone, told.party.key) if may(request.user, "assessments.view", zone) else None,
        "may_edit": may(request.user, "parties.edit", zone),
    }
    return render(request, "townwright/firm.html", {"file": told, "at": at, **seen})


@zone_page("parties.edit")
@require_POST
def accept_code(request: HttpRequest, zone: Any, identifier: int) -> HttpResponse:
    """Accept a code that fails its check, with a reason."""
    try:
        row = accept_identifier_warning(
            zone=zone, identifier_id=identifier, reason=request.POST.get("reason", ""), actor=actor_of(request), at=now()
        )
    except UnableToChangeParty as fault:
        messages.error(request, str(fault))
        return redirect("firm-list", zone.code)
    messages.success(request, _("The code is accepted."))
    return redirect("firm-file", zone.code, row.party.key)


@zone_page("parties.merge")
def merges(request: HttpRequest, zone: Any) -> HttpResponse:
    """List proposals to merge; decide or undo them."""
    verbs = {"merge": merge_parties, "undo": undo_merge, "apart": dismiss_suggestion}
    if request.method == "POST":
        try:
            verbs[request.POST["do"]](zone=zone, suggestion_id=int(request.POST["id"]), actor=actor_of(request), at=now())
        except UnableToMerge as fault:
            messages.error(request, str(fault))
        return redirect("merges", zone.code)
    return render(
        request,
        "townwright/merges.html",
        {"open": parties.merge_suggestions(zone)[:200], "merged": parties.merge_suggestions(zone, status="merged")[:50]},
    )
