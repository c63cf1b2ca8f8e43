"""The one typed representation that every executor runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from townwright.kernel.formula.types import Type


@dataclass(frozen=True, slots=True)
class Expr:
    """A typed expression.

    ``op`` is one of: literal, column, variable, parameter, lookup, outer, aggregate, or the name of an operator or
    function. ``name`` is the column, variable, parameter, table or link; ``entity`` the entity whose
    rows the expression runs over; ``extra`` what an operator needs besides (a rounding, an aggregate's name).

    ``chain`` is an aggregate over several links to many, ``above`` a value of a row that the child hangs on, so many
    links up; ``median`` an aggregate; ``group``, ``rank`` and ``band`` look at all rows of the entity (``Grouping``);
    ``prior`` is the same column or variable in the row of an earlier period.
    """

    op: str
    type: Type
    entity: str
    args: tuple[Expr, ...] = ()
    name: str = ""
    value: Any = None
    extra: Any = None
    text: str = ""


AGGREGATE_OPS = frozenset({"aggregate", "chain", "median"})
GROUP_OPS = frozenset({"group", "rank", "band"})


@dataclass(frozen=True, slots=True)
class Grouping:
    """What stands in the arguments of a group step, in this order: value, test, veto, keys; and how it ranks."""

    has_value: bool
    has_test: bool
    keys: int
    order: str = ""
    ties: str = ""
    veto: str = ""

    def parts(self, args: Sequence[Any]) -> tuple[Any, Any, Any, list[Any]]:
        """Return value, test, veto (None where absent) and keys out of the arguments."""
        rest = list(args)
        value = rest.pop(0) if self.has_value else None
        test = rest.pop(0) if self.has_test else None
        veto = rest.pop(0) if self.veto else None
        return value, test, veto, rest


def depth(expr: Expr) -> int:
    """Return how many levels the expression is deep, without recursion."""
    level, below = 0, [expr]
    while below:
        level, below = level + 1, list({id(arg): arg for node in below for arg in node.args}.values())
    return level


def walk(expr: Expr) -> list[Expr]:
    """Return the expression and all below it, parents first."""
    found, stack = [], [expr]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(reversed(node.args))
    return found
