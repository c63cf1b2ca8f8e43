"""A rulebook as it stands in its file, read but not yet compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from townwright.kernel.formula.findings import Place
from townwright.kernel.formula.types import Type
from townwright.kernel.formula.units import Unit

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entity:
    """A table that the rulebook reads, with the columns it needs.

    ``period`` is the column that says of which period a row tells (2016, 2016Q1, 2016-03); ``bounds`` are the least and
    the most that a column can hold, where declared.
    """

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, Type]
    period: str = ""
    bounds: Mapping[str, tuple[Fraction | None, Fraction | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """From one entity to another: ``many`` by a column of the child, ``one`` by an own column, ``all`` rows.

    ``chain`` stands for several links to many, one after the other (``path``).
    """

    owner: str
    name: str
    to: str
    kind: str
    column: str = ""
    path: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the rule, in force from a date; None closes it."""

    name: str
    unit: Unit
    values: tuple[tuple[date, Fraction | None], ...]
    label: Texts
    reference: str
    place: Place


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a table: from a limit (inclusive, or strictly over it) a value or a marginal rate.

    In a table of bands ``band`` is the name and ``start`` the share of the list down to which it reaches.
    """

    start: Fraction
    value: Fraction
    over: bool = False
    band: str = ""


@dataclass(frozen=True, slots=True)
class BandRules:
    """How a ranked list is cut into bands.

    ``order``: desc (the highest is best) or asc. ``ties``: up (equal rows at an edge all get the better band) or down.
    ``rounding``: the mode that makes a share of n rows a whole number. With fewer than ``fewer`` rows all get ``small``.
    """

    order: str
    ties: str
    rounding: str
    fewer: int = 0
    small: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A tier (the value of the step reached), a table by year, a bracket (marginal rates) or bands, in force from dates."""

    name: str
    kind: str
    unit: Unit
    input_unit: Unit
    values: tuple[tuple[date, tuple[Step, ...]], ...]
    label: Texts
    reference: str
    place: Place
    bands: BandRules | None = None


@dataclass(frozen=True, slots=True)
class Rounding:
    """A named mode and a step such as 0.01."""

    mode: str
    step: Fraction


@dataclass(frozen=True, slots=True)
class Variable:
    """A named formula over the rows of an entity."""

    entity: str
    name: str
    type: Type | None
    formula: str
    label: Texts
    rounding: Rounding | None
    place: Place
    why_not: Texts = field(default_factory=dict)
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """How much there is in a year, and who goes first when it does not do."""

    parameter: str
    rule: str
    priority: str = ""
    descending: bool = True


def condition_key(name: str) -> str:
    """Return the name under which a condition's formula is kept: no formula can refer to it."""
    return f"eligible.{name}"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is eligible, for how much. A condition's formula is the variable ``condition_key(name)`` of the entity."""

    entity: str
    conditions: tuple[str, ...]
    amount: str
    yearly_cap: str = ""
    budget: Budget | None = None
    exclusion_group: str = ""
    fiscal_linked: bool = False
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Classification:
    """A class for each row of an entity."""

    entity: str
    result: str
    labels: Mapping[str, Texts]


@dataclass(frozen=True, slots=True)
class Case:
    """A situation and what must come out of it."""

    name: str
    period: str
    on: date | None
    data: Mapping[str, list[dict[str, Any]]]
    expect: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The whole of it. ``variables`` holds conditions and indicators too, under their own names."""

    code: str
    version: str
    kind: str
    status: str
    title: Texts
    summary: Texts
    legal_basis: tuple[Mapping[str, Any], ...]
    start: date | None
    end: date | None
    entities: Mapping[str, Entity]
    links: Mapping[tuple[str, str], Link]
    parameters: Mapping[str, Parameter]
    tables: Mapping[str, Table]
    variables: Mapping[tuple[str, str], Variable]
    policy: Policy | None
    classification: Classification | None
    indicators: tuple[str, ...]
    cases: tuple[Case, ...]
    source: str
    text: str
    notes: tuple[Texts, ...] = ()

    def in_force(self, day: date) -> bool:
        """Say whether the rulebook is in force on the day (half-open)."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    @property
    def main_entity(self) -> str:
        """The entity that the rulebook judges."""
        if self.policy:
            return self.policy.entity
        return self.classification.entity if self.classification else "zone"
