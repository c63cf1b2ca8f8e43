"""The firm portal: what the firm owes, typed in or uploaded, corrected, and what it handed in before."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from townwright.apps.filings import selectors as filings
from townwright.apps.filings.pages.returns import told_of
from townwright.apps.filings.pages.typing_in import typed_in
from townwright.apps.filings.services import UnableToFile, correct, drafts_from_file, hand_in, save_draft
from townwright.frame.clock import now, today
from townwright.frame.doors import TYPES, actor_of, firm_page, whole
from townwright.frame.text import in_language, said
from townwright.frame.workbooks.forms import UnableToReadWorkbook
from townwright.frame.workbooks.writing import write_template

MOST_BYTES = 2 * 1024 * 1024
CORRECTABLE = ("submitted", "accepted")


@firm_page("own.view")
def own_returns(request: HttpRequest, zone: Any, firm: Any) -> HttpResponse:
    """List what the firm owes and by when, and all that it handed in."""
    day = today(zone.time_zone)
    context = {
        "owed": [one for one in filings.owed(zone, firm, today=day) if one.state != filings.AHEAD], "history": filings.filings_of(zone, firm.key),
        "datasets": filings.in_use(zone), "may_file": "own.file" in request.firm_rights,
    }  # fmt: skip
    return render(request, "filings/own_returns.html", context)


def _own_or_404(zone: Any, firm: Any, pk: int) -> Any:
    try:
        return filings.own_filing(zone, firm, pk)
    except filings.UnknownFiling as fault:
        raise Http404(str(fault)) from fault


@firm_page("own.view")
def own_return(request: HttpRequest, zone: Any, firm: Any, pk: int) -> HttpResponse:
    """Show one of the firm's returns, why it was sent back, and what each correction changed."""
    row = _own_or_404(zone, firm, pk)
    allowed = {"may_correct": "own.file" in request.firm_rights and row.status in CORRECTABLE}
    return render(request, "filings/own_return.html", {**told_of(zone, row), **allowed, "may_file": "own.file" in request.firm_rights})


def _address(zone: Any, firm: Any, row: Any) -> str:
    return reverse("own-return", args=[zone.code, firm.key, row.pk])


@firm_page("own.file")
def own_enter(request: HttpRequest, zone: Any, firm: Any) -> HttpResponse:
    """Lead to the form of the dataset and period that were chosen."""
    dataset, text = request.GET.get("dataset", ""), request.GET.get("period", "").strip()
    try:
        period = filings.period_over(dataset, text, today=today(zone.time_zone))
    except (filings.UnknownDataset, filings.UnableToChoosePeriod) as fault:
        messages.error(request, str(fault))
        return redirect("own-returns", zone.code, firm.key)
    return redirect("own-type", zone.code, firm.key, dataset, str(period))


@firm_page("own.file")
def own_type(request: HttpRequest, zone: Any, firm: Any, dataset: str, text: str) -> HttpResponse:
    """Type a return in, from what last period said if asked; save it as a draft or hand it in."""
    try:
        period = filings.period_over(dataset, text, today=today(zone.time_zone))
    except (filings.UnknownDataset, filings.UnableToChoosePeriod) as fault:
        raise Http404(str(fault)) from fault
    found = filings.filing_of(zone, firm, dataset, period)
    if found is not None and found.status in CORRECTABLE:
        messages.info(request, _("This return is handed in already; this is what it says."))
        return redirect(_address(zone, firm, found))
    told = {"zone": zone, "party": firm, "dataset": dataset, "period": period, "actor": actor_of(request), "at": now()}

    def verb(values: Mapping[str, Any], answers: Mapping[str, str]) -> Any:
        if request.POST.get("do") == "draft":
            return save_draft(values=values, **told)
        return hand_in(values=values, answers=answers, **told)

    before = filings.filing_of(zone, firm, dataset, period.shift(-1))
    copied = before is not None and request.method == "GET" and request.GET.get("copy") == "1"
    stored = before.values if copied else found.values if found else {}
    shown = {
        "party": firm, "period": period, "dataset": dataset, "row": found, "copied": before.period if copied else "",
        "copy_from": before.period if before is not None and request.method == "GET" else "",
    }  # fmt: skip
    return typed_in(request, zone, shown, stored, verb, partial(_address, zone, firm))


@firm_page("own.file")
def own_correct(request: HttpRequest, zone: Any, firm: Any, pk: int) -> HttpResponse:
    """Correct what was handed in, with a reason; it is decided on anew."""
    row = _own_or_404(zone, firm, pk)
    if row.status not in CORRECTABLE:
        messages.info(request, _("Only a return that was handed in is corrected."))
        return redirect(_address(zone, firm, row))
    version = request.POST.get("version", str(row.version))

    def verb(values: Mapping[str, Any], answers: Mapping[str, str]) -> Any:
        return correct(
            zone=zone, filing_id=pk, version=whole(version) or 0, values=values, answers=answers, anew=True,
            reason=request.POST.get("reason", ""), actor=actor_of(request), at=now(),
        )  # fmt: skip

    told = {"party": firm, "period": row.period, "dataset": row.dataset, "row": row, "correcting": True, "version": version}
    return typed_in(request, zone, told, row.values, verb, partial(_address, zone, firm))


@firm_page("own.view")
def own_template(request: HttpRequest, zone: Any, firm: Any, dataset: str) -> HttpResponse:
    """Download the empty workbook of a dataset."""
    try:
        form = filings.sheet_form(dataset, zone.currency)
    except filings.UnknownDataset as fault:
        raise Http404(str(fault)) from fault
    response = HttpResponse(content_type=TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{dataset}.xlsx"'
    write_template(form, response, request.LANGUAGE_CODE)
    return response


@firm_page("own.file")
@require_POST
def own_upload(request: HttpRequest, zone: Any, firm: Any) -> HttpResponse:
    """Save what a filled template says as drafts of the firm, to be looked at and handed in."""
    upload, dataset = request.FILES.get("file"), request.POST.get("dataset", "")
    back = redirect("own-returns", zone.code, firm.key)
    if upload is None or upload.size > MOST_BYTES:
        messages.error(request, _("Choose a file of at most 2 MB.") if upload is None else _("The file is too large: 2 MB at most."))
        return back
    with tempfile.TemporaryDirectory(prefix="townwright-") as folder:
        path = Path(folder) / f"template{Path(upload.name).suffix.lower()[:6]}"
        path.write_bytes(upload.read())
        told = {"zone": zone, "party": firm, "dataset": dataset, "path": path, "actor": actor_of(request), "at": now()}
        try:
            saved = drafts_from_file(**told, today=today(zone.time_zone))
        except UnableToReadWorkbook as fault:
            messages.error(request, in_language(said(fault)))
            return back
        except (UnableToFile, filings.UnknownDataset, filings.UnableToChoosePeriod) as fault:
            messages.error(request, str(fault))
            return back
    if len(saved) == 1:
        messages.info(request, _("The file is read and kept as a draft. Look at it, then hand it in."))
        return redirect("own-type", zone.code, firm.key, dataset, saved[0].period)
    messages.info(request, _("%(count)d drafts are kept from the file. Open each, look at it, then hand it in.") % {"count": len(saved)})
    return back
