"""Opening a figure: the rows an aggregate was made of, and the same figure by a breakdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors.columns import ColumnRun
from townwright.kernel.formula.executors.load import exact_number, to_python
from townwright.kernel.formula.explain import Tracer
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import AGGREGATE_OPS, Expr, walk


@dataclass(frozen=True, slots=True)
class RowsBehind:
    """The child rows that one aggregate kept, with what each contributes (None for COUNT)."""

    text: str
    entity: str
    rows: pa.Table
    contributions: tuple[Any, ...] | None


def _aggregates(compiled: CompiledRulebook, entity: str, name: str) -> list[Expr]:
    """Return the aggregates that a variable of the entity is made of, through variables of the same entity."""
    found: list[Expr] = []
    stack, seen = [(entity, name)], set()
    while stack:
        here = stack.pop()
        if here in seen or here not in compiled.formulas:
            continue
        seen.add(here)
        for node in walk(compiled.formulas[here]):
            if node.op in AGGREGATE_OPS and node.entity == entity:
                found.append(node)
            elif node.op == "variable" and node.entity == entity:
                stack.append((node.entity, node.name))
    return found


def rows_behind(compiled: CompiledRulebook, tables: Mapping[str, pa.Table], *, entity: str, key: str, name: str) -> tuple[RowsBehind, ...]:
    """Return, for each aggregate in a variable, the rows it was made of.

    Raises:
        UnableToEvaluate: no such row.
    """
    tracer, run = Tracer(compiled, tables), ColumnRun(compiled, tables)
    row = tracer.row(entity, key)
    opened = []
    for expr in _aggregates(compiled, entity, name):
        link, has_value, has_test = expr.extra
        joined = run.joined(link)
        size = run.size(link.to)
        keep = joined.parent == row
        if has_test:
            test: Any = run.value(expr.args[-1])
            keep = keep & np.broadcast_to(test.val & test.ok, (size,))
        places = np.flatnonzero(keep)
        contributions = None
        if has_value:
            values = to_python(run.value(expr.args[0]), expr.args[0].type, size)
            contributions = tuple(values[place] for place in places)
        opened.append(RowsBehind(expr.text, link.to, tables[link.to].take(pa.array(places)), contributions))
    return tuple(opened)


def breakdown(compiled: CompiledRulebook, tables: Mapping[str, pa.Table], *, indicator: str, by: str) -> list[tuple[Any, Any]]:
    """Return an indicator's value for each value of a child's column or variable ("firms.industry_section").

    Each group sees only its own rows of that link; other links are seen whole, so that a breakdown is offered only
    for indicators that run over the one link.

    Raises:
        UnableToEvaluate: the link or column is not known.
    """
    link_name, _, column = by.partition(".")
    link = compiled.book.links.get(("zone", link_name))
    formula = compiled.formulas.get((link.to, column)) if link is not None else None
    if link is None or (formula is None and column not in compiled.book.entities[link.to].columns):
        raise UnableToEvaluate("breakdown", by=by)
    run = ColumnRun(compiled, tables)
    type_ = formula.type if formula is not None else compiled.book.entities[link.to].columns[column]
    expr = Expr("variable" if formula is not None else "column", type_, link.to, name=column)
    groups = to_python(run.value(expr), type_, run.size(link.to))
    found = []
    for group in sorted(set(groups), key=lambda value: (value is None, str(value))):
        keep = pa.array([value == group for value in groups])
        part = ColumnRun(compiled, {**tables, link.to: tables[link.to].filter(keep)})
        told = compiled.book.variables["zone", indicator]
        value = to_python(part.variable("zone", indicator), told.type or replace(expr.type), part.size("zone"))
        found.append((group, value[0] if value else None))
    return found


__all__ = ["RowsBehind", "breakdown", "exact_number", "rows_behind"]
