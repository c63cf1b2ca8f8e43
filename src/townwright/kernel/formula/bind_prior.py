"""PRIOR(x, 1 year): a column or variable as it was some periods earlier.

On rows that carry a period it is the value in the row of the same key with the earlier period. On other rows it is a
variable judged as if the period lay earlier: a copy of its formula with PERIOD_START, PERIOD_END and PERIOD_YEAR moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.parse import refuse, source_of
from townwright.kernel.formula.types import NUMBER, TEXT, Type
from townwright.kernel.formula.units import RATIO

if TYPE_CHECKING:
    from townwright.kernel.formula.bind import Binder

Name = tuple[str, str]
MONTHS = {"year": 12, "quarter": 3, "month": 1}
PERIOD_OPS = frozenset({"period_start", "period_end", "period_year"})
_SPAN = re.compile(r"^(\d{1,3}) (year|quarter|month|period)s?$")
_WHOLE = Type(NUMBER, RATIO, "int", 0)


def earlier(name: str, months: int) -> str:
    """Return the name of the copy of a variable some months earlier: no formula can spell it."""
    base, _, before = name.partition("@")
    return f"{base}@{int(before or 0) + months}"


def base_of(name: str) -> tuple[str, int]:
    """Return the variable and the months that a copy's name stands for."""
    base, _, months = name.partition("@")
    return base, int(months or 0)


def bind_prior(binder: Binder, node: exp.Expression, name: str, args: list[exp.Expression]) -> Expr:
    """Bind PRIOR.

    Raises:
        FormulaError: not a name, not a span, or a column of rows that carry no period.
    """
    count, grain = _span(args[1])
    target = binder.bind(args[0])
    entity = binder.scope.entity
    if target.op not in ("column", "variable") or target.entity != entity:
        raise refuse(node, "prior-name", text=target.text)
    holder = binder.book.entities[entity]
    if holder.period:
        if holder.columns[holder.period].kind != TEXT and grain not in ("year", "period"):
            raise refuse(args[1], "prior-span", text=source_of(args[1]))
        return binder.make("prior", target.type, node, target, name=holder.period, extra=(count, grain))
    if target.op == "column":
        raise refuse(node, "prior-undated", name=target.name, entity=entity)
    if grain == "period":
        raise refuse(args[1], "prior-span", text=source_of(args[1]))
    months = count * MONTHS[grain]
    binder.shifts.append((node, entity, target.name, months))
    return Expr("variable", target.type, entity, name=earlier(target.name, months), text=source_of(node))


def _span(node: exp.Expression) -> tuple[int, str]:
    found = _SPAN.match(re.sub(r"\s+", " ", node.name.lower())) if isinstance(node, exp.Literal) and node.is_string else None
    if found is None or int(found[1]) == 0:
        raise refuse(node, "prior-span", text=node.name if isinstance(node, exp.Literal) else source_of(node))
    return int(found[1]), found[2]


class Shifter:
    """Makes copies of formulas with the period moved earlier."""

    def __init__(self, formulas: dict[Name, Expr], rounded: Callable[[Name, Expr], Expr]) -> None:
        self.formulas, self.rounded = formulas, rounded
        self._dated: dict[Name, bool] = {}

    def dated(self, name: Name) -> bool:
        """Say whether a variable depends on the period (the formulas hold no cycle)."""
        stack = [name]
        while stack:
            top = stack[-1]
            if top in self._dated or top not in self.formulas:
                stack.pop()
                continue
            nodes = _nodes(self.formulas[top])
            below = {(node.entity, base_of(node.name)[0]) for node in nodes if node.op == "variable"}
            waiting = [one for one in below if one not in self._dated and one in self.formulas]
            if waiting:
                stack.extend(waiting)
                continue
            self._dated[top] = any(node.op in PERIOD_OPS for node in nodes) or any(self._dated.get(one, False) for one in below)
            stack.pop()
        return self._dated.get(name, False)

    def make(self, wanted: set[tuple[str, str, int]]) -> None:
        """Add to the formulas each copy that is wanted, and those that it refers to."""
        queue = sorted(wanted)
        while queue:
            entity, name, months = queue.pop()
            copy = (entity, earlier(name, months))
            if copy in self.formulas or (entity, name) not in self.formulas:
                continue
            moved, needs = self._moved(self.formulas[entity, name], months)
            self.formulas[copy] = self.rounded((entity, name), moved)
            queue.extend(needs)

    def _moved(self, expr: Expr, months: int) -> tuple[Expr, list[tuple[str, str, int]]]:
        if expr.op in PERIOD_OPS:
            return _earlier_period(expr, months), []
        if expr.op == "variable":
            base, before = base_of(expr.name)
            if not self.dated((expr.entity, base)):
                return expr, []
            return replace(expr, name=earlier(expr.name, months)), [(expr.entity, base, before + months)]
        needs: list[tuple[str, str, int]] = []
        args = []
        for arg in expr.args:
            moved, more = self._moved(arg, months)
            args.append(moved)
            needs += more
        return (replace(expr, args=tuple(args)) if expr.args else expr), needs


def _earlier_period(expr: Expr, months: int) -> Expr:
    years, rest = divmod(months, 12)
    if expr.op == "period_year" and rest == 0:
        back = Expr("literal", _WHOLE, expr.entity, value=Fraction(years), text=str(years))
        return Expr("sub", expr.type, expr.entity, (expr, back), text=f"{expr.text} - {years}")
    start = replace(expr, op="period_start", text="PERIOD_START()") if expr.op == "period_year" else expr
    date_type = expr.type if expr.op != "period_year" else Type("date", word="date")
    start = replace(start, type=date_type)
    back = Expr("literal", _WHOLE, expr.entity, value=Fraction(-months), text=str(-months))
    moved = Expr("add_months", date_type, expr.entity, (start, back), text=f"ADD_MONTHS({start.text}, -{months})")
    return moved if expr.op != "period_year" else Expr("year", expr.type, expr.entity, (moved,), text=f"YEAR({moved.text})")


def _nodes(expr: Expr) -> list[Expr]:
    found, stack = [], [expr]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(node.args)
    return found


def undated_columns(
    formulas: Mapping[Name, Expr], name: Name, periods: Mapping[str, str], keys: Mapping[str, tuple[str, ...]]
) -> list[Name]:
    """Return the columns of rows without a period that a variable reads: PRIOR cannot tell what they were."""
    found: set[Name] = set()
    stack, seen = [name], set()
    while stack:
        here = stack.pop()
        if here in seen or here not in formulas:
            continue
        seen.add(here)
        for node in _nodes(formulas[here]):
            if node.op == "variable":
                stack.append((node.entity, base_of(node.name)[0]))
            elif node.op == "column" and not periods.get(node.entity) and node.name not in keys.get(node.entity, ()):
                found.add((node.entity, node.name))
    return sorted(found)
