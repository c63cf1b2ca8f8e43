"""Freezing a zone's records."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from townwright.apps.filings import selectors as filings
from townwright.apps.parties import selectors as parties
from townwright.apps.snapshots.domain import FORMAT, content_hash, sort_rows, table_hash
from townwright.apps.snapshots.models import Snapshot
from townwright.apps.zones import selectors as zones
from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.kernel.values.offer import ColumnOffer, TableOffer
from townwright.kernel.values.period import Period

Progress = Callable[[int, int, str], None]
_ARROW = {"text": pa.string(), "int": pa.int64(), "date": pa.date32(), "bool": pa.bool_()}


def offered_tables(zone: Any, period: Period) -> Iterator[tuple[TableOffer, Iterable[tuple[Any, ...]]]]:
    """Yield every table that the floors below offer."""
    for provider in (zones.snapshot_tables, parties.snapshot_tables, filings.snapshot_tables):
        yield from provider(zone, period)


def _arrow_type(column: ColumnOffer) -> pa.DataType:
    return _ARROW.get(column.kind) or pa.decimal128(18 if column.scale <= 4 else 24, column.scale)


def _write_table(offer: TableOffer, rows: list[tuple[Any, ...]], folder: Path) -> dict[str, Any]:
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in offer.columns]
    arrays = [pa.array(values, _arrow_type(column)) for values, column in zip(columns, offer.columns, strict=True)]
    pq.write_table(
        pa.table(arrays, names=[column.name for column in offer.columns]), folder / f"{offer.entity}.parquet", compression="zstd"
    )
    return {
        "rows": len(rows), "hash": table_hash(offer, rows), "key": list(offer.key), "label": dict(offer.label),
        "columns": [{"name": c.name, "kind": c.kind, "unit": c.unit, "scale": c.scale, "label": dict(c.label)} for c in offer.columns],
    }  # fmt: skip


def freeze(*, zone: Any, period: Period, actor: Actor, at: datetime, progress: Progress | None = None) -> Snapshot:
    """Freeze what is known of a zone for a period to Parquet, one table an entity.

    The same records give the same hash on every machine and database; if the newest revision has it, that revision is
    returned and nothing is written. Files are written aside and moved into place before the row is committed, so that a
    crash leaves at most an unused folder. Two freezes at once queue on the zone's row.
    """
    home = Path(settings.TOWNWRIGHT_HOME)
    base = home / "snapshots" / zone.code / str(period)
    base.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".freezing-", dir=base))
    try:
        with write(verb="snapshots.freeze", subject=f"{zone.code} {period}", zone=zone, actor=actor, at=at) as told:
            zones.take_turns(zone)
            manifest = _manifest(zone, period, aside, progress)
            last = Snapshot.objects.in_zone(zone).filter(period=str(period)).order_by("-revision").first()
            if last is not None and last.content_hash == manifest["hash"]:
                told.nothing_changed()
                return last
            revision = 1 if last is None else last.revision + 1
            (aside / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
            folder = base / f"r{revision}"
            _settle(aside, folder)
            row = Snapshot.records.create(
                zone=zone, period=str(period), revision=revision, content_hash=manifest["hash"], manifest=manifest,
                folder=folder.relative_to(home).as_posix(), frozen_at=at, frozen_by=actor.name,
            )  # fmt: skip
            told.old = {"hash": last.content_hash} if last else {}
            told.new = {"hash": row.content_hash, "revision": revision}
            told.event("snapshots.snapshot.frozen", period=str(period), revision=revision, hash=row.content_hash)
            return row
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _manifest(zone: Any, period: Period, folder: Path, progress: Progress | None) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for count, (offer, rows) in enumerate(offered_tables(zone, period), 1):
        tables[offer.entity] = _write_table(offer, sort_rows(offer, rows), folder)
        if progress:
            progress(count, 0, offer.entity)
    hashes = {entity: told["hash"] for entity, told in tables.items()}
    return {
        "format": FORMAT, "zone": zone.code, "period": str(period), "hash": content_hash(zone.code, str(period), hashes),
        "tables": tables, "left_out": {"filings_not_accepted": filings.left_out(zone, period)},
    }  # fmt: skip


def _settle(aside: Path, folder: Path) -> None:
    """Flush the files, make them read-only, and move the folder into place; an orphan of a crash gives way."""
    for path in aside.iterdir():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())
        path.chmod(0o444)
    if folder.exists():
        shutil.rmtree(folder)
    aside.rename(folder)
