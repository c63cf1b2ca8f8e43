"""The checker: every formula bound and typed, cycles drawn, parameters and columns accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from townwright.kernel.formula.bind import Binder, Scope, suggestion, variable_type
from townwright.kernel.formula.findings import ERROR, WARNING, FormulaError, Place, RulebookFinding
from townwright.kernel.formula.ir import Expr, walk
from townwright.kernel.formula.parse import parse_formula, place_of
from townwright.kernel.formula.rulebook import Rulebook, Variable
from townwright.kernel.formula.types import NUMBER
from townwright.kernel.values.offer import TableOffer

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Bound:
    """Every formula of a rulebook, typed, in the order in which values can be computed."""

    formulas: Mapping[Name, Expr]
    order: tuple[Name, ...]
    findings: tuple[RulebookFinding, ...]


def bind_rulebook(book: Rulebook) -> Bound:
    """Type every formula; the findings hold errors and warnings with their places."""
    findings: list[RulebookFinding] = []
    formulas: dict[Name, Expr] = {}
    for name, variable in book.variables.items():
        expr = _bind_one(book, variable, findings)
        if expr is not None:
            formulas[name] = expr
    _check_policy(book, formulas, findings)
    order = _order(book, formulas, findings)
    return Bound(formulas, tuple(order), tuple(findings))


def _bind_one(book: Rulebook, variable: Variable, findings: list[RulebookFinding]) -> Expr | None:
    place = variable.place
    if variable.entity not in book.entities:
        findings.append(
            RulebookFinding(
                ERROR, place, f"{variable.entity!r} is not an entity of this rulebook.", suggestion(variable.entity, book.entities)
            )
        )
        return None
    if variable.name in book.entities[variable.entity].columns and (variable.entity, variable.name) in book.variables:
        findings.append(
            RulebookFinding(ERROR, place, f"{variable.name!r} is already a column of {variable.entity}.", "Give the variable another name.")
        )
        return None
    binder = Binder(Scope(book, variable.entity))
    try:
        expr = binder.bind(parse_formula(variable.formula))
        _check_result(variable, expr)
    except FormulaError as fault:
        findings.append(RulebookFinding(ERROR, _shift(place, fault.line, fault.column), str(fault), fault.repair, "formula"))
        return None
    for node, message, repair in binder.warnings:
        findings.append(RulebookFinding(WARNING, _shift(place, *place_of(node)), message, repair, "formula"))
    return expr


def _shift(place: Place, line: int, column: int) -> Place:
    return Place(place.source, place.line + line - 1, column if line > 1 else place.column + column - 1)


def _check_result(variable: Variable, expr: Expr) -> None:
    declared = variable.type
    if declared is None:
        raise FormulaError(f"{variable.name} says no type.", f"This formula gives a {expr.type.describe()}.")
    if declared.kind != expr.type.kind:
        raise FormulaError(f"{variable.name} is declared a {declared.describe()}, but its formula gives a {expr.type.describe()}.")
    if declared.kind != NUMBER:
        return
    if declared.unit != expr.type.unit and not expr.type.zero:
        raise FormulaError(
            f"{variable.name} is declared in {declared.unit}, but its formula gives {expr.type.unit}.",
            f"Divide or multiply by what is in {expr.type.unit.times(declared.unit, -1)}, or declare {expr.type.unit}.",
        )
    most = declared.places
    if variable.rounding is None and most is not None and (expr.type.places is None or expr.type.places > most):
        have = "an unrounded quotient" if expr.type.places is None else f"{expr.type.places} decimals"
        step = "1" if most == 0 else f"0.{'0' * (most - 1)}1"
        raise FormulaError(f"{variable.name} ({declared.word}) would have {have}.", f"Say where to round, as in round: half_up {step}")


def _check_policy(book: Rulebook, formulas: Mapping[Name, Expr], findings: list[RulebookFinding]) -> None:
    place = Place(book.source, 1)

    def demand(entity: str, name: str, what: str) -> None:
        if (entity, name) not in book.variables:
            known = [one for owner, one in book.variables if owner == entity]
            findings.append(
                RulebookFinding(ERROR, place, f"{what} names {entity}.{name}, which is not a variable.", suggestion(name, known))
            )

    policy = book.policy
    if book.kind == "policy" and policy is None:
        findings.append(RulebookFinding(ERROR, place, "a rulebook of kind policy has a policy: block."))
    if policy is not None:
        demand(policy.entity, policy.amount, "amount")
        amount = book.variables.get((policy.entity, policy.amount))
        if amount and amount.type and amount.type.unit.currency is None:
            findings.append(
                RulebookFinding(ERROR, amount.place, f"the amount {policy.amount} must be money in one currency, not {amount.type.unit}.")
            )
        if policy.budget and policy.budget.priority:
            demand(policy.entity, policy.budget.priority, "priority")
        for name in filter(None, (policy.yearly_cap, policy.budget.parameter if policy.budget else "")):
            if name not in book.parameters:
                findings.append(RulebookFinding(ERROR, place, f"{name!r} is not a parameter.", suggestion(name, book.parameters)))
    if book.classification is not None:
        demand(book.classification.entity, book.classification.result, "the classification")


def references(expr: Expr) -> set[Name]:
    """Return the variables that an expression refers to, directly."""
    return {(node.entity, node.name) for node in walk(expr) if node.op == "variable"}


def _order(book: Rulebook, formulas: Mapping[Name, Expr], findings: list[RulebookFinding]) -> list[Name]:
    """Order variables so that each follows what it refers to; a cycle is drawn and refused."""
    needs = {name: sorted(reference for reference in references(expr) if reference in formulas) for name, expr in formulas.items()}
    order: list[Name] = []
    state: dict[Name, int] = {}
    for root in needs:
        if root in state:
            continue
        path: list[tuple[Name, int]] = [(root, 0)]
        state[root] = 1
        while path:
            name, index = path[-1]
            if index == len(needs[name]):
                path.pop()
                state[name] = 2
                order.append(name)
                continue
            path[-1] = (name, index + 1)
            below = needs[name][index]
            if state.get(below) == 1:
                loop = [one for one, _ in path]
                loop = [*loop[loop.index(below) :], below]
                drawn = " → ".join(f"{entity}.{one}" for entity, one in loop)
                findings.append(
                    RulebookFinding(
                        ERROR,
                        book.variables[below].place,
                        f"these variables need each other: {drawn}.",
                        "Break the loop at one of them.",
                        "cycle",
                    )
                )
            elif below not in state:
                state[below] = 1
                path.append((below, 0))
    return order


def check_rulebook(book: Rulebook, *, offers: Mapping[str, TableOffer] | None = None, on: date | None = None) -> list[RulebookFinding]:
    """Return all findings: types, units, names, cycles; columns against ``offers``; parameters on the day ``on``."""
    bound = bind_rulebook(book)
    findings = list(bound.findings)
    if offers is not None:
        findings.extend(check_offers(book, offers))
    days = [on] if on else ([book.start] if book.start else [])
    for day in days:
        findings.extend(missing_parameters(book, bound.formulas.values(), day))
    return sorted(findings, key=lambda finding: (finding.place.line, finding.place.column))


def missing_parameters(book: Rulebook, formulas: object, day: date) -> list[RulebookFinding]:
    """Return an error for each parameter or table that a formula uses and that has no value on the day."""
    used = {node.name for expr in formulas for node in walk(expr) if node.op in ("parameter", "tier", "bracket")}  # type: ignore[attr-defined]
    if book.policy:
        used |= set(filter(None, (book.policy.yearly_cap, book.policy.budget.parameter if book.policy.budget else "")))
    findings = []
    for name in sorted(used):
        holder = book.parameters.get(name) or book.tables.get(name)
        if holder is None:
            continue
        dated = [(since, value) for since, value in holder.values if since <= day]
        if not dated or dated[-1][1] is None:
            since = f"it ended on {dated[-1][0]}" if dated else f"its first value is in force from {holder.values[0][0]}"
            findings.append(
                RulebookFinding(
                    ERROR,
                    holder.place,
                    f":{name} has no value on {day}: {since}.",
                    f"Add a value in force on {day}, or choose another date.",
                    "parameter",
                )
            )
    return findings


def check_offers(book: Rulebook, offers: Mapping[str, TableOffer]) -> list[RulebookFinding]:
    """Compare the columns that the rulebook needs with what the snapshot offers."""
    findings = []
    for entity in book.entities.values():
        offer = offers.get(entity.name)
        if offer is None:
            findings.append(
                RulebookFinding(
                    ERROR, Place(book.source, 1), f"the snapshot has no table {entity.name!r}.", suggestion(entity.name, offers), "offer"
                )
            )
            continue
        for name, type_ in entity.columns.items():
            column = offer.column(name)
            if column is None:
                names = [one.name for one in offer.columns]
                findings.append(
                    RulebookFinding(
                        ERROR,
                        Place(book.source, 1),
                        f"{entity.name} of the snapshot has no column {name!r}.",
                        suggestion(name, names),
                        "offer",
                    )
                )
                continue
            kind = NUMBER if column.kind in ("int", "money", "number") else column.kind
            unit = str(replace(type_).unit)
            if kind != type_.kind or (
                kind == NUMBER and column.unit not in (None, unit) and not (unit == "ratio" and column.unit in ("1", ""))
            ):
                findings.append(
                    RulebookFinding(
                        ERROR,
                        Place(book.source, 1),
                        f"{entity.name}.{name} is a {column.kind} in {column.unit} there, not a {type_.describe()}.",
                        code="offer",
                    )
                )
    return findings


def has_errors(findings: list[RulebookFinding] | tuple[RulebookFinding, ...]) -> bool:
    """Say whether a finding stops the rulebook."""
    return any(finding.severity == ERROR for finding in findings)


__all__ = ["Bound", "bind_rulebook", "check_rulebook", "has_errors", "missing_parameters", "references", "variable_type"]
