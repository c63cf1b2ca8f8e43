"""What the public site of a zone shows: figures beside what was published of them, policies. Aggregates only.

Nothing here reads a row of a firm. A figure comes from the stored measurements of a snapshot; its formula from the rulebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from townwright.apps.incentives import selectors as incentives
from townwright.apps.indicators import selectors as indicators
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones import selectors as zones
from townwright.kernel.formula import CompiledRulebook
from townwright.kernel.formula.ir import walk
from townwright.kernel.formula.rulebook import Parameter, Variable


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A measured figure, what was published of it (verdicts of the ledger), and the rulebook that defines it (None: gone)."""

    row: Any
    claims: tuple[Any, ...]
    compiled: CompiledRulebook | None

    @property
    def verdict(self) -> str:
        """The verdict that matters most: a conflict before an agreement."""
        found = [one.verdict for one in self.claims]
        return next((word for word in ("conflicts", "agrees after rounding", "agrees") if word in found), "")


@dataclass(frozen=True, slots=True)
class Step:
    """A named part of a figure: its formula and, of a zone's figure, its value."""

    label: Any
    formula: str
    value: Any
    unit: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The public face of a zone. ``frozen`` is the snapshot whose figures are shown, None where nothing is closed."""

    zone: Any
    face: Any
    frozen: Any
    figures: tuple[ShownFigure, ...]
    others: tuple[Any, ...]

    def figure(self, code: str) -> ShownFigure | None:
        """Return a figure that is shown."""
        return next((one for one in self.figures if one.row.code == code), None)


def shown_snapshot(zone: Any, period: str) -> Any:
    """Return the snapshot whose figures are shown: of the period, or ("") the newest; None where there is none."""
    return snapshots.asked(zone, None, period)


def shown(zone: Any, face: Any) -> Shown:
    """Return what a published zone shows."""
    frozen = shown_snapshot(zone, face.period)
    if frozen is None:
        return Shown(zone, face, None, (), ())
    # A claim that names an indicator is shown with it or not at all: its reason tells the measured value.
    others = tuple(one for one in indicators.reconciliations(zone, frozen) if not one.claim.indicator) if face.other_claims else ()
    return Shown(zone, face, frozen, shown_figures(zone, frozen, face.figures), others)


def shown_figures(zone: Any, frozen: Any, codes: Sequence[str]) -> tuple[ShownFigure, ...]:
    """Return the figures of those codes that a snapshot measured, in that order, with what was published of them."""
    measured = {row.code: row for row in indicators.figures(zone, frozen)}
    books = {one.hash: one for one in indicators.compiled_for(zone, frozen.period)}
    told = list(indicators.reconciliations(zone, frozen))
    return tuple(
        ShownFigure(measured[code], tuple(one for one in told if one.claim.indicator == code), books.get(measured[code].rulebook_hash))
        for code in codes
        if code in measured
    )


def steps(one: ShownFigure) -> tuple[list[Step], list[Parameter]]:
    """Return the named parts that a figure is computed from, and its parameters; formulas, never rows."""
    if one.compiled is None:
        return [], []
    book, found, named = one.compiled.book, [], {}
    stack, seen = [("zone", one.row.code)], {("zone", one.row.code)}
    while stack:
        key = stack.pop(0)
        formula = one.compiled.formulas.get(key)
        if formula is None:
            continue
        if key != ("zone", one.row.code) and key in book.variables:
            found.append(_step(book.variables[key]))
        for node in walk(formula):
            if node.op == "variable" and (node.entity, node.name) not in seen:
                seen.add((node.entity, node.name))
                stack.append((node.entity, node.name))
            elif node.op == "parameter":
                named[node.name] = book.parameters[node.name]
    return found, list(named.values())


def _step(told: Variable) -> Step:
    return Step(told.label, formula_of(told), None, str(told.type.unit) if told.type and told.type.kind == "number" else "")


def formula_of(told: Variable) -> str:
    """Return a variable's formula as it stands in its rulebook."""
    return " ".join(told.formula.strip().strip('"').split())


def offered_figures(zone: Any) -> list[tuple[str, Any]]:
    """Return code and label of every figure that the zone's newest snapshot measured."""
    frozen = shown_snapshot(zone, "")
    return [(row.code, row.label) for row in indicators.figures(zone, frozen)] if frozen is not None else []


def offered_policies(zone: Any) -> list[tuple[str, Any]]:
    """Return code and title of every policy that the zone adopted."""
    return list(incentives.titles(zone, "policy").items())


def shown_policies(zone: Any, codes: Sequence[str]) -> list[Any]:
    """Return the newest version of each policy that is shown, in that order; one that was withdrawn meanwhile is left out."""
    held = {row.code: row for row in incentives.newest_rulebooks(zone) if row.kind == "policy"}
    return [held[code] for code in codes if code in held]


def published(code: str) -> Any:
    """Return a published zone and its face.

    Raises:
        NotPublished: there is no such zone, or it is not published.
    """
    return zones.published(code)
