"""Snapshots for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router

from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.api import Answer, Number, Out, Paging, Texts, page_of, paged, reads, texts

router = Router(tags=["snapshots"])


class SnapshotOut(Out):
    """A revision of what was known of a zone for a period. ``hash`` names its content."""

    id: int
    period: str
    revision: int
    hash: str
    frozen_at: datetime
    frozen_by: str


class ColumnOut(Out):
    """A column of a frozen table."""

    name: str
    kind: str
    unit: str | None
    scale: int
    label: Texts


class TableOut(Out):
    """A frozen table: how many rows, their hash, its key and columns."""

    entity: str
    label: Texts
    rows: int
    hash: str
    key: list[str]
    columns: list[ColumnOut]


class SnapshotFile(SnapshotOut):
    """A snapshot with its tables, and how many returns were left out because they were not accepted."""

    tables: list[TableOut]
    left_out: dict[str, int]


class TableChanges(Out):
    """What a revision changed in one table; of the keys the first few are named."""

    entity: str
    added: int
    removed: int
    changed: int
    rows: list[dict[str, Any]]


SnapshotPage = page_of(SnapshotOut)


def reference(row: Any) -> dict[str, Any]:
    """Return a snapshot as a list shows it."""
    plain = {name: getattr(row, name) for name in ("period", "revision", "frozen_at", "frozen_by")}
    return {"id": row.pk, "hash": row.content_hash, **plain}


@reads(router, "/snapshots", name="snapshots.list", summary=_("List snapshots"), permission="figures.view", response=SnapshotPage)
def list_snapshots(request: HttpRequest, zone: Any, told: Query[Paging]) -> Answer:
    """Return the zone's snapshots, newest period first."""
    return paged(request, told, snapshots.snapshots(zone), reference)


@reads(
    router, "/snapshots/{int:number}", name="snapshots.get", summary=_("Read a snapshot"), permission="figures.view", response=SnapshotFile
)
def get_snapshot(request: HttpRequest, zone: Any, number: Path[Number]) -> Any:
    """Return a snapshot with its tables and their hashes."""
    row = snapshots.snapshot(zone, number)
    tables = [
        {"entity": entity, "label": texts(one["label"]), "rows": one["rows"], "hash": one["hash"], "key": one["key"],
         "columns": [{**column, "label": texts(column["label"])} for column in one["columns"]]}
        for entity, one in sorted(row.manifest["tables"].items())
    ]  # fmt: skip
    return {**reference(row), "tables": tables, "left_out": row.manifest.get("left_out", {}).get("filings_not_accepted", {})}


@reads(
    router, "/snapshots/{int:number}/changes", name="snapshots.changes", summary=_("Read what a revision changed"), permission="figures.view",
    response=list[TableChanges],
)  # fmt: skip
def get_changes(request: HttpRequest, zone: Any, number: Path[Number]) -> Any:
    """Return what a snapshot changed against the revision before it; empty for a first revision."""
    newer = snapshots.snapshot(zone, number)
    older = snapshots.snapshots(zone).filter(period=newer.period, revision=newer.revision - 1).first()
    found = snapshots.changes(older, newer) if older is not None else {}
    return [
        {"entity": entity, "added": told["added"], "removed": told["removed"], "changed": told["changed"],
         "rows": [{"key": one["key"], "columns": one["columns"]} for one in told["rows"]]}
        for entity, told in found.items()
    ]  # fmt: skip
