"""From a compiled rulebook to the stages of a distributed run.

What is computed row by row is left to the evaluator, in as few passes over an entity as can be; what looks at other rows
(look-ups, aggregates, group steps, earlier periods) becomes a stage of its own. A value has a level: a stage that looks at
other rows runs at the first level at which all that it reads is there, and the row by row pass of each level runs after
the other stages of that level. Variables are computed as late as they are needed, so that they wait for no pass of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from townwright.kernel.formula import stages
from townwright.kernel.formula.carriers import DIGITS, QUOTIENT, Form
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import AGGREGATE_OPS, GROUP_OPS, Expr
from townwright.kernel.formula.ordering import closure
from townwright.kernel.formula.places import Places
from townwright.kernel.formula.rulebook import Link
from townwright.kernel.formula.stages import (
    Across,
    Aggregate,
    Earlier,
    Group,
    Hop,
    Join,
    Level,
    Name,
    Pair,
    Place,
    Placing,
    Plan,
    Read,
    Reduction,
    Rows,
    Slot,
)
from townwright.kernel.formula.types import NUMBER

ACROSS = frozenset({"lookup", "outer", "above", "prior"}) | AGGREGATE_OPS | GROUP_OPS


def row_leaves(expr: Expr) -> list[Expr]:
    """Return the nodes at which the row by row work ends: columns, variables, and what looks at other rows."""
    found, stack = [], [expr]
    while stack:
        node = stack.pop()
        if node.op in ACROSS or node.op in ("column", "variable"):
            found.append(node)
        else:
            stack.extend(reversed(node.args))
    return list(dict.fromkeys(found))


def up(link: Link) -> tuple[Hop, ...]:
    """Return the hops from a child of a link to many, or of a chain of them, to the owner."""
    return tuple(Hop(step.to, "" if step.kind == "all" else step.column, step.owner) for step in reversed(link.path or (link,)))


class Staging:
    """Makes the plan; see ``plan_stages``."""

    def __init__(self, compiled: CompiledRulebook, wanted: Sequence[Name], carried: Iterable[Name], columns: Mapping[Name, int]) -> None:
        self.compiled, self.wanted, self.places = compiled, list(dict.fromkeys(wanted)), Places(compiled, columns)
        needed = closure(compiled.formulas, self.wanted)
        self.names = [name for name in dict.fromkeys((*compiled.order, *compiled.formulas)) if name in needed]
        self.levels: dict[Name, int] = {}
        self.slots: dict[Any, Slot] = {}
        self.columns: dict[str, dict[str, None]] = {}
        self.leaves: dict[Expr, int] = {}
        self.loose: dict[Expr, int] = {}
        for name in self.names:
            self.levels[name] = self._row_level(compiled.formulas[name])
        self.latest = self._latest()
        self._crossed: set[Name] | None = None
        for entity, column in carried:
            self.columns.setdefault(entity, {})[column] = None

    def _row_level(self, expr: Expr) -> int:
        return max([0, *(self._level(leaf) for leaf in row_leaves(expr))])

    def _level(self, expr: Expr) -> int:
        """Return the level at which a value is there; -1 for columns, which are there before any stage."""
        if expr.op == "variable":
            return self.levels[expr.entity, expr.name]
        if expr.op == "column":
            return -1
        if expr.op not in ACROSS:
            return self._row_level(expr)
        if expr not in self.leaves:
            self.leaves[expr] = 1 + max((self._level(arg) for arg in expr.args), default=-1)
        return self.leaves[expr]

    def _latest(self) -> dict[Name, int]:
        """Return at which level each variable is computed: as late as all that reads it allows."""
        last: dict[str, int] = {}
        for (entity, _), level in self.levels.items():
            last[entity] = max(level, last.get(entity, 0))
        latest = {name: last[name[0]] for name in self.names}

        def needed_by(expr: Expr, level: int) -> None:
            for node in row_leaves(expr):
                if node.op == "variable":
                    latest[node.entity, node.name] = min(latest[node.entity, node.name], level)

        for leaf, level in self.leaves.items():
            for arg in leaf.args:
                if arg.op not in ACROSS and arg.op not in ("column", "variable"):
                    self.loose[arg] = min(self.loose.get(arg, level), level - 1)
                elif arg.op == "variable":
                    needed_by(arg, level - 1)
        for arg, level in self.loose.items():
            needed_by(arg, level)
        for name in reversed(self.names):
            needed_by(self.compiled.formulas[name], latest[name])
        return latest

    def slot(self, expr: Expr) -> Slot:
        """Return the slot of a value that passes between stages.

        Raises:
            UnableToEvaluate: a number would need more than 38 decimals.
        """
        named = expr.op in ("column", "variable")
        key: Any = (expr.op, expr.entity, expr.name) if named else expr
        if key not in self.slots:
            places = self.places.of(expr)
            if places is not None and places > DIGITS:
                raise UnableToEvaluate("passed-decimals", text=expr.text, places=places, digits=DIGITS)
            kind = expr.type.kind
            form = Form(kind) if kind != NUMBER else Form(QUOTIENT) if places is None else Form(NUMBER, places)
            if expr.op == "column":
                self.columns.setdefault(expr.entity, {})[expr.name] = None
                self.slots[key] = Slot(column_field(expr.name), expr, form, expr.name)
            else:
                self.slots[key] = Slot(f"v{len(self.slots)}", expr, form)
        return self.slots[key]

    def plan(self) -> Plan:
        """Return the stages, level by level."""
        levels = []
        for level in range(1 + max([0, *self.leaves.values(), *self.latest.values(), *self.loose.values()])):
            across = self._across(level)
            levels.append(Level(across, tuple(stage for entity in self.compiled.book.entities for stage in self._rows(entity, level))))
        wanted = tuple(self.slot(self._variable(name)) for name in self.wanted)
        return Plan(self._reads(levels), tuple(levels), wanted)

    def _variable(self, name: Name) -> Expr:
        return Expr("variable", self.compiled.formulas[name].type, name[0], name=name[1], text=name[1])

    def _across(self, level: int) -> tuple[Across, ...]:
        ways: dict[Across, list[Expr]] = {}
        for leaf, at in self.leaves.items():
            if at == level:
                ways.setdefault(self._way(leaf), []).append(leaf)
        return tuple(self._filled(way, leaves) for way, leaves in ways.items())

    def _way(self, leaf: Expr) -> Across:
        """Return the stage that computes a leaf, still without the leaf: leaves that go the same way share a stage."""
        if leaf.op == "lookup":
            return Join(leaf.entity, (Hop(leaf.entity, leaf.extra.column, leaf.extra.to),), ())
        if leaf.op == "outer":
            return Join(leaf.entity, up(self.compiled.book.links[leaf.args[0].entity, leaf.name]), ())
        if leaf.op == "above":
            return Join(leaf.entity, tuple(hop for link in reversed(leaf.extra) for hop in up(link)), ())
        if leaf.op == "prior":
            holder = self.compiled.book.entities[leaf.entity]
            same = tuple(name for name in holder.key if name not in (holder.period, "period"))
            count, grain = leaf.extra
            return Earlier(leaf.entity, same, holder.period, count, grain, ())
        if leaf.op in AGGREGATE_OPS:
            return Aggregate(leaf.entity, up(leaf.extra[0]), ())
        keys = tuple(self.slot(key) for key in leaf.extra.parts(leaf.args)[3])
        return Group(leaf.entity, keys, ()) if leaf.op == "group" else Place(leaf.entity, keys, ())

    def _filled(self, way: Across, leaves: list[Expr]) -> Across:
        if isinstance(way, Join | Earlier):
            return replace(way, pairs=tuple(Pair(self.slot(leaf), self.slot(leaf.args[0])) for leaf in leaves))
        if isinstance(way, Place):
            return replace(way, items=tuple(self._placing(leaf) for leaf in leaves))
        return replace(way, items=tuple(self._reduction(leaf) for leaf in leaves))

    def _part(self, expr: Expr | None) -> Slot | None:
        return None if expr is None else self.slot(expr)

    def _placing(self, leaf: Expr) -> Placing:
        value, test, veto, _ = leaf.extra.parts(leaf.args)
        return Placing(self.slot(leaf), leaf, self.slot(value), self._part(test), self._part(veto))

    def _reduction(self, leaf: Expr) -> Reduction:
        if leaf.op == "group":
            value, test, _, _ = leaf.extra.parts(leaf.args)
        else:
            value = leaf.args[0] if leaf.extra[1] else None
            test = leaf.args[-1] if leaf.extra[2] else None
        return Reduction(self.slot(leaf), leaf.name, self._part(value), self._part(test))

    def _rows(self, entity: str, level: int) -> list[Rows]:
        names = tuple(name for name in self.names if name[0] == entity and self.latest[name] == level)
        loose = [arg for arg, at in self.loose.items() if arg.entity == entity and at == level]
        kept = [name for name in names if name in self._crossing()]
        outputs = (*(self.slot(self._variable(name)) for name in kept), *(self.slot(arg) for arg in loose))
        if not outputs:
            return []
        read = [leaf for expr in (*(self.compiled.formulas[name] for name in names), *loose) for leaf in row_leaves(expr)]
        inputs = dict.fromkeys(self.slot(leaf) for leaf in read if leaf.op != "variable" or (leaf.entity, leaf.name) not in names)
        return [Rows(entity, names, tuple(inputs), outputs)]

    def _crossing(self) -> set[Name]:
        """Return the variables that pass between stages: wanted, read by a stage that looks at other rows, or by a later pass."""
        if self._crossed is None:
            found = {*self.wanted, *((arg.entity, arg.name) for leaf in self.leaves for arg in leaf.args if arg.op == "variable")}
            passes = [(self.compiled.formulas[name], level) for name, level in self.latest.items()]
            for expr, level in (*passes, *self.loose.items()):
                read = [(leaf.entity, leaf.name) for leaf in row_leaves(expr) if leaf.op == "variable"]
                found.update(name for name in read if self.latest[name] < level)
            self._crossed = found
        return self._crossed

    def _reads(self, levels: Sequence[Level]) -> tuple[Read, ...]:
        keyed = set()
        for stage in (stage for level in levels for stage in (*level.across, *level.rows)):
            for entity, _, columns in stages.reads(stage):
                self.columns.setdefault(entity, {}).update(dict.fromkeys(columns))
            for hop in stage.hops if isinstance(stage, Join | Aggregate) else ():
                self.columns.setdefault(hop.to, {})
                if hop.column:
                    keyed.add(hop.to)
        for entity in keyed:
            self.columns[entity][self.compiled.book.entities[entity].key[0]] = None
        for entity, _ in self.wanted:
            self.columns.setdefault(entity, {})
        made = []
        for entity in self.compiled.book.entities:
            if entity in self.columns:
                slots = tuple(slot for slot in self.slots.values() if slot.column and slot.entity == entity)
                made.append(Read(entity, tuple(self.columns[entity]), slots, entity in keyed))
        return tuple(made)


def column_field(name: str) -> str:
    """Return the name under which a column of a table passes between stages."""
    return f"c_{name}"


def plan_stages(
    compiled: CompiledRulebook, wanted: Sequence[Name], *, carried: Iterable[Name] = (), columns: Mapping[Name, int] | None = None
) -> Plan:
    """Return the stages that compute the wanted variables.

    ``carried`` names columns that are to be read along with them; ``columns`` tells how many decimals the numbers of the tables
    hold (default: as many as the rulebook declares).

    Raises:
        UnableToEvaluate: a wanted name is no variable; a number would pass with more than 38 decimals.
    """
    for entity, name in wanted:
        if (entity, name) not in compiled.formulas:
            raise UnableToEvaluate("no-variable", code=compiled.book.code, entity=entity, name=name)
    return Staging(compiled, wanted, carried, columns or {}).plan()
