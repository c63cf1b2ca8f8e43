"""The form of a return: what is typed is checked at the field, what looks odd is asked about, and two correctors meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from townwright.apps.filings import selectors as filings
from townwright.apps.filings.pages.meanwhile import taken_over
from townwright.apps.filings.services import CorrectedMeanwhile, UnableToFile
from townwright.frame.text import in_language


def typed_in(
    request: HttpRequest, zone: Any, told: dict[str, Any], stored: Mapping[str, Any], verb: Any, address: Callable[[Any], str]
) -> HttpResponse:
    """Show the form of ``stored`` values, or do by ``verb`` what it asks; what does not hold is told at its field.

    ``address`` gives the page of a return, where a form that was saved leads to.
    """
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
                return redirect(address(row))
            except CorrectedMeanwhile as fault:
                row = filings.filing(zone, told["row"].pk)
                meanwhile, why = [(in_language(label), *more) for label, *more in taken_over(row, fault.seen, texts)], str(fault)
                told = {**told, "row": row, "version": fault.version}
            except UnableToFile as fault:
                faults, questions = fault.faults, fault.questions
                if not faults and not questions:
                    messages.error(request, str(fault))
    rows = _rows(request, zone, told, texts, faults, questions)
    context = {
        **told,
        "rows": rows,
        "definition": filings.definition(dataset),
        "reason": request.POST.get("reason", ""),
        "wrong": bool(faults),
        "asked": bool(questions),
        "meanwhile": meanwhile,
        "why": why,
        "back": address(told["row"]) if told.get("row") else "",
    }
    return render(request, "filings/enter_form.html", context)


def _rows(
    request: HttpRequest,
    zone: Any,
    told: Mapping[str, Any],
    texts: Mapping[str, str],
    faults: Mapping[str, Any],
    questions: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Return the fields of the form, each with what was typed, what is wrong or asked, and what was told a year before."""
    form = filings.sheet_form(told["dataset"], zone.currency)
    last = filings.last_year(zone, told["party"], told["dataset"], str(told["period"]))
    return [
        {"field": form.field(name), "text": texts[name], "fault": faults.get(name), "question": questions.get(name), "last": last.get(name),
         "note": request.POST.get(f"note-{name}", "")}
        for name in texts
    ]  # fmt: skip
