"""Returns and imports."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from townwright.apps.filings import selectors as filings
from townwright.apps.filings.services import UnableToFile, accept, return_filing
from townwright.frame.clock import now
from townwright.frame.workbooks.files import MOST_BYTES
from townwright.frame.workbooks.forms import UnableToReadWorkbook
from townwright.frame.workbooks.pipeline import ImportReport, run_import
from townwright.frame.workbooks.writing import write_template
from townwright.site.datasets import dataset_names, handler_for
from townwright.site.pages.doors import actor_of, zone_page
from townwright.site.pages.exports import TYPES

KEPT_SECONDS = 24 * 3600


@zone_page("filings.view")
def inbox(request: HttpRequest, zone: Any) -> HttpResponse:
    """List returns by dataset, period, status and firm."""
    chosen = {name: request.GET.get(name, "") for name in ("dataset", "period", "status", "q")}
    page = Paginator(filings.inbox(zone, **chosen), 50).get_page(request.GET.get("page"))
    return render(request, "townwright/inbox.html", {"page": page, "chosen": chosen, "definitions": filings.definitions()})


@zone_page("filings.view")
def one_filing(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Show a return with every earlier version."""
    row = filings.filing(zone, pk)
    told = filings.definition(row.dataset)
    fields = [(one, row.values.get(one.name)) for one in told.fields]
    return render(
        request, "townwright/filing.html", {"row": row, "fields": fields, "definition": told, "versions": row.versions.order_by("-version")}
    )


@zone_page("filings.decide")
@require_POST
def decide_filing(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Accept a submitted return, or give it back with a reason."""
    try:
        if request.POST.get("do") == "accept":
            accept(zone=zone, filing_id=pk, actor=actor_of(request), at=now())
        else:
            return_filing(zone=zone, filing_id=pk, reason=request.POST.get("reason", ""), actor=actor_of(request), at=now())
    except UnableToFile as fault:
        messages.error(request, str(fault))
    return redirect("filing", zone.code, pk)


def _stash(upload: Any) -> str:
    folder = Path(settings.TOWNWRIGHT_HOME) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A preview that nobody landed leaves its file; a day later it has no use.
    for old in folder.iterdir():
        if old.stat().st_mtime < now().timestamp() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    token = secrets.token_hex(16) + Path(upload.name).suffix.lower()[:6]
    with (folder / token).open("wb") as target:
        for chunk in upload.chunks():
            target.write(chunk)
    return token


def _run(request: HttpRequest, zone: Any, stash: dict[str, str], *, dry_run: bool, mapping: dict[str, str]) -> ImportReport:
    return run_import(
        Path(settings.TOWNWRIGHT_HOME) / "uploads" / stash["token"], dataset=stash["dataset"], handler=handler_for(stash["dataset"], zone), zone=zone,
        actor=actor_of(request), at=now(), dry_run=dry_run, mapping=mapping, file_name=stash["name"],
        options={"period": stash.get("period", ""), "skip_refused": request.POST.get("skip_refused") == "on"},
    )  # fmt: skip


@zone_page("imports.run")
def import_page(request: HttpRequest, zone: Any) -> HttpResponse:
    """Upload a workbook, see what it would do, then land it whole or not at all."""
    context: dict[str, Any] = {"datasets": dataset_names()}
    stash = request.session.get(f"import-{zone.code}")
    mapping = {
        field: header for header, field in ((name[4:], value) for name, value in request.POST.items() if name.startswith("map-")) if field
    }
    try:
        if request.method == "POST" and request.FILES.get("file"):
            upload = request.FILES["file"]
            if upload.size > MOST_BYTES:
                messages.error(request, _("The file is too large."))
                return redirect("import", zone.code)
            stash = {
                "token": _stash(upload),
                "dataset": request.POST["dataset"],
                "name": upload.name,
                "period": request.POST.get("period", ""),
            }
            request.session[f"import-{zone.code}"] = stash
            context["report"] = _run(request, zone, stash, dry_run=True, mapping={})
        elif request.method == "POST" and stash:
            landing = request.POST.get("do") == "land"
            context["report"] = _run(request, zone, stash, dry_run=not landing, mapping=mapping)
            if landing and context["report"].landed:
                del request.session[f"import-{zone.code}"]
                (Path(settings.TOWNWRIGHT_HOME) / "uploads" / stash["token"]).unlink(missing_ok=True)
    except (UnableToReadWorkbook, LookupError) as fault:
        message = getattr(fault, "message", None)
        context["fault"] = message or {"zh": str(fault), "en": str(fault)}
    if context.get("report"):
        context["fields"] = handler_for(context["report"].dataset, zone).form.fields
    return render(request, "townwright/import.html", context)


@zone_page("imports.run")
def template(request: HttpRequest, zone: Any, dataset: str) -> HttpResponse:
    """Download the empty workbook of a dataset."""
    response = HttpResponse(content_type=TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{dataset}.xlsx"'
    write_template(handler_for(dataset, zone).form, response, request.LANGUAGE_CODE)
    return response
