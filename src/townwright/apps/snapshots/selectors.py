"""Questions about snapshots, and their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from townwright.apps.filings import selectors as filings
from townwright.apps.parties import selectors as parties
from townwright.apps.snapshots.domain import content_hash, table_hash
from townwright.apps.snapshots.models import Snapshot
from townwright.apps.zones import selectors as zones
from townwright.frame.hints import hint
from townwright.frame.tables import TableFiles, UnableToReadTable, table_files
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.values.offer import ColumnOffer, TableOffer
from townwright.kernel.values.period import Period


class UnknownSnapshot(LookupError):
    """No snapshot of that period: close the period first."""


class UnableToReadSnapshot(RuntimeError):
    """A snapshot's files are missing, cut short or altered: says which, and what to do."""


def snapshots(zone: Any) -> QuerySet[Snapshot]:
    """Return the zone's snapshots, newest first."""
    return Snapshot.objects.in_zone(zone).order_by("-period", "-revision")


def latest(zone: Any, period: str = "", *, grain: str = "") -> Snapshot:
    """Return the newest revision of a period; by default of the period that ended last, a year before its December.

    ``grain`` (year, quarter, month) keeps to periods of that length.

    Raises:
        UnknownSnapshot: there is none.
    """
    rows = snapshots(zone)
    if not period:
        frozen = [Period.parse(text) for text in set(rows.values_list("period", flat=True))]
        newest = max((one for one in frozen if grain in ("", one.grain)), key=lambda one: (one.end, one.end - one.start), default=None)
        period = str(newest or "")
    found = rows.filter(period=period).first()
    if found is None:
        known = rows.values_list("period", flat=True)
        if not period:
            raise UnknownSnapshot(_("%(zone)s has no snapshot yet. Run: townwright close --zone %(zone)s --period 2016") % {"zone": zone})
        told = {"zone": zone, "period": period, "hint": hint(period, known)}
        raise UnknownSnapshot(
            _("%(zone)s has no snapshot of %(period)s yet.%(hint)s To make it: townwright close --zone %(zone)s --period %(period)s") % told
        )
    return found


def snapshot(zone: Any, pk: int) -> Snapshot:
    """Return a snapshot of the zone."""
    return Snapshot.objects.in_zone(zone).get(pk=pk)


def chosen(zone: Any, pk: int | None, period: str = "", *, grain: str = "") -> Snapshot:
    """Return the snapshot of that number, else the newest revision of the period, as ``latest`` does.

    Raises:
        UnknownSnapshot: there is none.
    """
    if pk is None:
        return latest(zone, period, grain=grain)
    found = snapshots(zone).filter(pk=pk).first()
    if found is None:
        raise UnknownSnapshot(_("%(zone)s has no snapshot number %(number)s.") % {"zone": zone, "number": pk})
    return found


def asked(zone: Any, pk: int | None, period: str = "", *, grain: str = "") -> Snapshot | None:
    """Return the snapshot of a number, or, where none is asked for, the newest as ``latest`` finds it; None where there is none."""
    try:
        return latest(zone, period, grain=grain) if pk is None else snapshot(zone, pk)
    except UnknownSnapshot:
        return None


def folder_of(row: Snapshot) -> Path:
    """Return where the snapshot's files lie."""
    return Path(settings.TOWNWRIGHT_HOME) / row.folder


def offered(zone: Any) -> dict[str, TableOffer]:
    """Return the tables that a snapshot of the zone taken now would offer, without their rows."""
    told = [zones.ZONE_TABLE, *parties.OFFERS, *(filings.table_offer(one, zone.currency) for one in filings.definitions().values())]
    return {one.entity: one for one in told}


def offers(row: Snapshot) -> dict[str, TableOffer]:
    """Return the tables that the snapshot offers, by entity."""
    return {entity: _offer(entity, told) for entity, told in row.manifest["tables"].items()}


def _offer(entity: str, told: Mapping[str, Any]) -> TableOffer:
    columns = tuple(ColumnOffer(one["name"], one["kind"], one["label"], one["unit"], one["scale"]) for one in told["columns"])
    return TableOffer(entity, tuple(told["key"]), told["label"], columns)


def tables(row: Snapshot) -> Mapping[str, pa.Table]:
    """Return the snapshot's Arrow tables by entity.

    Raises:
        UnableToReadSnapshot: a file is missing, cut short, or does not hold the rows of the manifest.
    """
    return _tables(str(folder_of(row)), row.content_hash, _rows(row))


def counts_of(row: Snapshot, entity: str, by: Sequence[str], *, where: str = "") -> list[tuple[Any, ...]]:
    """Return how many rows of a table there are for each combination of columns (values, then the count), most first.

    ``where`` names a column of yes and no: only rows with yes count. Nothing where the snapshot lacks the table or a column.
    """
    return list(_counts(source(row), entity, tuple(by), where))


@lru_cache(maxsize=32)
def _counts(frozen: FrozenTables, entity: str, by: tuple[str, ...], where: str) -> tuple[tuple[Any, ...], ...]:
    table = frozen.tables().get(entity)
    if table is None or not {*by, *filter(None, (where,))} <= set(table.column_names):
        return ()
    if where:
        table = table.filter(table.column(where))
    grouped = table.group_by(list(by)).aggregate([([], "count_all")])
    return tuple(
        sorted((tuple(one.values()) for one in grouped.select([*by, "count_all"]).to_pylist()), key=lambda one: (-one[-1], str(one)))
    )


