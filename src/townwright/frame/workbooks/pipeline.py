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
from townwright.frame.workbooks.forms import REFUSED, WARNED, Finding, SheetForm, SheetRow
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

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "dataset": self.dataset, "file": self.file, "sheet": self.sheet, **self.counts, "landed": self.landed, "dry_run": self.dry_run,
            "mapping": dict(self.mapping), "unmapped": list(self.unmapped), "suggested": dict(self.suggested),
            "findings": [finding.as_dict() for finding in self.findings],
        }  # fmt: skip


def remembered_mapping(zone: Any, dataset: str) -> dict[str, str]:
    """Return field → header as persons confirmed them for the dataset in the zone."""
    return dict(ColumnMapping.objects.in_zone(zone).filter(dataset=dataset).order_by("id").values_list("field", "header"))


def run_import(
    path: Path | str, *, dataset: str, handler: ImportHandler, zone: Any, actor: Actor, at: datetime, dry_run: bool = False,
    mapping: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None, sheet: str | None = None,
    progress: Progress | None = None, file_name: str = "",
) -> ImportReport:  # fmt: skip
    """Import a file, or only say what would happen.

    The whole file lands in one transaction, or, when a row is refused, nothing does; ``options["skip_refused"]`` is a
    person's word that the refused rows may stay out. Importing the same file again changes nothing. ``mapping``
    (field → header) is remembered for the dataset.

    Raises:
        UnableToReadWorkbook: the file as a whole cannot be read.
    """
    path = Path(path)
    context = ImportContext(zone, actor, at, options or {}, progress)
    known = {**remembered_mapping(zone, dataset), **(mapping or {})}
    reading = read_workbook(path, handler.form, mapping=_present(path, handler.form, known, mapping or {}), sheet=sheet, progress=progress)
    # Without a required column the rows mean nothing: the findings say which one is missing.
    plan = Plan() if _file_faults(reading.findings) else handler.prepare(reading.rows, context)
    findings = sorted([*reading.findings, *plan.findings], key=lambda finding: (finding.row or 0, finding.severity))
    refused_rows = {finding.row for finding in findings if finding.severity == REFUSED}
    counts = {
        "read": reading.read, "created": plan.created, "updated": plan.updated, "unchanged": plan.unchanged + reading.repeated,
        "warned": len({finding.row for finding in findings if finding.severity == WARNED}), "refused": len(refused_rows),
    }  # fmt: skip
    fatal = bool(refused_rows) and not (context.options.get("skip_refused") and reading.mapping and not _file_faults(findings))
    landed = not dry_run and not fatal
    name = file_name or path.name
    if landed:
        _land(plan, handler, context, dataset, name, counts, mapping or {})
    if not dry_run:
        _record(context, dataset, name, path, counts, findings, landed)
    headers = {field_name: column.header for field_name, column in reading.mapping.items()}
    return ImportReport(dataset, name, reading.sheet, counts, findings, landed, dry_run, headers, reading.unmapped, reading.suggested)


def _present(path: Path, form: SheetForm, known: Mapping[str, str], told: Mapping[str, str]) -> Mapping[str, str]:
    """Use remembered headers only for a file that has them; what was told now must be there."""
    if not known or known == told:
        return known
    bare = read_workbook(path, form)
    there = {*bare.unmapped, *(column.header for column in bare.mapping.values())}
    return {field_name: header for field_name, header in known.items() if header in there or field_name in told}


def _file_faults(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == REFUSED and finding.code in ("missing-column", "unit") for finding in findings)


def _land(
    plan: Plan,
    handler: ImportHandler,
    context: ImportContext,
    dataset: str,
    name: str,
    counts: Mapping[str, int],
    mapping: Mapping[str, str],
) -> None:
    with write(verb=f"import.{dataset}", subject=name, zone=context.zone, actor=context.actor, at=context.at) as told:
        handler.land(plan, context)
        for field_name, header in mapping.items():
            ColumnMapping.records.update_or_create(zone=context.zone, dataset=dataset, header=header, defaults={"field": field_name})
        told.new = dict(counts)
        if not (counts["created"] or counts["updated"] or mapping):
            told.nothing_changed()


def _record(
    context: ImportContext, dataset: str, name: str, path: Path, counts: Mapping[str, int], findings: Sequence[Finding], landed: bool
) -> None:
    ImportRun.records.create(
        zone=context.zone, dataset=dataset, file_name=name[:250], sha256=hashlib.sha256(path.read_bytes()).hexdigest(), at=context.at,
        actor=context.actor.name, landed=landed, counts=dict(counts), findings=[finding.as_dict() for finding in findings[:KEPT_FINDINGS]],
    )  # fmt: skip
