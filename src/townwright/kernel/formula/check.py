"""The checker: every formula bound and typed, cycles drawn, parameters and columns accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from townwright.kernel.formula.bind import Binder
from townwright.kernel.formula.bind_prior import Shifter, undated_columns
from townwright.kernel.formula.check_offers import check_offers
from townwright.kernel.formula.check_parameters import missing_parameters, parameter_gaps, unused_parameters
from townwright.kernel.formula.findings import ERROR, WARNING, FormulaError, Place, RulebookFinding
from townwright.kernel.formula.ir import Expr, depth, walk
from townwright.kernel.formula.judging import Judge
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.naming import suggestion
from townwright.kernel.formula.ordering import Name, order_of, references
from townwright.kernel.formula.parse import parse_formula, place_of
from townwright.kernel.formula.ranges import Range, Ranges
from townwright.kernel.formula.rulebook import Rulebook, Variable
from townwright.kernel.formula.scope import Scope, variable_type
from townwright.kernel.formula.types import DATE, NUMBER
from townwright.kernel.values.offer import TableOffer

# The executors go down a tree by calling themselves; a formula deeper than this is refused, so that none can fail half way.
DEEPEST = 150
MOST_HINTS = 50


@dataclass(frozen=True, slots=True)
class Bound:
    """Every formula of a rulebook, typed, in the order in which values can be computed."""

    formulas: Mapping[Name, Expr]
    order: tuple[Name, ...]
    findings: tuple[RulebookFinding, ...]
    places: Mapping[int, tuple[int, int]] = field(default_factory=dict)


Shift = tuple[Variable, exp.Expression, str, str, int]


def bind_rulebook(book: Rulebook) -> Bound:
    """Type every formula; the findings hold errors and warnings with their places."""
    findings: list[RulebookFinding] = []
    formulas: dict[Name, Expr] = {}
    shifts: list[Shift] = []
    places: dict[int, tuple[int, int]] = {}
    for name, variable in book.variables.items():
        expr = _bind_one(book, variable, findings, shifts, places)
        if expr is not None:
            formulas[name] = expr
    _check_policy(book, findings)
    findings.extend(_check_breakdowns(book))
    order, cycles = order_of(book, formulas)
    findings.extend(cycles)
    if shifts and not cycles:
        _shift_periods(book, formulas, shifts, findings)
        order, _ = order_of(book, formulas)
    return Bound(formulas, tuple(order), tuple(findings), places)


def _bind_one(
    book: Rulebook, variable: Variable, findings: list[RulebookFinding], shifts: list[Shift], places: dict[int, tuple[int, int]]
) -> Expr | None:  # fmt: skip
    place = variable.place
    if variable.entity not in book.entities:
        hint = suggestion(variable.entity, book.entities)
        findings.append(RulebookFinding.of(ERROR, place, "unknown-entity", entity=variable.entity, hint=hint))
        return None
    if variable.name in book.entities[variable.entity].columns and (variable.entity, variable.name) in book.variables:
        findings.append(RulebookFinding.of(ERROR, place, "name-taken", name=variable.name, entity=variable.entity))
        return None
    binder = Binder(Scope(book, variable.entity, hints=len(findings) < MOST_HINTS))
    try:
        expr = binder.bind(parse_formula(variable.formula))
        if depth(expr) > DEEPEST:
            raise FormulaError("too-deep", most=DEEPEST)
        _check_result(variable, expr)
    except FormulaError as fault:
        findings.append(RulebookFinding.told(ERROR, _shift(place, fault.line, fault.column), fault.telling))
        return None
    except RecursionError:
        findings.append(RulebookFinding.of(ERROR, place, "too-deep", most=DEEPEST))
        return None
    for node, code, words in binder.warnings:
        findings.append(RulebookFinding.of(WARNING, _shift(place, *place_of(node)), code, **words))
    shifts.extend((variable, *wanted) for wanted in binder.shifts)
    standing = {id(node) for node in walk(expr)}
    places.update({id(made): place for made, place in binder.made if id(made) in standing})
    return expr


def _shift(place: Place, line: int, column: int) -> Place:
    return Place(place.source, place.line + line - 1, column if line > 1 else place.column + column - 1)


def _check_result(variable: Variable, expr: Expr) -> None:
    declared = variable.type
    name, have = variable.name, expr.type.said()
    if declared is None:
        raise FormulaError("no-type", name=name, have=have)
    if declared.kind != expr.type.kind:
        raise FormulaError("declared-kind", name=name, declared=declared.said(), have=have)
    if declared.kind != NUMBER:
        return
    if declared.unit != expr.type.unit and not expr.type.zero:
        ratio = expr.type.unit.times(declared.unit, -1)
        raise FormulaError("declared-unit", name=name, declared=declared.unit, have=expr.type.unit, ratio=ratio)
    most = declared.places
    if variable.rounding is None and most is not None and (expr.type.places is None or expr.type.places > most):
        places = expr.type.places
        told = Said("未舍入的商", "an unrounded quotient") if places is None else Said(f" {places} 位小数", f"{places} decimals")
        step = "1" if most == 0 else f"0.{'0' * (most - 1)}1"
        raise FormulaError("round-where", name=name, word=declared.word, have=told, step=step)


def _check_policy(book: Rulebook, findings: list[RulebookFinding]) -> None:
    place = Place(book.source, 1)

    def demand(entity: str, name: str, what: Said, where: Place) -> None:
        if (entity, name) not in book.variables:
            known = [one for owner, one in book.variables if owner == entity and "." not in one]
            hint = suggestion(name, known)
            if entity in book.entities and name in book.entities[entity].columns:
                hint = Said(
                    f"“{name}”是列：请写一个公式为 {name} 的计算项。", f"{name!r} is a column: write a variable whose formula is {name}."
                )
            findings.append(RulebookFinding.of(ERROR, where, "not-a-variable", what=what, entity=entity, name=name, hint=hint))

    policy = book.policy
    if book.kind == "policy" and policy is None:
        findings.append(RulebookFinding.of(ERROR, place, "no-policy"))
    if policy is not None:
        demand(policy.entity, policy.amount, Said("金额", "amount"), policy.places.get("amount", place))
        amount = book.variables.get((policy.entity, policy.amount))
        if amount and amount.type and amount.type.unit.currency is None:
            findings.append(RulebookFinding.of(ERROR, amount.place, "amount-unit", name=policy.amount, unit=amount.type.unit))
        if policy.budget and policy.budget.priority:
            demand(policy.entity, policy.budget.priority, Said("优先次序", "priority"), policy.places.get("priority", place))
        named = {"yearly_cap": policy.yearly_cap, "parameter": policy.budget.parameter if policy.budget else ""}
        for key, name in named.items():
            if name and name not in book.parameters:
                where, hint = policy.places.get(key, place), suggestion(name, book.parameters)
                findings.append(RulebookFinding.of(ERROR, where, "not-a-parameter", name=name, hint=hint))
        cap = book.parameters.get(policy.yearly_cap)
        if cap and amount and amount.type and amount.type.unit.currency and cap.unit != amount.type.unit:
            findings.append(RulebookFinding.of(ERROR, cap.place, "cap-unit", name=cap.name, unit=cap.unit, wanted=amount.type.unit))
    if book.kind == "classification" and book.classification is None:
        findings.append(RulebookFinding.of(ERROR, place, "no-classification"))
    if book.classification is not None:
        demand(book.classification.entity, book.classification.result, Said("分类", "the classification"), place)


def _check_breakdowns(book: Rulebook) -> list[RulebookFinding]:
    """Return an error for each ``by`` of an indicator that leads nowhere."""
    found = []
    for name in book.indicators:
        variable = book.variables["zone", name]
        for by in variable.by:
            link_name, _, column = by.partition(".")
            link = book.links.get(("zone", link_name))
            known = [] if link is None else [*book.entities[link.to].columns, *(one for owner, one in book.variables if owner == link.to)]
            if column not in known:
                hint = suggestion(column, known)
                found.append(RulebookFinding.of(ERROR, variable.place, "by-column", name=name, by=by, hint=hint))
    return found


def _shift_periods(book: Rulebook, formulas: dict[Name, Expr], shifts: list[Shift], findings: list[RulebookFinding]) -> None:
    """Add the copies that PRIOR wants of variables of an earlier period."""

    def rounded(name: Name, expr: Expr) -> Expr:
        variable = book.variables[name]
        if variable.rounding is None:
            return expr
        return Expr("round", variable_type(variable), expr.entity, (expr,), extra=variable.rounding, text=expr.text)

    shifter = Shifter(formulas, rounded)
    periods = {entity.name: entity.period for entity in book.entities.values()}
    keys = {entity.name: entity.key for entity in book.entities.values()}
    base = dict(formulas)
    wanted = set()
    for variable, node, entity, name, months in shifts:
        place = _shift(variable.place, *place_of(node))
        if not shifter.dated((entity, name)):
            findings.append(RulebookFinding.of(ERROR, place, "prior-still", name=name))
            continue
        wanted.add((entity, name, months))
        dated = _dated_rows(book)
        still = [
            column for owner, column in undated_columns(base, (entity, name), periods, keys)
            if owner not in dated and book.entities[owner].columns[column].kind != DATE
        ]  # fmt: skip
        if still:
            findings.append(RulebookFinding.of(WARNING, place, "prior-column", name=name, columns=", ".join(still), entity=entity))
    shifter.make(wanted)


def _dated_rows(book: Rulebook) -> set[str]:
    """Return the entities whose rows say of which year they are, by a period or by a column that a filter can read."""
    return {entity.name for entity in book.entities.values() if entity.period or "year" in entity.columns or "period" in entity.columns}


def check_rulebook(
    book: Rulebook, *, offers: Mapping[str, TableOffer] | None = None, on: date | None = None, notes: bool = False
) -> list[RulebookFinding]:
    """Return all findings: types, units, names, cycles; columns against ``offers``; parameters on every day in force.

    With ``on``, parameters are looked at on that day only. ``notes`` adds what is not proven of the size of figures.
    """
    bound = bind_rulebook(book)
    findings = list(bound.findings)
    if offers is not None:
        findings.extend(check_offers(book, offers))
    if on is not None:
        findings.extend(missing_parameters(book, bound.formulas.values(), on))
    else:
        findings.extend(parameter_gaps(book, bound.formulas.values()))
    if len(bound.formulas) == len(book.variables):
        findings.extend(unused_parameters(book, bound.formulas))
        judge = Judge(book, bound.formulas, bound.order, bound.places)
        findings.extend(judge.run())
        findings.extend(judge.notes() if notes else [])
    return sorted(findings, key=lambda finding: (finding.place.line, finding.place.column))


def proven_ranges(book: Rulebook) -> dict[Name, Range]:
    """Return what each number can be at least and at most, by the bounds of columns and the parameters in force."""
    bound = bind_rulebook(book)
    found = Ranges(book, bound.formulas, bound.order).variables
    return {name: known for name, known in found.items() if name in book.variables and bound.formulas[name].type.kind == NUMBER}


def has_errors(findings: list[RulebookFinding] | tuple[RulebookFinding, ...]) -> bool:
    """Say whether a finding stops the rulebook."""
    return any(finding.severity == ERROR for finding in findings)


__all__ = [
    "Bound",
    "Name",
    "bind_rulebook",
    "check_rulebook",
    "has_errors",
    "missing_parameters",
    "proven_ranges",
    "references",
    "variable_type",
]
