"""Where a formula stands: what names mean there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp

from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.messages import NOTHING
from townwright.kernel.formula.naming import suggestion
from townwright.kernel.formula.parse import refuse, source_of
from townwright.kernel.formula.rulebook import Link, Rulebook, Variable
from townwright.kernel.formula.types import NUMBER, T_BOOL, Type


def variable_type(variable: Variable) -> Type:
    """Return the type that a reference to the variable has."""
    declared = variable.type or T_BOOL
    if declared.kind != NUMBER or not variable.rounding:
        return declared
    return Type(declared.kind, declared.unit, declared.word, step_places(variable.rounding.step))


def step_places(step: Fraction) -> int:
    """Return the decimals of a rounding step."""
    places = 0
    while step.denominator > 1 and 10**places % step.denominator:
        places += 1
    return places


@dataclass(frozen=True, slots=True)
class Scope:
    """The entity whose rows a formula runs over, and inside an aggregate the link (or chain of links) it runs along.

    ``prefix`` is the path as the author writes it. It is longer than the chain where it starts with links to one
    (``unit.leases``): then ``lead`` counts those, and the aggregate belongs to the row that they lead to. ``hints`` is off where
    so many names are wrong already that looking for near ones would take long.
    """

    book: Rulebook
    entity: str
    over: Link | None = None
    owner: str = ""
    prefix: tuple[str, ...] = ()
    lead: int = 0
    hints: bool = True

    def names(self, entity: str) -> list[str]:
        """Return what can be named on an entity's rows."""
        here = self.book.entities.get(entity)
        columns = list(here.columns) if here else []
        return [*columns, *(name for owner, name in self.book.variables if owner == entity and "." not in name)]

    def member(self, node: exp.Expression, entity: str, name: str) -> Expr:
        """Return the column or variable of the entity."""
        variable = self.book.variables.get((entity, name))
        text = source_of(node)
        if variable is not None:
            return Expr("variable", variable_type(variable), entity, name=name, text=text)
        column = self.book.entities[entity].columns.get(name) if entity in self.book.entities else None
        if column is not None:
            return Expr("column", column, entity, name=name, text=text)
        links = [link for owner, link in self.book.links if owner == entity]
        if name in links:
            raise refuse(node, "link-not-value", name=name, entity=entity)
        hint = suggestion(name, [*self.names(entity), *links]) if self.hints else NOTHING
        raise refuse(node, "unknown-name", name=name, entity=entity, hint=hint)

    def along(self, node: exp.Expression, entity: str, parts: list[str]) -> Expr:
        """Return the value that a path leads to, through links to one."""
        if len(parts) == 1:
            return self.member(node, entity, parts[0])
        link = self.book.links.get((entity, parts[0]))
        if link is None:
            known = [name for owner, name in self.book.links if owner == entity]
            raise refuse(node, "unknown-link", name=parts[0], entity=entity, hint=suggestion(parts[0], known))
        if link.kind != "one":
            raise refuse(node, "to-many", link=parts[0], entity=entity, to=link.to, path=".".join(parts))
        target = self.along(node, link.to, parts[1:])
        return Expr("lookup", target.type, entity, (target,), name=link.name, extra=link, text=source_of(node))

    def name(self, node: exp.Expression) -> Expr:
        """Return what a bare or dotted name means here."""
        parts = path_of(node)
        if self.over is None:
            return self.along(node, self.entity, parts)
        size = len(self.prefix)
        if parts[:size] == list(self.prefix) and len(parts) > size:
            return self.along(node, self.entity, parts[size:])
        for shorter in range(size - 1, 0, -1):
            if parts[:shorter] == list(self.prefix[:shorter]) and len(parts) > shorter:
                return self._above(node, parts, shorter)
        if self.lead:
            path = ".".join(self.prefix)
            raise refuse(node, "chain-bare", text=source_of(node), owner=self.owner, path=path, entity=self._entity_at(self.lead))
        inner = self.along(node, self.owner, parts)
        if self.over.path:
            return Expr("above", inner.type, self.entity, (inner,), name=self.over.name, extra=self.over.path, text=inner.text)
        return Expr("outer", inner.type, self.entity, (inner,), name=self.over.name, text=inner.text)

    def _above(self, node: exp.Expression, parts: list[str], shorter: int) -> Expr:
        """Return a value of a row that the path passes on its way to the child."""
        assert self.over is not None
        if shorter < self.lead:
            path = ".".join(self.prefix)
            raise refuse(node, "chain-bare", text=source_of(node), owner=self.owner, path=path, entity=self._entity_at(self.lead))
        steps = self.over.path or (self.over,)
        inner = self.along(node, self._entity_at(shorter), parts[shorter:])
        return Expr("above", inner.type, self.entity, (inner,), name=self.over.name, extra=steps[shorter - self.lead :], text=inner.text)

    def _entity_at(self, steps: int) -> str:
        entity = self.owner
        for name in self.prefix[:steps]:
            entity = self.book.links[entity, name].to
        return entity


def path_of(node: exp.Expression) -> list[str]:
    """Return the parts of a dotted name."""
    return [part.name for part in node.parts]  # type: ignore[attr-defined]


def paths_in(node: exp.Expression) -> list[exp.Expression]:
    """Return the dotted names below a node, outermost forms only."""
    found = node.find_all(exp.Column, exp.Dot)
    return [one for one in found if not isinstance(one.parent, exp.Dot)]
