"""The one typed representation that every executor runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from townwright.kernel.formula.types import Type


@dataclass(frozen=True, slots=True)
class Expr:
    """A typed expression.

    ``op`` is one of: literal, column, variable, parameter, table, lookup, outer, aggregate, or the name of an
    operator or function. ``name`` is the column, variable, parameter, table or link; ``entity`` the entity whose
    rows the expression runs over; ``extra`` what an operator needs besides (a rounding, an aggregate's name).
    """

    op: str
    type: Type
    entity: str
    args: tuple[Expr, ...] = ()
    name: str = ""
    value: Any = None
    extra: Any = None
    text: str = ""


def walk(expr: Expr) -> list[Expr]:
    """Return the expression and all below it, parents first."""
    found, stack = [], [expr]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(reversed(node.args))
    return found
