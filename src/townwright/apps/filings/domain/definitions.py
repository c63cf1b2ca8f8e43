"""A dataset definition: which fields a return has, in which units, and what must hold between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

GRAINS = ("month", "quarter", "year")
GRAIN_WORDS = {"month": {"zh": "月份", "en": "month"}, "quarter": {"zh": "季度", "en": "quarter"}, "year": {"zh": "年度", "en": "year"}}
STEPS_A_YEAR = {"month": 12, "quarter": 4, "year": 1}
TYPES = ("money", "integer", "decimal", "ratio", "text", "date", "area", "energy", "boolean", "choice")
OPERATORS = ("<=", "<", ">=", ">", "=")
KEYS = {"type", "unit", "label", "aliases", "required", "minimum", "maximum", "choices"}
BASE_UNITS = {"area": "m2", "energy": "tce", "ratio": "ratio"}
SCALES = {"money": 2, "area": 2, "energy": 4, "decimal": 4, "ratio": 6}


class UnableToReadDefinition(ValueError):
    """A definition does not hold; the message names the file, the place and the repair."""


@dataclass(frozen=True, slots=True)
class DefinitionField:
    """One field. ``unit`` is the base unit in which values are kept; "" of money is the zone's currency."""

    name: str
    type: str
    unit: str
    label: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    required: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """Hard: ``left op right`` must hold where both are told. Soft: against last year, a factor of ``last`` or more is asked about."""

    kind: str
    left: str
    op: str = ""
    right: str = ""
    last: Decimal | None = None
    message: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Definition:
    """A dataset that firms file each month, quarter or year."""

    name: str
    grain: str
    title: Mapping[str, str]
    fields: tuple[DefinitionField, ...]
    checks: tuple[Check, ...]

    @property
    def table(self) -> str:
        """The name of the snapshot table."""
        return self.name.replace("-", "_")


def read_definition(text: str, source: str) -> Definition:
    """Read a definition from YAML.

    Raises:
        UnableToReadDefinition: it is not YAML, or a part does not hold; the message names file and part.
    """
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        raise UnableToReadDefinition(f"{source}: not YAML: {fault}") from fault
    if not isinstance(told, dict) or set(told) - {"dataset", "grain", "title", "fields", "checks"}:
        raise UnableToReadDefinition(f"{source}: a definition has dataset, grain, title, fields and checks, and nothing else.")
    if told.get("grain") not in GRAINS:
        raise UnableToReadDefinition(f"{source}: grain {told.get('grain')!r} is not one of {', '.join(GRAINS)}.")
    fields = tuple(_field(name, value, source) for name, value in (told.get("fields") or {}).items())
    if not fields:
        raise UnableToReadDefinition(f"{source}: the dataset has no fields.")
    names = {one.name for one in fields}
    checks = tuple(_check(value, names, f"{source}: check {index + 1}") for index, value in enumerate(told.get("checks") or []))
    return Definition(str(told["dataset"]), told["grain"], dict(told["title"]), fields, checks)


def _field(name: str, value: Any, source: str) -> DefinitionField:
    where = f"{source}: field {name}"
    if not isinstance(value, dict) or set(value) - KEYS:
        raise UnableToReadDefinition(f"{where}: known keys are {', '.join(sorted(KEYS))}.")
    type_ = str(value.get("type"))
    if type_ not in TYPES:
        raise UnableToReadDefinition(f"{where}: type {type_!r} is not one of {', '.join(TYPES)}.")
    label = value.get("label") or {}
    if set(label) != {"zh", "en"}:
        raise UnableToReadDefinition(f"{where}: the label is told in zh and en.")
    if type_ == "choice" and not value.get("choices"):
        raise UnableToReadDefinition(f"{where}: a choice lists its choices.")
    return DefinitionField(
        name, type_, str(value.get("unit") or BASE_UNITS.get(type_, "")), dict(label), tuple(str(one) for one in value.get("aliases") or ()),
        bool(value.get("required")), _decimal(value.get("minimum"), where), _decimal(value.get("maximum"), where), dict(value.get("choices") or {}),
    )  # fmt: skip


def _decimal(value: Any, where: str) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation as fault:
        raise UnableToReadDefinition(f"{where}: {value!r} is not a number.") from fault


def _check(value: Mapping[str, Any], names: set[str], where: str) -> Check:
    left = str(value.get("left") or value.get("field"))
    for name in filter(None, (left, value.get("right"))):
        if name not in names:
            raise UnableToReadDefinition(f"{where}: {name!r} is not a field of the dataset.")
    if value.get("kind") == "hard" and value.get("op") not in OPERATORS:
        raise UnableToReadDefinition(f"{where}: op {value.get('op')!r} is not one of {', '.join(OPERATORS)}.")
    if value.get("kind") not in ("hard", "soft"):
        raise UnableToReadDefinition(f"{where}: kind is hard or soft.")
    return Check(
        str(value["kind"]),
        left,
        str(value.get("op", "")),
        str(value.get("right", "")),
        _decimal(value.get("last"), where),
        dict(value.get("message") or {}),
    )
