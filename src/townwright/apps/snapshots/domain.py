"""The canonical content of a snapshot and its hash: the same records give the same hash everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from townwright.kernel.values.offer import ColumnOffer, TableOffer

FORMAT = "townwright-snapshot-1"


def canonical_value(value: Any, column: ColumnOffer) -> str:
    """Return a value's canonical text. Missing is ``~``; anything else starts with its kind, so that "" is not missing.

    Decimals are written at the column's scale; dates as ISO; text with its length in characters.
    """
    if value is None:
        return "~"
    if isinstance(value, bool):
        return "b1" if value else "b0"
    if column.kind in ("money", "number"):
        return f"n{Decimal(value).quantize(Decimal(1).scaleb(-column.scale))}"
    if column.kind == "int":
        return f"n{int(value)}"
    if isinstance(value, date):
        return f"d{value.isoformat()}"
    return f"t{len(value)}:{value}"


def sort_rows(offer: TableOffer, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows in the order of the table's key, then of all columns, missing first."""
    names = [column.name for column in offer.columns]
    places = [names.index(name) for name in offer.key]
    places += [place for place in range(len(names)) if place not in places]
    return sorted(rows, key=lambda row: [(row[place] is not None, "" if row[place] is None else row[place]) for place in places])


def table_hash(offer: TableOffer, rows: Sequence[tuple[Any, ...]]) -> str:
    """Return the SHA-256 of a table's canonical content; ``rows`` are sorted."""
    digest = hashlib.sha256()
    header = "|".join(f"{column.name}:{column.kind}:{column.unit or ''}:{column.scale}" for column in offer.columns)
    digest.update(f"{FORMAT}\n{offer.entity}\n{header}\n".encode())
    for row in rows:
        digest.update("\x1f".join(canonical_value(value, column) for value, column in zip(row, offer.columns, strict=True)).encode())
        digest.update(b"\x1e")
    return digest.hexdigest()


def content_hash(zone: str, period: str, tables: dict[str, str]) -> str:
    """Return the snapshot's hash over the hashes of its tables, in the order of their names."""
    lines = [FORMAT, zone, period, *(f"{entity}={tables[entity]}" for entity in sorted(tables))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
