"""The import: read, prepare, then land whole in one transaction, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.models import ColumnMapping, ImportRun
from townwright.frame.workbooks.fitting import other_dataset, with_guess
from townwright.frame.workbooks.forms import REFUSED, WARNED, Finding, SheetForm, SheetRow, UnableToReadWorkbook
from townwright.frame.workbooks.reading import read_workbook

Progress = Callable[[int, int, str], None]
KEPT_FINDINGS = 2000


@dataclass(frozen=True, slots=True)
class ImportContext:
    """For whom and as whom an import runs."""

    zone: Any
    actor: Actor
    at: datetime
    options: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress | None = None

    def tell(self, done: int, total: int, label: str) -> None:
        """Report progress, when anybody listens."""
        if self.progress is not None:
            self.progress(done, total, label)


@dataclass(slots=True)
class Plan:
    """What an import would do. Mutable: a handler fills it row by row; ``work`` is the handler's own."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)
    work: Any = None


class ImportHandler(Protocol):
    """What a dataset brings: its form, a plan without writes, and the landing inside one transaction."""

    form: SheetForm

    def prepare(self, rows: Sequence[SheetRow], context: ImportContext) -> Plan:
        """Decide for every row; write nothing."""
        ...

    def land(self, plan: Plan, context: ImportContext) -> None:
        """Carry the plan out."""
        ...


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import counted and found, and whether it landed."""

    dataset: str
    file: str
    sheet: str
    counts: Mapping[str, int]
    findings: Sequence[Finding]
    landed: bool
    dry_run: bool
    mapping: Mapping[str, str]
    unmapped: Sequence[str]
    suggested: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "dataset": self.dataset, "file": self.file, "sheet": self.sheet, **self.counts, "landed": self.landed, "dry_run": self.dry_run,
            "mapping": dict(self.mapping), "unmapped": list(self.unmapped), "suggested": dict(self.suggested), "units": dict(self.units),
            "findings": [finding.as_dict() for finding in self.findings],
        }  # fmt: skip


def remembered_headers(zone: Any, dataset: str) -> dict[str, str]:
    """Return header → field as persons confirmed them for the dataset in the zone, the newest last."""
    return dict(ColumnMapping.objects.in_zone(zone).filter(dataset=dataset).order_by("id").values_list("header", "field"))


def run_import(
    path: Path | str, *, dataset: str, handler: ImportHandler, zone: Any, actor: Actor, at: datetime, dry_run: bool = False,
    mapping: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None, sheet: str | None = None,
    progress: Progress | None = None, file_name: str = "", settle: Callable[[ImportReport], None] | None = None,
    peers: Sequence[SheetForm] = (),
) -> ImportReport:  # fmt: skip
    """Import a file, or only say what would happen.

    The whole file lands in one transaction, or, when a row is refused, nothing does; ``options["skip_refused"]`` is a
    person's word that the refused rows may stay out. Importing the same file again changes nothing. ``mapping``
    (field → header) is remembered for the dataset. ``settle`` is called with the report inside the landing's
    transaction: what it writes stands or falls with the rows. ``peers`` are the forms of the other datasets: a file that
    looks like one of them is said to.

    Raises:
        UnableToReadWorkbook: the file as a whole cannot be read.
    """
    path = Path(path)
    context = ImportContext(zone, actor, at, options or {}, progress)
    known = remembered_headers(zone, dataset)
    try:
        reading = read_workbook(path, handler.form, mapping=mapping, remembered=known, sheet=sheet, progress=progress)
    except UnableToReadWorkbook as fault:
        raise with_guess(fault, path, handler.form, peers) from fault
    # Without a required column the rows mean nothing: the findings say which one is missing.
    plan = Plan() if _file_faults(reading.findings) else handler.prepare(reading.rows, context)
    findings = sorted(
        [*reading.findings, *other_dataset(reading, handler.form, peers), *plan.findings],
        key=lambda finding: (finding.row or 0, finding.severity),
    )
    refused_rows = {finding.row for finding in findings if finding.severity == REFUSED}
    counts = {
        "read": reading.read, "created": plan.created, "updated": plan.updated, "unchanged": plan.unchanged + reading.repeated,
        "warned": len({finding.row for finding in findings if finding.severity == WARNED}), "refused": len(refused_rows),
    }  # fmt: skip
    fatal = bool(refused_rows) and not (context.options.get("skip_refused") and reading.mapping and not _file_faults(findings))
    report = ImportReport(
        dataset, file_name or path.name, reading.sheet, counts, findings, not dry_run and not fatal, dry_run,
        {name: column.header for name, column in reading.mapping.items()}, reading.unmapped, reading.suggested,
        {name: column.unit for name, column in reading.mapping.items() if column.unit},
    )  # fmt: skip
    if report.landed:
        _land(plan, handler, context, report, path, mapping or {}, settle)
    elif not dry_run:
        _record(context, report, path)
    return report


def _file_faults(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == REFUSED and finding.code in ("missing-column", "unit") for finding in findings)


def _land(
    plan: Plan, handler: ImportHandler, context: ImportContext, report: ImportReport, path: Path, mapping: Mapping[str, str],
    settle: Callable[[ImportReport], None] | None,
) -> None:  # fmt: skip
    counts = report.counts
    context.tell(0, 0, "land")
    with write(verb=f"import.{report.dataset}", subject=report.file, zone=context.zone, actor=context.actor, at=context.at) as told:
        handler.land(plan, context)
        for field_name, told_header in mapping.items():
            # The header as it stands in the file, whose parent and unit a person may have left out.
            header = report.mapping.get(field_name, told_header)
            ColumnMapping.records.update_or_create(zone=context.zone, dataset=report.dataset, header=header, defaults={"field": field_name})
        told.new = dict(counts)
        if not (counts["created"] or counts["updated"] or mapping):
            told.nothing_changed()
        _record(context, report, path)
        if settle is not None:
            settle(report)


def _record(context: ImportContext, report: ImportReport, path: Path) -> None:
    ImportRun.records.create(
        zone=context.zone, dataset=report.dataset, file_name=report.file[:250], sha256=hashlib.sha256(path.read_bytes()).hexdigest(), at=context.at,
        actor=context.actor.name, landed=report.landed, counts=dict(report.counts),
        findings=[finding.as_dict() for finding in report.findings[:KEPT_FINDINGS]],
    )  # fmt: skip
