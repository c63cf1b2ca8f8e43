"""A return typed in by hand: a new one, or the correction of an accepted one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from townwright.apps.filings import selectors as filings
from townwright.apps.filings.pages.meanwhile import taken_over
from townwright.apps.filings.pages.returns import filing_or_404
from townwright.apps.filings.services import CorrectedMeanwhile, UnableToFile, correct, hand_in, save_draft
from townwright.apps.parties.selectors import UnknownParty, party_by_ref
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, whole, zone_page
from townwright.frame.text import in_language


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
    return _typed(request, zone, {"party": party, "period": period, "dataset": chosen["dataset"], "row": found}, stored, verb)


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
    return _typed(request, zone, told, row.values, verb)


def _typed(request: HttpRequest, zone: Any, told: dict[str, Any], stored: Mapping[str, Any], verb: Any) -> HttpResponse:
    """Show the form, or do what it asks; what does not hold is told at its field."""
    dataset = told["dataset"]
    names = [one.name for one in filings.definition(dataset).fields]
    texts = {name: request.POST.get(f"f-{name}", "") if request.method == "POST" else filings.as_text(stored.get(name)) for name in names}
    faults: Mapping[str, Any] = {}
    questions: Mapping[str, Any] = {}
    meanwhile, why = [], ""
    if request.method == "POST":
        # A tick answers for the value that was asked about, not for another typed over it since.
        ticked = [
            name for name in names if request.POST.get(f"checked-{name}") == "on" and request.POST.get(f"asked-{name}") == texts[name]
        ]
        answers = {name: request.POST.get(f"note-{name}", "") for name in ticked}
        values, faults = filings.read_texts(dataset, zone.currency, texts)
        if not faults:
            try:
                row = verb(values, answers)
                messages.success(request, _("Saved as a draft.") if row.status == "draft" else _("Saved."))
                return redirect("filing", zone.code, row.pk)
            except CorrectedMeanwhile as fault:
                row = filing_or_404(zone, told["row"].pk)
                meanwhile, why = [(in_language(label), *more) for label, *more in taken_over(row, fault.seen, texts)], str(fault)
                told = {**told, "row": row, "version": fault.version}
            except UnableToFile as fault:
                faults, questions = fault.faults, fault.questions
                if not faults and not questions:
                    messages.error(request, str(fault))
    form, last = filings.sheet_form(dataset, zone.currency), filings.last_year(zone, told["party"], dataset, str(told["period"]))
    rows = [
        {"field": form.field(name), "text": texts[name], "fault": faults.get(name), "question": questions.get(name), "last": last.get(name),
         "note": request.POST.get(f"note-{name}", "")}
        for name in names
    ]  # fmt: skip
    context = {
        **told,
        "rows": rows,
        "definition": filings.definition(dataset),
        "reason": request.POST.get("reason", ""),
        "wrong": bool(faults),
        "asked": bool(questions),
        "meanwhile": meanwhile,
        "why": why,
    }
    return render(request, "filings/enter_form.html", context)
