"""Rules of units, types and shape that several constructs share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeVar

from sqlglot import exp

from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.messages import NOTHING, Said
from townwright.kernel.formula.parse import refuse
from townwright.kernel.formula.types import NUMBER, Type
from townwright.kernel.formula.units import Unit

T = TypeVar("T")
# A chain of more terms than this is joined pairwise, so that its tree stays shallow.
LONG_CHAIN = 8
ADDED, SUBTRACTED = Said("相加", "add"), Said("相减", "subtract")
COMPARED, CHOSEN = Said("比较", "compare"), Said("在同一处取值", "choose between")


def same_unit(node: exp.Expression, left: Expr, right: Expr, verb: Said) -> Unit:
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
    hint = NOTHING
    if literal is not None:
        other = b.unit if literal is left else a.unit
        call = f"UNIT({literal.text}, '{other}')"
        hint = Said(
            f"请给数字注明单位：写成 unit: {other} 的参数，或 {call}。",
            f"Give the figure its unit: a parameter with unit: {other}, or {call}.",
        )
    raise refuse(node, "unit-clash", verb=verb, left=left.text, left_unit=a.unit, right=right.text, right_unit=b.unit, hint=hint)


def combine_branches(node: exp.Expression, values: Sequence[Expr]) -> Type:
    """Return the type that all branches of a CASE, COALESCE, LEAST or GREATEST share.

    Raises:
        FormulaError: kinds or units differ.
    """
    lead = next((value for value in values if not value.type.zero), values[0])
    for value in values:
        if value.type.kind != lead.type.kind:
            raise refuse(
                node, "branches", left=lead.text, left_type=lead.type.said(), right=value.text, right_type=value.type.said()
            )  # fmt: skip
        if value.type.kind == NUMBER:
            same_unit(node, lead, value, CHOSEN)
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


def spine(node: exp.Expression, kinds: tuple[type, ...]) -> tuple[exp.Expression, list[exp.Expression]]:
    """Return the first term of a chain such as a + b - c, and the nodes that add the others, left to right."""
    steps: list[exp.Expression] = []
    while isinstance(node, kinds):
        steps.append(node)
        node = node.this
    return node, steps[::-1]


def pairwise(items: Sequence[T], join: Callable[[T, T], T]) -> T:
    """Join a long chain two by two: a thousand terms are ten levels deep, not a thousand."""
    level = list(items)
    while len(level) > 1:
        level = [join(*level[place : place + 2]) if place + 1 < len(level) else level[place] for place in range(0, len(level), 2)]
    return level[0]
