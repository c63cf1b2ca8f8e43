"""What the formulas of a rulebook read: found once for a rulebook that is run over many tables."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors.lowering import KNOWN, words_of
from townwright.kernel.formula.ir import Expr, walk

Name = tuple[str, str]


def leaves_of(expr: Expr) -> list[Expr]:
    """Return the nodes that are not computed row by row: columns, look-ups, aggregates, and what other steps bring."""
    found, stack = [], [expr]
    while stack:
        node = stack.pop()
        if node.op in KNOWN:
            stack.extend(node.args)
        else:
            found.append(node)
    return list(dict.fromkeys(found))


def direct(expr: Expr) -> list[Name]:
    """Return the variables that an expression reads row by row."""
    found, stack = [], [expr]
    while stack:
        node = stack.pop()
        if node.op == "variable":
            found.append((node.entity, node.name))
        elif node.op in KNOWN:
            stack.extend(node.args)
    return found


def _variables(expr: Expr) -> list[Name]:
    return [(node.entity, node.name) for node in walk(expr) if node.op == "variable"]


class Reading:
    """Answers about the formulas of one rulebook, kept."""

    def __init__(self, compiled: CompiledRulebook) -> None:
        self.compiled = compiled
        self._below: dict[Name, frozenset[Name]] = {}
        self._beyond: dict[Name, frozenset[Name]] = {}
        self._literals: dict[str, list[str]] = {}

    def below(self, name: Name) -> frozenset[Name]:
        """Return all variables that a formula names."""
        if name not in self._below:
            self._below[name] = frozenset(_variables(self.compiled.formulas[name]))
        return self._below[name]

    def beyond(self, name: Name) -> frozenset[Name]:
        """Return those that stand below something that is not computed row by row."""
        if name not in self._beyond:
            self._beyond[name] = frozenset(one for leaf in leaves_of(self.compiled.formulas[name]) for one in _variables(leaf))
        return self._beyond[name]

    def literals(self, entity: str) -> list[str]:
        """Return the text literals of an entity's formulas, in order: their codes are the same in every run."""
        if entity not in self._literals:
            found: set[str] = set()
            for (owner, _), formula in self.compiled.formulas.items():
                if owner == entity:
                    found |= words_of(formula)
            self._literals[entity] = sorted(found)
        return self._literals[entity]


def reading_of(compiled: CompiledRulebook, kept: MutableMapping[Any, Any]) -> Reading:
    """Return what the rulebook reads, from what is kept or anew; the rulebook is kept with it, so that its id is not another's."""
    key = ("reading", id(compiled))
    found = kept.get(key)
    if not isinstance(found, Reading) or found.compiled is not compiled:
        found = kept[key] = Reading(compiled)
    return found
