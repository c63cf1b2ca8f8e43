"""A party's file, with the small forms on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from townwright.apps.parties import selectors as parties
from townwright.apps.parties.pages.fact_forms import FORMS, OFFERED, FactForm, Seat
from townwright.apps.parties.services import UnableToChangeParty
from townwright.frame.clock import now, today
from townwright.frame.doors import actor_of, as_of, panels, zone_page
from townwright.frame.permissions import may


def file_of(request: HttpRequest, zone: Any, key: str, at: Any) -> parties.FirmFile:
    """Return a party's file as the user may see it; a person's only to who may see people, and 404 otherwise."""
    try:
        return parties.firm_file(zone, key=key, at=at, people=may(request.user, "people.view", zone))
    except parties.UnknownParty as fault:
        raise Http404(str(fault)) from fault


def may_edit(request: HttpRequest, zone: Any, party: Any) -> bool:
    """Say whether the user may change the party."""
    return may(request.user, "people.edit" if party.kind == "person" else "parties.edit", zone)


def _seat(request: HttpRequest, zone: Any, party: Any) -> Seat:
    return Seat(zone, party, today(zone.time_zone), may(request.user, "people.edit", zone))


def show(request: HttpRequest, zone: Any, key: str, bound: FactForm | None = None) -> HttpResponse:
    """Render the file; ``bound`` is a form that was refused, with what was typed and what is wrong."""
    at = as_of(request)
    told = file_of(request, zone, key, at.day)
    party, seat = told.party, _seat(request, zone, told.party)
    editable = may_edit(request, zone, party)

    placed = []

    def form(verb: str, row: Any = "") -> FactForm | None:
        if bound is not None and bound.verb == verb and bound.data.get("row", "") == str(row):
            placed.append(bound)
            return bound
        return FORMS[verb](seat=seat, row=str(row)) if editable else None

    context = {
        "file": told, "at": at, "may_edit": editable, "known_tags": parties.tag_labels(),
        "forms": {verb: form(verb) for verb in _offered(zone, told)}, **_rows(told, seat, form),
        "panels": panels(request, zone, "party-file", party),
    }  # fmt: skip
    if bound is not None and not placed:
        # Its place is gone, because the fact has ended or changed meanwhile: the reason is told above the file.
        for texts in bound.errors.values():
            messages.error(request, " ".join(texts))
    return render(request, "parties/firm.html", context)


def _offered(zone: Any, told: parties.FirmFile) -> set[str]:
    """Return the verbs that make sense on the file: nobody leaves who is not here."""
    offered = set(OFFERED[told.party.kind])
    if all(stay.left_on for stay in told.stays):
        offered.discard("leave")
    if not parties.alliances_of(zone):
        offered.discard("join")
    return offered


def _rows(told: parties.FirmFile, seat: Seat, form: Callable[..., FactForm | None]) -> dict[str, list[tuple[Any, ...]]]:
    """Return the facts, each with the forms that end and withdraw it."""

    def mistake(fact: str, one: Any) -> FactForm | None:
        return form("withdraw", f"{fact}-{one.pk}")

    def touched(one: parties.RelationRow) -> bool:
        return seat.people or one.other.kind != "person"

    return {
        "codes": [(one, form("accept", one.pk) if one.status == "warned" else None) for one in told.identifiers],
        "names": [(one, mistake("name", one)) for one in told.aliases],
        "stays": [(one, mistake("stay", one)) for one in told.stays],
        "industries": [(one, mistake("industry", one)) for one in told.industries],
        "tags": [(one, form("end-tag", one.tag) if one.to_on is None else None, mistake("tag", one)) for one in told.tags],
        "alliances": [
            (one, form("leave-alliance", one.alliance.key) if one.left_on is None else None, mistake("alliance", one))
            for one in told.alliances
        ],
        "relations": [
            (one, form("end-relation", one.pk) if one.to_on is None and touched(one) else None, mistake("relation", one) if touched(one) else None)
            for one in told.relations
        ],
    }  # fmt: skip


@zone_page("parties.view")
def firm_file(request: HttpRequest, zone: Any, key: str) -> HttpResponse:
    """Show what is known of a party as of a day."""
    return show(request, zone, key)


@zone_page("parties.edit")
@require_POST
def act(request: HttpRequest, zone: Any, key: str, verb: str) -> HttpResponse:
    """Carry out one verb on a party; what is refused comes back with the reason at its field."""
    party = file_of(request, zone, key, today(zone.time_zone)).party
    if not may_edit(request, zone, party):
        raise PermissionDenied("people.edit")
    if verb not in FORMS:
        raise Http404(verb)
    return _carry_out(request, zone, FORMS[verb](request.POST, seat=_seat(request, zone, party)))


@zone_page("parties.edit")
@require_POST
def accept_code(request: HttpRequest, zone: Any, identifier: int) -> HttpResponse:
    """Accept a code that fails its check, with a reason."""
    try:
        key = parties.identifier_of(zone, identifier).party.key
    except parties.UnknownParty as fault:
        raise Http404(str(fault)) from fault
    party = file_of(request, zone, key, today(zone.time_zone)).party
    if not may_edit(request, zone, party):
        raise PermissionDenied("people.edit")
    data = {"row": str(identifier), "reason": request.POST.get("reason", "")}
    return _carry_out(request, zone, FORMS["accept"](data, seat=_seat(request, zone, party)))


def _carry_out(request: HttpRequest, zone: Any, form: FactForm) -> HttpResponse:
    key = form.seat.party.key
    if form.is_valid():
        try:
            form.run(actor=actor_of(request), at=now())
        except UnableToChangeParty as fault:
            form.add_error(fault.field if fault.field in form.fields else None, str(fault))
        else:
            messages.success(request, form.done)
            return redirect("firm-file", zone.code, key)
    if "row" in form.errors:
        raise Http404("The party has no such fact.")
    return show(request, zone, key, form)
