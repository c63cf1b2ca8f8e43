"""A return typed in by hand: a new one, or the correction of an accepted one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from townwright.apps.filings import selectors as filings
from townwright.apps.filings.pages.returns import filing_or_404
from townwright.apps.filings.pages.typing_in import typed_in
from townwright.apps.filings.services import correct, hand_in, save_draft
from townwright.apps.parties.selectors import UnknownParty, party_by_ref
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, whole, zone_page


@zone_page("filings.edit")
def enter(request: HttpRequest, zone: Any) -> HttpResponse:
    """Choose firm, dataset and period; then type the return in, save it as a draft or hand it in."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("firm", "dataset", "period")}
    context: dict[str, Any] = {"chosen": chosen, "definitions": filings.definitions()}
    if not all(chosen.values()):
        return render(request, "filings/enter.html", context)
    try:
        party = party_by_ref(zone, chosen["firm"])
        period = filings.period_for(chosen["dataset"], chosen["period"])
    except (UnknownParty, filings.UnknownDataset, filings.UnableToChoosePeriod) as fault:
        messages.error(request, str(fault))
        return render(request, "filings/enter.html", context)
    found = filings.filing_of(zone, party, chosen["dataset"], period)
    if found is not None and found.status in ("submitted", "accepted"):
        messages.info(
            request, _("%(name)s has filed for %(period)s already; this is what it filed.") % {"name": party.name, "period": period}
        )
        return redirect("filing", zone.code, found.pk)
    told = {"zone": zone, "party": party, "dataset": chosen["dataset"], "period": period, "actor": actor_of(request), "at": now()}

    def verb(values: Mapping[str, Any], answers: Mapping[str, str]) -> Any:
        if request.POST.get("do") == "draft":
            return save_draft(values=values, **told)
        return hand_in(values=values, answers=answers, **told)

    stored = found.values if found else {}
    return typed_in(
        request, zone, {"party": party, "period": period, "dataset": chosen["dataset"], "row": found}, stored, verb, partial(_address, zone)
    )


@zone_page("filings.edit")
def correct_filing(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Correct an accepted return with a reason; refused if another corrected it since the page was opened."""
    row = filing_or_404(zone, pk)
    if row.status != "accepted":
        messages.info(request, _("Only an accepted return is corrected."))
        return redirect("filing", zone.code, pk)
    version = request.POST.get("version", str(row.version))

    def verb(values: Mapping[str, Any], answers: Mapping[str, str]) -> Any:
        return correct(
            zone=zone, filing_id=pk, version=whole(version) or 0, values=values, answers=answers,
            reason=request.POST.get("reason", ""), actor=actor_of(request), at=now(),
        )  # fmt: skip

    told = {"party": row.party, "period": row.period, "dataset": row.dataset, "row": row, "correcting": True, "version": version}
    return typed_in(request, zone, told, row.values, verb, partial(_address, zone))


def _address(zone: Any, row: Any) -> str:
    return reverse("filing", args=[zone.code, row.pk])
