"""The order in which variables can be computed, and the cycles that forbid any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from townwright.kernel.formula.bind_prior import base_of
from townwright.kernel.formula.findings import ERROR, RulebookFinding
from townwright.kernel.formula.ir import AGGREGATE_OPS, Expr, walk
from townwright.kernel.formula.rulebook import Rulebook

Name = tuple[str, str]


def references(expr: Expr) -> set[Name]:
    """Return the variables that an expression refers to, directly."""
    return {(node.entity, node.name) for node in walk(expr) if node.op == "variable"}


def ways(expr: Expr) -> dict[Name, str]:
    """Return the variables that an expression refers to, each with the links that lead there ("" on the same row)."""
    found: dict[Name, str] = {}
    stack: list[tuple[Expr, tuple[str, ...]]] = [(expr, ())]
    while stack:
        node, links = stack.pop()
        if node.op == "variable":
            found.setdefault((node.entity, node.name), ".".join(links))
        elif node.op == "lookup":
            links = (*links, node.name)
        elif node.op in AGGREGATE_OPS:
            links = (*links, node.extra[0].name)
        elif node.op in ("outer", "above"):
            links = ()
        elif node.op == "prior":
            links = (*links, f"PRIOR {node.extra[0]} {node.extra[1]}")
        stack.extend((arg, links) for arg in node.args)
    return found


def order_of(book: Rulebook, formulas: Mapping[Name, Expr]) -> tuple[list[Name], list[RulebookFinding]]:
    """Order variables so that each follows what it refers to; a cycle is drawn, through links too, and refused.

    A copy of an earlier period counts as the variable itself: a variable that needs its own past through PRIOR has no
    first value, and is a cycle.
    """
    needs = {name: _needs(expr, formulas) for name, expr in formulas.items()}
    order: list[Name] = []
    findings: list[RulebookFinding] = []
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
                findings.append(_drawn(book, formulas, [one for one, _ in path], below))
            elif below not in state:
                state[below] = 1
                path.append((below, 0))
    return order, findings


def _needs(expr: Expr, formulas: Mapping[Name, Expr]) -> list[Name]:
    found = references(expr)
    based = {name if name in formulas else (name[0], base_of(name[1])[0]) for name in found}
    return sorted(name for name in based if name in formulas)


def _drawn(book: Rulebook, formulas: Mapping[Name, Expr], path: list[Name], below: Name) -> RulebookFinding:
    loop = [*path[path.index(below) :], below]
    drawn = f"{loop[0][0]}.{loop[0][1]}"
    for name, following in pairwise(loop):
        via = {_base(target): links for target, links in ways(formulas[name]).items()}.get(following, "")
        drawn += f" → {f'[{via}] ' if via else ''}{following[0]}.{following[1]}"
    variable = book.variables[_base(below)]
    return RulebookFinding.of(ERROR, variable.place, "cycle", loop=drawn)


def _base(name: Name) -> Name:
    return name[0], base_of(name[1])[0]


def closure(formulas: Mapping[Name, Expr], roots: Iterable[Name]) -> set[Name]:
    """Return all variables that the roots need, themselves included."""
    found: set[Name] = set()
    stack = [root for root in roots if root in formulas]
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack.extend(one for one in references(formulas[name]) if one in formulas)
    return found
