"""Rulebooks with something changed: other parameters, or one clause after another of a later version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from townwright.kernel.formula.findings import CodedError
from townwright.kernel.formula.naming import suggestion
from townwright.kernel.formula.rulebook import Entity, Policy, Rulebook, Step, Variable, condition_key


class UnableToChange(CodedError):
    """A change names what the rulebook does not have, or gives it no figure."""


def with_parameters(book: Rulebook, values: Mapping[str, Any], *, since: date | None = None) -> Rulebook:
    """Return the rulebook with other figures: a number for a parameter, rows as in the file for a table.

    They hold for all days, or from ``since`` on; what was in force before it stays. The text tells the change, so that
    the hash is another one.

    Raises:
        UnableToChange: no such parameter or table, or the value is not an exact figure.
    """
    parameters, tables, told = dict(book.parameters), dict(book.tables), []
    for name, value in values.items():
        if name in parameters:
            holder = parameters[name]
            figure = exact(name, value)
            first = since or min([day for day, _ in holder.values] + ([book.start] if book.start else []))
            kept = tuple(pair for pair in holder.values if since is not None and pair[0] < since)
            parameters[name] = replace(holder, values=(*kept, (first, figure)))
        elif name in tables:
            table = tables[name]
            first = since or min([day for day, _ in table.values] + ([book.start] if book.start else []))
            before = tuple(pair for pair in table.values if since is not None and pair[0] < since)
            tables[name] = replace(table, values=(*before, (first, _steps(name, value, table.kind))))
        else:
            hint = suggestion(name, [*parameters, *tables])
            raise UnableToChange("no-figure", code=book.code, name=name, hint=hint)
        told.append(f"# with {name} = {value}{f' from {since}' if since else ''}")
    return replace(book, parameters=parameters, tables=tables, text="\n".join([book.text.rstrip("\n"), *told]) + "\n")


def exact(name: str, value: Any) -> Fraction:
    """Return a figure exactly.

    Raises:
        UnableToChange: it is a float, or no number.
    """
    try:
        if isinstance(value, bool | float):
            raise ValueError
        return Fraction(value) if isinstance(value, int | Fraction) else Fraction(Decimal(str(value).strip().replace("_", "")))
    except (ValueError, ArithmeticError) as fault:
        raise UnableToChange("not-exact-figure", name=name, value=value) from fault


def _steps(name: str, rows: Any, kind: str) -> tuple[Step, ...]:
    if isinstance(rows, tuple) and rows and all(isinstance(row, Step) for row in rows):
        return rows
    word = {"tier": "value", "bracket": "rate"}.get(kind, "")
    if not word or not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) and {"from", word} <= set(row) for row in rows):
        raise UnableToChange("table-rows", name=name, word=word or "value")
    return tuple(Step(exact(name, row["from"]), exact(name, row[word]), bool(row.get("over", False))) for row in rows)


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that differs between two rulebooks: a parameter, table, variable, condition, the amount or the cap."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


def clauses_between(before: Rulebook, after: Rulebook) -> list[Clause]:
    """Return what differs in effect, in the order parameters, tables, variables, conditions, amount, cap.

    What only one of them has and nothing refers to yet or any more is no clause: it changes no result.
    """
    found = [Clause("parameter", name) for name, one in after.parameters.items() if _differs(before.parameters.get(name), one)]
    found += [Clause("table", name) for name, one in after.tables.items() if _differs(before.tables.get(name), one)]
    conditions = _condition_keys(before) | _condition_keys(after)
    found += [
        Clause("variable", f"{entity}.{name}") for (entity, name), one in after.variables.items()
        if (entity, name) not in conditions and _differs(before.variables.get((entity, name)), one)
    ]  # fmt: skip
    old, new = before.policy, after.policy
    if old is None or new is None:
        return found
    for name in dict.fromkeys((*new.conditions, *old.conditions)):
        keys = ((old.entity, condition_key(name)), (new.entity, condition_key(name)))
        one, two = before.variables.get(keys[0]), after.variables.get(keys[1])
        if one is None or two is None or _content(one) != _content(two):
            found.append(Clause("condition", name))
    found += [Clause("amount", "")] if old.amount != new.amount else []
    return found + ([Clause("yearly_cap", "")] if old.yearly_cap != new.yearly_cap else [])


def _condition_keys(book: Rulebook) -> set[tuple[str, str]]:
    return {(book.policy.entity, condition_key(name)) for name in book.policy.conditions} if book.policy else set()


def _differs(one: Any, two: Any) -> bool:
    return one is not None and _content(one) != _content(two)


def _content(one: Any) -> Any:
    """Return what of a parameter, table or variable makes a result."""
    if isinstance(one, Variable):
        return (one.type, " ".join(one.formula.split()), one.rounding)
    return (one.unit, one.values, getattr(one, "kind", ""), getattr(one, "input_unit", None), getattr(one, "bands", None))


def prepared(before: Rulebook, after: Rulebook) -> Rulebook:
    """Return the earlier rulebook with what the later one adds and nothing refers to yet."""
    entities = dict(before.entities)
    for name, entity in after.entities.items():
        have = entities.get(name)
        columns = {**(have.columns if have else {}), **entity.columns}
        bounds = {**(have.bounds if have else {}), **entity.bounds}
        entities[name] = Entity(name, entity.key, columns, entity.period or (have.period if have else ""), bounds)
    conditions = _condition_keys(after)
    variables = {name: one for name, one in after.variables.items() if name not in conditions and name not in before.variables}
    return replace(
        before, entities=entities, links={**after.links, **before.links}, parameters={**after.parameters, **before.parameters},
        tables={**after.tables, **before.tables}, variables={**variables, **before.variables}, start=after.start, end=after.end,
    )  # fmt: skip


def with_clause(book: Rulebook, after: Rulebook, clause: Clause) -> Rulebook:
    """Return the rulebook with one clause as the later version has it."""
    text = f"{book.text}# with {clause} of {after.version}\n"
    if clause.kind == "parameter":
        return replace(book, text=text, parameters={**book.parameters, clause.name: after.parameters[clause.name]})
    if clause.kind == "table":
        return replace(book, text=text, tables={**book.tables, clause.name: after.tables[clause.name]})
    if clause.kind == "variable":
        entity, _, name = clause.name.partition(".")
        return replace(book, text=text, variables={**book.variables, (entity, name): after.variables[entity, name]})
    policy, new = book.policy, after.policy
    assert policy is not None and new is not None
    if clause.kind == "amount":
        return replace(book, text=text, policy=replace(policy, amount=new.amount))
    if clause.kind == "yearly_cap":
        return replace(book, text=text, policy=replace(policy, yearly_cap=new.yearly_cap))
    return replace(book, text=text, **_condition(book, after, policy, new, clause.name))


def _condition(book: Rulebook, after: Rulebook, policy: Policy, new: Policy, name: str) -> dict[str, Any]:
    key = (policy.entity, condition_key(name))
    variables = dict(book.variables)
    names = [one for one in policy.conditions if one != name]
    if name not in new.conditions:
        variables.pop(key, None)
        return {"variables": variables, "policy": replace(policy, conditions=tuple(names))}
    variables[key] = after.variables[key]
    place = policy.conditions.index(name) if name in policy.conditions else len(names)
    names.insert(place, name)
    return {"variables": variables, "policy": replace(policy, conditions=tuple(names))}
