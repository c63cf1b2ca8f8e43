"""Rows written by hand in a YAML or JSON file: figures stay exact decimals, never floats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from townwright.kernel.formula.cases import UnableToReadCase
from townwright.kernel.formula.source import read_tree

_TOLD = ("period", "on", "data")


@dataclass(frozen=True, slots=True)
class DataFile:
    """Rows by entity, and where the file says so the period and the day of the parameters."""

    data: Mapping[str, list[dict[str, Any]]]
    period: str = ""
    on: date | None = None


def read_data(text: str, *, source: str) -> DataFile:
    """Read ``{entity: [rows]}`` or ``{period, on, data: {entity: [rows]}}``.

    Raises:
        RulebookRefused: the text is not YAML or JSON.
        UnableToReadCase: it has another shape.
    """
    value = read_tree(text, source).value
    data = value.get("data", value) if "data" in value or not set(_TOLD) & set(value) else None
    if not isinstance(data, dict) or ("data" in value and set(value) - set(_TOLD)):
        raise UnableToReadCase("data-shape", file=source)
    for entity, rows in data.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnableToReadCase("data-rows", file=source, entity=entity)
    on = value.get("on") if "data" in value else None
    if on is not None and type(on) is not date:
        raise UnableToReadCase("data-day", file=source, value=on)
    return DataFile({str(entity): rows for entity, rows in data.items()}, str(value.get("period", "")) if "data" in value else "", on)
