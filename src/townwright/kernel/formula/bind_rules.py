"""Rules of units and types that several constructs share."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sqlglot import exp

from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.parse import refuse
from townwright.kernel.formula.types import NUMBER, Type
from townwright.kernel.formula.units import Unit


def same_unit(node: exp.Expression, left: Expr, right: Expr, verb: str) -> Unit:
    """Return the common unit of two numbers; a literal 0 fits any unit.

    Raises:
        FormulaError: the units differ; both are named, with a repair.
    """
    a, b = left.type, right.type
    if a.unit == b.unit:
        return a.unit
    if a.zero or b.zero:
        return b.unit if a.zero else a.unit
    literal = left if a.literal else right if b.literal else None
    repair = ""
    if literal is not None:
        other = b.unit if literal is left else a.unit
        repair = f"Give the figure its unit: a parameter with unit: {other}, or UNIT({literal.text}, '{other}')."
    raise refuse(node, f"cannot {verb} {left.text} ({a.unit}) and {right.text} ({b.unit}).", repair)


def combine_branches(node: exp.Expression, values: Sequence[Expr]) -> Type:
    """Return the type that all branches of a CASE, COALESCE, LEAST or GREATEST share.

    Raises:
        FormulaError: kinds or units differ.
    """
    lead = next((value for value in values if not value.type.zero), values[0])
    for value in values:
        if value.type.kind != lead.type.kind:
            raise refuse(
                node,
                f"{lead.text} is a {lead.type.describe()} but {value.text} a {value.type.describe()}.",
                "Make all branches of one type.",
            )
        if value.type.kind == NUMBER:
            same_unit(node, lead, value, "choose between")
    if lead.type.kind != NUMBER:
        return lead.type
    places = [value.type.places for value in values]
    known = [place for place in places if place is not None]
    return Type(NUMBER, lead.type.unit, lead.type.word, None if len(known) < len(places) else max(known))


def decimal_places(value: Fraction) -> int:
    """Return how many decimals write the value exactly (parameters are written as decimals)."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    return places
