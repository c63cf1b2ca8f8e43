"""Imports: upload, preview, landing, each long piece as a job that can be followed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from townwright.apps.filings.selectors import UnknownDataset
from townwright.frame.clock import now
from townwright.frame.doors import TYPES, export, zone_page
from townwright.frame.doors.jobs import again, followed, fragment, job_or_404, start
from townwright.frame.jobs import jobs
from townwright.frame.models import Job
from townwright.frame.permissions import may
from townwright.frame.text import in_language
from townwright.frame.workbooks.files import MOST_BYTES
from townwright.frame.workbooks.writing import write_template
from townwright.site import uploads
from townwright.site.datasets import dataset_names, dataset_titles, handler_for
from townwright.site.work import IMPORTS, LAND, PREVIEW, SEVERITIES

PER_PAGE = 50
RECENT = 10
# PostgreSQL keeps no order within a JSON object.
COUNTS = ("read", "created", "updated", "unchanged", "warned", "refused")


@zone_page("imports.run")
def import_page(request: HttpRequest, zone: Any) -> HttpResponse:
    """Take a workbook and have it previewed; list what was imported lately."""
    upload = request.FILES.get("file") if request.method == "POST" else None
    dataset = request.POST.get("dataset", "")
    if upload is not None and upload.size > MOST_BYTES:
        messages.error(request, _("The file is too large."))
    elif upload is not None and dataset not in dataset_names():
        messages.error(request, _("There is no dataset “%(name)s”. Choose one from the list.") % {"name": dataset})
    elif upload is not None:
        arguments = {
            "token": uploads.keep(upload, at=now()), "dataset": dataset, "name": upload.name, "period": request.POST.get("period", "").strip(),
            "mapping": {}, "skip_refused": False,
        }  # fmt: skip
        return redirect("import-job", zone.code, start(request, zone, PREVIEW, arguments).pk)
    return render(request, "townwright/import.html", {"datasets": dataset_titles(), "recent": jobs(zone, *IMPORTS)[:RECENT]})


@zone_page("imports.run")
def import_job(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Follow a preview or a landing; show what it found; name columns; land whole or not at all."""
    row = job_or_404(zone, pk, *IMPORTS)
    if request.method == "POST":
        return _asked(request, zone, row)
    if row.status != Job.Status.DONE:
        return render(request, "townwright/import_job.html", followed(row, "import-job"))
    severity = request.GET.get("severity", "")
    rows = [one for one in row.details if severity in ("", one["severity"])]
    if request.GET.get("export"):
        columns = ("row", "severity", "column", "code", "finding", "value")
        return export(
            request, zone, f"findings-{row.pk}", columns,
            ([one["row"], one["severity"], one["column"], one["code"], in_language(one["message"]), one["value"]] for one in rows),
        )  # fmt: skip
    return render(
        request, "townwright/import_job.html", {**followed(row, "import-job"), **_shown(request, zone, row, rows), "severity": severity}
    )


def _shown(request: HttpRequest, zone: Any, row: Job, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the report of a job that is done: counts, columns, findings, and where what it changed can be seen."""
    told = row.result
    form = handler_for(told["dataset"], zone).form
    labels = {field.name: field.label for field in form.fields}
    free = [field for field in form.fields if field.name not in told["mapping"]]
    return {
        "report": told, "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), "severities": [(name, told["severities"][name]) for name in SEVERITIES],
        "counts": [(name, told["counts"][name]) for name in COUNTS], "labels": labels,
        "columns": [(told["mapping"][name], label, told["units"].get(name, "")) for name, label in labels.items() if name in told["mapping"]],
        "unmapped": [(header, labels.get(told["suggested"].get(header, ""))) for header in told["unmapped"]], "free": free,
        "changed_url": _changed_url(zone, told["dataset"], row.arguments.get("period", "")) if told["landed"] else "",
        "audit_url": f"{reverse('audit', args=[zone.code])}?{urlencode({'q': told['file']})}" if may(request.user, "audit.view", zone) else "",
    }  # fmt: skip


def _changed_url(zone: Any, dataset: str, period: str) -> str:
    """Return where the rows of a dataset are seen."""
    if dataset in ("registry", "alliance-members"):
        return reverse("firm-list", args=[zone.code])
    if dataset == "overseas-zones":
        return reverse("overseas", args=[zone.code])
    return f"{reverse('filing-inbox', args=[zone.code])}?{urlencode({'dataset': dataset, 'period': period})}"


def _asked(request: HttpRequest, zone: Any, row: Job) -> HttpResponse:
    """Do what a button of the job's page asks: run it again, preview it with other columns, or land it."""
    if request.POST.get("do") == "again":
        again(request, zone, row.pk)
        return redirect("import-job", zone.code, row.pk)
    named = {value: name.removeprefix("map-") for name, value in request.POST.items() if name.startswith("map-") and value}
    arguments = {
        **row.arguments, "mapping": {**(row.arguments.get("mapping") or {}), **named}, "skip_refused": request.POST.get("skip_refused") == "on",
    }  # fmt: skip
    kind = LAND if request.POST.get("do") == "land" else PREVIEW
    return redirect("import-job", zone.code, start(request, zone, kind, arguments).pk)


@zone_page("imports.run")
def import_progress(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Say how far a preview or a landing is."""
    return fragment(request, job_or_404(zone, pk, *IMPORTS), "import-job")


@zone_page("imports.run")
def template(request: HttpRequest, zone: Any, dataset: str) -> HttpResponse:
    """Download the empty workbook of a dataset."""
    try:
        form = handler_for(dataset, zone).form
    except UnknownDataset as fault:
        raise Http404(str(fault)) from fault
    response = HttpResponse(content_type=TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{dataset}.xlsx"'
    write_template(form, response, request.LANGUAGE_CODE)
    return response
