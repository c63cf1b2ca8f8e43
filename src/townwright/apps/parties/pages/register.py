"""The register: the list of firms, registering and editing by hand, merges."""

from __future__ import annotations

import secrets
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

from townwright.apps.parties import selectors as parties
from townwright.apps.parties.pages.party_file import file_of, may_edit
from townwright.apps.parties.pages.party_forms import KINDS, EditForm, Names, PersonForm, RegisterForm
from townwright.apps.parties.services import (
    Registered,
    UnableToChangeParty,
    UnableToMerge,
    dismiss_suggestion,
    edit_party,
    merge_parties,
    register_party,
    undo_merge,
)
from townwright.frame.clock import now, today
from townwright.frame.doors import actor_of, as_of, export, zone_page
from townwright.frame.permissions import may
from townwright.frame.text import in_language

# Characters may break anywhere: on a narrow screen the table is moved sideways instead.
WHOLE = {"td": {"class": "text-nowrap"}}
FILTERS = ("q", "tag", "section", "status", "kind", "sample")


class FirmTable(tables.Table):
    """The register as a list."""

    name = tables.Column(verbose_name=gettext_lazy("Name"), attrs=WHOLE)
    uscc = tables.Column(verbose_name=gettext_lazy("Code"))
    industry = tables.Column(verbose_name=gettext_lazy("Industry"))
    arrived_on = tables.DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Arrived"), attrs=WHOLE)
    left_on = tables.DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Left"), attrs=WHOLE)
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
    rows = parties.firm_rows(zone, at=at.day, **chosen).select_related("zone")
    # A file cannot tell that its date was not understood: the page does, and gives none.
    if request.GET.get("export") and not at.fault:
        if not may(request.user, "parties.export", zone):
            raise PermissionDenied("parties.export")
        columns = ("key", "name", "uscc", "industry", "arrived_on", "left_on", "present")
        return export(request, zone, "firms", columns, rows.values_list(*columns))
    table = FirmTable(rows)
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    context = {
        "table": table, "chosen": chosen, "at": at, "tags": parties.tag_labels(), "sections": "ABCDEFGHIJKLMNOPQRST", "kinds": KINDS,
        "may_edit": may(request.user, "parties.edit", zone),
    }  # fmt: skip
    return render(request, "parties/firms.html", context)


def _tell(request: HttpRequest, told: Registered, done: str) -> None:
    messages.success(request, done)
    for warning in told.warnings:
        messages.warning(request, in_language(warning))


def _register(request: HttpRequest, zone: Any, form: Names, context: dict[str, Any]) -> HttpResponse:
    """Register what the form tells, or show it again with what is wrong."""
    if form.is_bound and form.is_valid():
        try:
            told = register_party(zone=zone, details=form.details(), actor=actor_of(request), at=now())
        except UnableToChangeParty as fault:
            form.add_error(fault.field if fault.field in form.fields else None, str(fault))
        else:
            _tell(request, told, _("%(name)s is registered.") % {"name": told.party.name})
            return redirect("firm-file", zone.code, told.party.key)
    return render(request, "parties/party_form.html", {"form": form, **context})


@zone_page("parties.edit")
def register_body(request: HttpRequest, zone: Any) -> HttpResponse:
    """Register a firm, branch, institution, public body or alliance."""
    form = RegisterForm(request.POST if request.method == "POST" else None, zone=zone, initial={"token": secrets.token_hex(8)})
    return _register(request, zone, form, {"heading": _("Register a party"), "back": reverse("firm-list", args=[zone.code])})


@zone_page("people.edit")
def register_person(request: HttpRequest, zone: Any) -> HttpResponse:
    """Register a person."""
    form = PersonForm(request.POST if request.method == "POST" else None, zone=zone, initial={"token": secrets.token_hex(8)})
    return _register(request, zone, form, {"heading": _("Register a person"), "back": reverse("people", args=[zone.code])})


@zone_page("parties.edit")
def edit(request: HttpRequest, zone: Any, key: str) -> HttpResponse:
    """Edit the plain facts of a party."""
    party = file_of(request, zone, key, today(zone.time_zone)).party
    if not may_edit(request, zone, party):
        raise PermissionDenied("people.edit")
    form = EditForm(request.POST if request.method == "POST" else None, zone=zone, party=party)
    if form.is_bound and form.is_valid():
        try:
            told = edit_party(zone=zone, party=party, changes=form.changes(), actor=actor_of(request), at=now())
        except UnableToChangeParty as fault:
            form.add_error(fault.field if fault.field in form.fields else None, str(fault))
        else:
            _tell(request, told, _("Saved."))
            return redirect("firm-file", zone.code, party.key)
    context = {"form": form, "heading": party.name, "back": reverse("firm-file", args=[zone.code, party.key])}
    return render(request, "parties/party_form.html", context)


@zone_page("parties.merge")
def merges(request: HttpRequest, zone: Any) -> HttpResponse:
    """List proposals to merge; decide or undo them."""
    verbs = {"merge": merge_parties, "undo": undo_merge, "apart": dismiss_suggestion}
    if request.method == "POST":
        verb, number = verbs.get(request.POST.get("do", "")), request.POST.get("id", "")
        if verb is None or not number.isdecimal() or not parties.merge_suggestions(zone, status="").filter(pk=int(number)).exists():
            raise Http404("There is no such proposal.")
        try:
            verb(zone=zone, suggestion_id=int(number), actor=actor_of(request), at=now())
        except UnableToMerge as fault:
            messages.error(request, str(fault))
        return redirect("merges", zone.code)
    return render(
        request,
        "parties/merges.html",
        {"open": parties.merge_suggestions(zone)[:200], "merged": parties.merge_suggestions(zone, status="merged")[:50]},
    )
