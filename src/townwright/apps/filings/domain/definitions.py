"""A dataset definition: which fields a return has, in which units, and what must hold between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from townwright.kernel.values.period import Period

GRAINS = ("month", "quarter", "year")
GRAIN_WORDS = {"month": {"zh": "月份", "en": "month"}, "quarter": {"zh": "季度", "en": "quarter"}, "year": {"zh": "年度", "en": "year"}}
STEPS_A_YEAR = {"month": 12, "quarter": 4, "year": 1}
TYPES = ("money", "integer", "decimal", "ratio", "text", "date", "area", "energy", "boolean", "choice")
OPERATORS = ("<=", "<", ">=", ">", "=")
TOP_KEYS = {"dataset", "grain", "title", "fields", "checks", "due", "application"}
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
class Due:
    """By when a return is to be handed in: the ``day`` of the ``month``-th month after the period, that day included.

    The 10th of the next month is month 1, day 10; for a year, 15 March is month 3, day 15.
    """

    month: int
    day: int

    def on(self, period: Period) -> date:
        """Return the last day on which the return for the period is in time."""
        index = period.end.year * 12 + period.end.month - 1 + self.month - 1
        return date(index // 12, index % 12 + 1, self.day)


@dataclass(frozen=True, slots=True)
class Definition:
    """A dataset that firms file each month, quarter or year.

    ``due`` is None where no day is set. An ``application`` is filed by who asks for support; nobody has to file one.
    """

    name: str
    grain: str
    title: Mapping[str, str]
    fields: tuple[DefinitionField, ...]
    checks: tuple[Check, ...]
    due: Due | None = None
    application: bool = False

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
    if not isinstance(told, dict) or set(told) - TOP_KEYS:
        raise UnableToReadDefinition(
            f"{source}: a definition has dataset, grain, title, fields, checks, due and application, and nothing else."
        )
    if told.get("grain") not in GRAINS:
        raise UnableToReadDefinition(f"{source}: grain {told.get('grain')!r} is not one of {', '.join(GRAINS)}.")
    fields = tuple(_field(name, value, source) for name, value in (told.get("fields") or {}).items())
    if not fields:
        raise UnableToReadDefinition(f"{source}: the dataset has no fields.")
    names = {one.name for one in fields}
    checks = tuple(_check(value, names, f"{source}: check {index + 1}") for index, value in enumerate(told.get("checks") or []))
    application = bool(told.get("application"))
    return Definition(str(told["dataset"]), told["grain"], dict(told["title"]), fields, checks, _due(told.get("due"), source), application)


def _due(value: Any, source: str) -> Due | None:
    if value is None:
        return None
    told = [value.get(name) for name in ("month", "day")] if isinstance(value, dict) and set(value) == {"month", "day"} else []
    held = [one for one in told if isinstance(one, int) and not isinstance(one, bool)]
    # No month is without a 28th.
    if len(held) != 2 or not (1 <= held[0] <= 12 and 1 <= held[1] <= 28):
        raise UnableToReadDefinition(
            f"{source}: due is the month after the period (1 to 12) and the day in it (1 to 28), as in {{month: 3, day: 15}}."
        )
    return Due(held[0], held[1])


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
