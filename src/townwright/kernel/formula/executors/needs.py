"""Which values one row's formula reads: so that long chains of variables are computed from their ends, not by deep calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from townwright.kernel.formula.ir import AGGREGATE_OPS, GROUP_OPS, Expr, depth, walk

if TYPE_CHECKING:
    from townwright.kernel.formula.executors.interpreter import Interpreter

Name = tuple[str, str]
Read = tuple[str, str, int]


def frames(formulas: Mapping[Name, Expr], order: tuple[Name, ...]) -> dict[Name, int]:
    """Return for each variable how many calls deep it is computed if each calls what it needs."""
    found: dict[Name, int] = {}
    for name in order:
        expr = formulas[name]
        below = [found.get((node.entity, node.name), 0) for node in walk(expr) if node.op == "variable"]
        found[name] = 2 * depth(expr) + 2 + max(below, default=0)
    return found


def reads(interpreter: Interpreter, expr: Expr, row: int) -> Iterator[Read]:
    """Return the variables, with their rows, that an expression reads for a row."""
    return _leaves(interpreter, expr, row, "variable")


def _leaves(interpreter: Interpreter, expr: Expr, row: int, wanted: str) -> Iterator[Read]:
    rows = interpreter.rows
    stack: list[tuple[Expr, int, int | None]] = [(expr, row, None)]
    while stack:
        node, here, parent = stack.pop()
        if node.op in ("variable", "column"):
            if node.op == wanted:
                yield node.entity, node.name, here
        elif node.op == "lookup":
            target = rows.position(node.extra.to, rows.column(node.entity, node.extra.column)[here])
            stack += [] if target is None else [(node.args[0], target, None)]
        elif node.op == "outer":
            stack.append((node.args[0], parent or 0, None))
        elif node.op == "above":
            place: int | None = here
            for link in reversed(node.extra):
                place = None if place is None else rows.parent(link, place)
            stack += [] if place is None else [(node.args[0], place, None)]
        elif node.op == "prior":
            before = rows.prior(node.entity, *node.extra)[here]
            stack += [] if before < 0 else [(node.args[0], before, None)]
        elif node.op in AGGREGATE_OPS:
            stack += [(arg, child, here) for child in rows.children(node.extra[0], here) for arg in node.args]
        elif node.op in GROUP_OPS:
            stack += [(arg, other, None) for other in range(rows.size(node.entity)) for arg in node.args]
        else:
            stack += [(arg, here, parent) for arg in node.args]


def reads_columns(interpreter: Interpreter, expr: Expr, row: int) -> Iterator[Read]:
    """Return the columns, with their rows, that an expression reads for a row, through variables and links."""
    stack: list[tuple[Expr, int]] = [(expr, row)]
    seen: set[tuple[int, int]] = set()
    while stack:
        top, here = stack.pop()
        if (id(top), here) in seen:
            continue
        seen.add((id(top), here))
        for entity, name, at in _leaves(interpreter, top, here, "column"):
            yield entity, name, at
        for entity, name, at in reads(interpreter, top, here):
            stack.append((interpreter.compiled.formulas[entity, name], at))
