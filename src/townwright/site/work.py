"""The long pieces of work that people start from pages, and who may."""

from __future__ import annotations

from collections import Counter
from typing import Any

from townwright.frame.jobs import Outcome, Run, Work
from townwright.frame.workbooks.pipeline import ImportReport, run_import
from townwright.kernel.values.period import Period
from townwright.site import uploads
from townwright.site.close import close_period
from townwright.site.datasets import forms, handler_for

PREVIEW, LAND, CLOSE = "import-preview", "import-landing", "close"
IMPORTS = (PREVIEW, LAND)
PERMISSIONS = {PREVIEW: "imports.run", LAND: "imports.run", CLOSE: "close.run"}
# Nobody mends more rows by hand; the counts are of all.
KEPT_FINDINGS = 20_000
SEVERITIES = ("refused", "warned", "note")


def preview_import(run: Run) -> Outcome:
    """Say what an uploaded file would do."""
    return _outcome(_import(run, dry_run=True))


def land_import(run: Run) -> Outcome:
    """Land an uploaded file whole, or not at all; once landed it is not kept."""
    report = _import(run, dry_run=False)
    if report.landed:
        uploads.forget(run.arguments["token"])
    return _outcome(report)


def close(run: Run) -> Outcome:
    """Close a period."""
    report = close_period(zone=run.zone, period=Period.parse(run.arguments["period"]), actor=run.actor, at=run.at, progress=run.tell)
    return Outcome({**report.as_dict(), "snapshot": report.snapshot.pk})


def _import(run: Run, *, dry_run: bool) -> ImportReport:
    told = run.arguments
    return run_import(
        uploads.path_of(told["token"], name=told["name"]), dataset=told["dataset"], handler=handler_for(told["dataset"], run.zone), zone=run.zone,
        actor=run.actor, at=run.at, dry_run=dry_run, mapping=told.get("mapping") or {}, file_name=told["name"], progress=run.tell,
        options={"period": told.get("period", ""), "skip_refused": bool(told.get("skip_refused"))},
        settle=lambda report: run.settle(_outcome(report)), peers=forms(run.zone),
    )  # fmt: skip


def _outcome(report: ImportReport) -> Outcome:
    """Return the report with its findings apart: the gravest are kept, in the order of the rows."""
    severities = Counter(finding.severity for finding in report.findings)
    gravest = sorted(report.findings, key=lambda finding: SEVERITIES.index(finding.severity))[:KEPT_FINDINGS]
    kept = sorted(gravest, key=lambda finding: (finding.row or 0, SEVERITIES.index(finding.severity)))
    result: dict[str, Any] = report.as_dict()
    del result["findings"]
    result["counts"] = dict(report.counts)
    result["severities"] = {name: severities.get(name, 0) for name in SEVERITIES}
    result["kept"] = len(kept)
    return Outcome(result, [finding.as_dict() for finding in kept])


WORK: dict[str, Work] = {PREVIEW: preview_import, LAND: land_import, CLOSE: close}
