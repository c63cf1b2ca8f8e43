"""What a sheet should hold, and what reading one yields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

REFUSED, WARNED, NOTE = "refused", "warned", "note"
KINDS = ("text", "integer", "decimal", "money", "area", "date", "boolean", "choice", "code", "energy", "ratio")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a form. ``unit`` is the base unit in which values are kept ("CNY", "m2", "person")."""

    name: str
    kind: str
    label: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    required: bool = False
    unit: str = ""
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = 500
    # Free text that often is an amount: a bare number in it takes the unit of its header.
    amount: bool = False


@dataclass(frozen=True, slots=True)
class SheetForm:
    """The columns of a dataset; ``key`` names those that identify a row."""

    name: str
    title: Mapping[str, str]
    fields: tuple[Field, ...]
    key: tuple[str, ...]

    def field(self, name: str) -> Field:
        """Return the field of that name."""
        return next(one for one in self.fields if one.name == name)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of a row (or of the file, when ``row`` is None)."""

    severity: str
    code: str
    message: Mapping[str, str]
    row: int | None = None
    column: str = ""
    value: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "row": self.row,
            "column": self.column,
            "severity": self.severity,
            "code": self.code,
            "message": dict(self.message),
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row with typed values in base units; ``number`` is the row in the file, from 1."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Matched:
    """Where a field was found: column index, the header as printed, and the factor to the base unit."""

    index: int
    header: str
    factor: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet read by a form."""

    sheet: str
    header_row: int
    mapping: Mapping[str, Matched]
    unmapped: tuple[str, ...]
    suggested: Mapping[str, str]
    rows: Sequence[SheetRow]
    findings: Sequence[Finding]
    repeated: int
    read: int


class UnableToReadWorkbook(ValueError):
    """The file cannot be read as a whole: says what, why and what to do, in both languages."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.message = code, {"zh": zh, "en": en}
        super().__init__(en)
