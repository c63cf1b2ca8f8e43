"""What a snapshot offers to rulebooks: tables of typed, labelled columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = ("text", "int", "money", "number", "date", "bool")


@dataclass(frozen=True, slots=True)
class ColumnOffer:
    """One column: its kind, its unit ("CNY", "m2", None for text) and, for decimals, its scale."""

    name: str
    kind: str
    label: Mapping[str, str]
    unit: str | None = None
    scale: int = 0


@dataclass(frozen=True, slots=True)
class TableOffer:
    """One table an entity; ``key`` names the columns that identify a row."""

    entity: str
    key: tuple[str, ...]
    label: Mapping[str, str]
    columns: tuple[ColumnOffer, ...] = field(default=())

    def column(self, name: str) -> ColumnOffer | None:
        """Return the column of that name, if the table has it."""
        return next((column for column in self.columns if column.name == name), None)
