"""Registering and editing parties by hand."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from townwright.apps.parties.pages.party_file import file_of, may_edit
from townwright.apps.parties.pages.party_forms import EditForm, Names, PersonForm, RegisterForm
from townwright.apps.parties.services import EditedMeanwhile, Registered, UnableToChangeParty, edit_party, register_party
from townwright.frame.clock import now, today
from townwright.frame.doors import actor_of, zone_page
from townwright.frame.text import in_language


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
    form, meanwhile, why = EditForm(request.POST if request.method == "POST" else None, zone=zone, party=party), [], ""
    if form.is_bound and form.is_valid():
        try:
            told = edit_party(zone=zone, party=party, changes=form.changes(), seen=form.seen(), actor=actor_of(request), at=now())
        except EditedMeanwhile as fault:
            meanwhile = [(form.fields[one.field].label, one, one.field in form.changed_data) for one in fault.changes]
            form, why = form.taken_over(fault.changes), str(fault)
        except UnableToChangeParty as fault:
            form.add_error(fault.field if fault.field in form.fields else None, str(fault))
        else:
            _tell(request, told, _("Saved."))
            return redirect("firm-file", zone.code, party.key)
    context = {
        "form": form, "heading": party.name, "back": reverse("firm-file", args=[zone.code, party.key]), "meanwhile": meanwhile, "why": why,
    }  # fmt: skip
    return render(request, "parties/party_form.html", context)