def _rows(row: Snapshot) -> tuple[tuple[str, int], ...]:
    return tuple((entity, told["rows"]) for entity, told in row.manifest["tables"].items())


@dataclass(frozen=True, slots=True)
class FrozenTables:
    """A snapshot's tables as an engine takes them: all into memory, or file by file."""

    folder: Path
    content_hash: str
    rows: tuple[tuple[str, int], ...]

    def tables(self) -> Mapping[str, pa.Table]:
        """Return the Arrow tables by entity.

        Raises:
            UnableToReadSnapshot: a file is missing, cut short, or does not hold the rows of the manifest.
        """
        return _tables(str(self.folder), self.content_hash, self.rows)

    def files(self, entity: str) -> TableFiles:
        """Return the Parquet files of one table, which may be a folder of parts.

        Raises:
            UnableToReadSnapshot: a file is missing or cut short, parts differ, or they do not hold the rows of the manifest.
            UnableToEvaluate: the snapshot has no such table.
        """
        told = dict(self.rows)
        if entity not in told:
            raise UnableToEvaluate("no-table", entity=entity, known=", ".join(sorted(told)))
        try:
            found = table_files(self.folder, entity)
        except UnableToReadTable as fault:
            raise _unreadable(f"{entity}.parquet", self.content_hash, fault) from fault
        if found.rows != told[entity]:
            raise _other_rows(f"{entity}.parquet", found.rows, told[entity])
        return found


def source(row: Snapshot) -> FrozenTables:
    """Return the snapshot's tables as an engine takes them."""
    return FrozenTables(folder_of(row), row.content_hash, _rows(row))


def _unreadable(file: str, wanted_hash: str, fault: object) -> UnableToReadSnapshot:
    return UnableToReadSnapshot(
        _("%(file)s of snapshot %(hash)s cannot be read (%(fault)s). Restore it from a backup; the hash tells the right one.")
        % {"file": file, "hash": wanted_hash[:12], "fault": fault}
    )


def _other_rows(file: str, found: int, wanted: int) -> UnableToReadSnapshot:
    return UnableToReadSnapshot(
        _("%(file)s holds %(found)s rows, the manifest says %(wanted)s. Restore it from a backup.")
        % {"file": file, "found": found, "wanted": wanted}
    )


@lru_cache(maxsize=6)
def _tables(folder: str, wanted_hash: str, entities: tuple[tuple[str, int], ...]) -> Mapping[str, pa.Table]:
    found = {}
    for entity, rows in entities:
        path = Path(folder) / f"{entity}.parquet"
        try:
            found[entity] = pq.read_table(path)
        except (OSError, pa.ArrowException) as fault:
            raise _unreadable(path.name, wanted_hash, fault) from fault
        if found[entity].num_rows != rows:
            raise _other_rows(path.name, found[entity].num_rows, rows)
    return found


def verify(row: Snapshot) -> None:
    """Recompute the hash from the files.

    Raises:
        UnableToReadSnapshot: a file is missing or its content differs.
    """
    hashes = {}
    # Past the cache: what lies on the disk now is what is asked about.
    read = _tables.__wrapped__(str(folder_of(row)), row.content_hash, _rows(row))
    for entity, offer in offers(row).items():
        table = read[entity]
        hashes[entity] = table_hash(offer, list(zip(*(table.column(column.name).to_pylist() for column in offer.columns), strict=True)))
        if hashes[entity] != row.manifest["tables"][entity]["hash"]:
            raise UnableToReadSnapshot(
                _("%(file)s of snapshot %(snapshot)s has been altered: its content hash differs. Restore it from a backup.")
                % {"file": f"{entity}.parquet", "snapshot": row}
            )
    if content_hash(row.zone.code, row.period, hashes) != row.content_hash:
        raise UnableToReadSnapshot(
            _("The manifest of snapshot %(snapshot)s does not give its hash. Restore it from a backup.") % {"snapshot": row}
        )


def changes(older: Snapshot, newer: Snapshot, *, most: int = 200) -> dict[str, dict[str, Any]]:
    """Return, for each table that differs, the rows added, removed and changed (the first ``most`` with old and new values)."""
    found = {}
    old_tables, new_tables = older.manifest["tables"], newer.manifest["tables"]
    for entity in sorted({*old_tables, *new_tables}):
        if old_tables.get(entity, {}).get("hash") == new_tables.get(entity, {}).get("hash"):
            continue
        before, after = _keyed(older, entity), _keyed(newer, entity)
        changed = [key for key in after if key in before and before[key] != after[key]]
        offer = _offer(entity, new_tables.get(entity) or old_tables[entity])
        found[entity] = {
            "label": dict(offer.label), "labels": {column.name: dict(column.label) for column in offer.columns},
            "added": len(after.keys() - before.keys()), "removed": len(before.keys() - after.keys()), "changed": len(changed),
            "rows": [
                {"key": list(map(str, key)), "columns": {
                    name: [_text(before[key].get(name)), _text(value)] for name, value in after[key].items() if before[key].get(name) != value
                }} for key in changed[:most]
            ],
            "added_keys": [list(map(str, key)) for key in sorted(after.keys() - before.keys(), key=str)[:most]],
            "removed_keys": [list(map(str, key)) for key in sorted(before.keys() - after.keys(), key=str)[:most]],
        }  # fmt: skip
    return found


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _keyed(row: Snapshot, entity: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    if entity not in row.manifest["tables"]:
        return {}
    key = row.manifest["tables"][entity]["key"]
    return {tuple(one[name] for name in key): one for one in tables(row)[entity].to_pylist()}
