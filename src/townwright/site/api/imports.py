"""Imports: upload, preview, land; each a job."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Path, Query, Router, UploadedFile
from pydantic import Field

from townwright.frame.api import Answer, In, Number, Out, Paging, Problem, Texts, page_of, paged, reads, refuse, texts, writes
from townwright.frame.clock import now
from townwright.frame.jobs import job
from townwright.frame.models import Job
from townwright.frame.workbooks.files import MOST_BYTES
from townwright.site import uploads
from townwright.site.api.jobs import JobOut, start
from townwright.site.datasets import dataset_titles
from townwright.site.work import IMPORTS, LAND, PREVIEW

router = Router(tags=["imports"])
PeriodText = Annotated[str, Field(max_length=10, description="For files that tell none.")]


class ImportDataset(Out):
    """A dataset that a file can be imported as."""

    name: str
    title: Texts


class FindingOut(Out):
    """What an import found at a row and column."""

    row: int | None
    column: str | None
    severity: str
    code: str
    message: Texts
    value: str | None


FindingPage = page_of(FindingOut)


@reads(
    router,
    "/imports/datasets",
    name="imports.datasets",
    summary=_("List what can be imported"),
    permission="imports.run",
    response=list[ImportDataset],
)
def list_import_datasets(request: HttpRequest, zone: Any) -> Any:
    """Return the datasets that an import can be given."""
    return [{"name": name, "title": texts(title)} for name, title in dataset_titles().items()]


class Upload(In):
    """What the file holds."""

    dataset: str = Field(min_length=1, max_length=60, examples=["registry"])
    period: PeriodText = ""


@writes(
    router, "POST", "/imports", name="imports.upload", summary=_("Upload a file"), permission="imports.run", response=JobOut, status=202
)
def upload(request: HttpRequest, zone: Any, told: Form[Upload], file: File[UploadedFile]) -> Answer:
    """Take a workbook or CSV and start its preview, which writes nothing. Land it once the preview is as it should be."""
    if told.dataset not in dataset_titles():
        message = str(_("There is no dataset “%(name)s”. Choose one from the list.")) % {"name": told.dataset}
        raise Problem("invalid", message, [{"field": "form.dataset", "message": message}])
    if (file.size or 0) > MOST_BYTES:
        raise Problem("too-large")
    arguments = {
        "token": uploads.keep(file, at=now()), "dataset": told.dataset, "name": (file.name or "file")[:250], "period": told.period.strip(), "mapping": {},
        "skip_refused": False,
    }  # fmt: skip
    return start(request, zone, PREVIEW, arguments)


class Columns(In):
    """Which header holds which field, where that was not recognised, and whether refused rows are left out."""

    mapping: dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=250)]] = Field(
        {}, max_length=300, description="Field → header."
    )
    skip_refused: bool = Field(False, description="Land the other rows although some are refused.")


def _again(request: HttpRequest, zone: Any, number: int, kind: str, told: Columns) -> Answer:
    row = job(zone, number, *IMPORTS)
    uploads.path_of(row.arguments["token"], name=row.arguments["name"])
    mapping = {**(row.arguments.get("mapping") or {}), **told.mapping}
    return start(request, zone, kind, {**row.arguments, "mapping": mapping, "skip_refused": told.skip_refused})


@writes(
    router, "POST", "/imports/{int:number}/preview", name="imports.preview", summary=_("Preview with other columns"), permission="imports.run",
    response=JobOut, status=202, example={'mapping': {'name': '单位简称'}})  # fmt: skip
def preview(request: HttpRequest, zone: Any, number: Path[Number], told: Columns) -> Answer:
    """Preview an uploaded file again, with columns named by you."""
    return _again(request, zone, number, PREVIEW, told)


@writes(
    router, "POST", "/imports/{int:number}/landing", name="imports.land", summary=_("Land an import"), permission="imports.run", response=JobOut,
    status=202, example={'skip_refused': False})  # fmt: skip
def land(request: HttpRequest, zone: Any, number: Path[Number], told: Columns) -> Answer:
    """Land an uploaded file whole, or not at all; once landed it is not kept."""
    return _again(request, zone, number, LAND, told)


class FindingFilter(Paging):
    """Which findings."""

    severity: Literal["", "refused", "warned", "note"] = ""


@reads(
    router, "/imports/{int:number}/findings", name="imports.findings", summary=_("List what an import found"), permission="imports.run",
    response=FindingPage,
)  # fmt: skip
def list_findings(request: HttpRequest, zone: Any, number: Path[Number], told: Query[FindingFilter]) -> Answer:
    """Return the findings of a preview or a landing that is done, in the order of the rows."""
    row = job(zone, number, *IMPORTS)
    if row.status != Job.Status.DONE:
        raise refuse(str(_("The job is not done: follow it first.")))
    found = [one for one in row.details if told.severity in ("", one["severity"])]
    return paged(request, told, found, _finding)


def _finding(one: dict[str, Any]) -> dict[str, Any]:
    value = None if one["value"] is None else str(one["value"])
    return {**{name: one[name] for name in ("row", "column", "severity", "code")}, "message": texts(one["message"]), "value": value}
