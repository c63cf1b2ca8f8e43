"""Aggregates over a link to many rows, or over a chain of such links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from townwright.kernel.formula.bind_groups import bind_group_aggregate, by_of
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.naming import suggestion
from townwright.kernel.formula.parse import refuse, source_of
from townwright.kernel.formula.rulebook import Link
from townwright.kernel.formula.scope import Scope, path_of, paths_in
from townwright.kernel.formula.types import BOOL, DATE, NUMBER, T_BOOL, Type
from townwright.kernel.formula.units import RATIO

if TYPE_CHECKING:
    from townwright.kernel.formula.bind import Binder

COUNTED = Type(NUMBER, RATIO, "int", 0)


@dataclass(frozen=True, slots=True)
class Route:
    """How a path goes: first along links to one (``lead``), then along links to many."""

    lead: tuple[Link, ...]
    many: tuple[Link, ...]

    @property
    def prefix(self) -> tuple[str, ...]:
        """The path as it is written."""
        return tuple(link.name for link in (*self.lead, *self.many))

    def chain(self) -> Link:
        """Return the one link to many, or a link that stands for the chain of them."""
        if len(self.many) == 1:
            return self.many[0]
        name = ".".join(link.name for link in self.many)
        return Link(self.many[0].owner, name, self.many[-1].to, "chain", "", self.many)


def bind_aggregate(binder: Binder, node: exp.Expression, call: exp.Expression, name: str, condition: exp.Expression | None) -> Expr:
    """Bind SUM, COUNT, MIN, MAX, MEAN, MEDIAN, ANY, ALL or ONLY over a link, or over a group where BY(…) says so.

    Raises:
        FormulaError: no link to many rows, an aggregate within an aggregate, a value of the wrong kind.
    """
    if by_of(call) is not None:
        return bind_group_aggregate(binder, node, call, name, condition)
    if binder.scope.over is not None:
        raise refuse(node, "aggregate-nested", name=name)
    if len(call.expressions) != 1 or not isinstance(call.expressions[0], exp.Expression):
        raise refuse(node, "aggregate-arguments", name=name)
    argument = call.expressions[0]
    route = _route(binder, node, call, argument)
    over = route.chain()
    scope = Scope(binder.book, over.to, over, binder.scope.entity, route.prefix, len(route.lead))
    inner = binder.within(scope)
    value = None
    if not (isinstance(argument, exp.Column | exp.Dot) and path_of(argument) == list(route.prefix)):
        value = inner.bind(argument)
    elif name != "COUNT":
        raise refuse(node, "aggregate-value", name=name, link=".".join(route.prefix))
    test = inner.expect(condition, BOOL) if condition is not None else None
    text = source_of(node)
    result = _made(binder, node, name, over, value, test, text)
    for link in reversed(route.lead):
        result = Expr("lookup", result.type, link.owner, (result,), name=link.name, extra=link, text=text)
    return result


def _made(
    binder: Binder, node: exp.Expression, name: str, over: Link, value: Expr | None, test: Expr | None, text: str
) -> Expr:  # fmt: skip
    type_ = aggregate_type(node, name, value)
    if name == "MEAN":
        assert value is not None
        total = _one(over, "SUM", aggregate_type(node, "SUM", value), value, test, text.replace("MEAN", "SUM", 1))
        count = _one(over, "COUNT", COUNTED, value, test, text.replace("MEAN", "COUNT", 1))
        return Expr("div", type_, over.owner, (total, count), text=text)
    return _one(over, name, type_, value, test, text)


def _one(over: Link, name: str, type_: Type, value: Expr | None, test: Expr | None, text: str) -> Expr:
    op = "median" if name == "MEDIAN" else "chain" if over.kind == "chain" else "aggregate"
    args = tuple(part for part in (value, test) if part is not None)
    return Expr(op, type_, over.owner, args, name=name, extra=(over, value is not None, test is not None), text=text)


def _route(binder: Binder, node: exp.Expression, call: exp.Expression, argument: exp.Expression) -> Route:
    """Find the links that an aggregate runs along: the longest way to many rows that its argument names."""
    best: Route | None = None
    for path in paths_in(argument):
        route = _way(binder, path)
        if route is not None and (best is None or len(route.prefix) > len(best.prefix)):
            best = route
    if best is not None:
        return best
    known = [name for (owner, name), link in binder.book.links.items() if owner == binder.scope.entity and link.kind != "one"]
    first = next((path_of(path)[0] for path in paths_in(argument)), "")
    raise refuse(node, "aggregate-link", text=source_of(call), entity=binder.scope.entity, hint=suggestion(first, known))


def _way(binder: Binder, path: exp.Expression) -> Route | None:
    """Follow a path along links; None where it leads to no link to many."""
    parts, entity = path_of(path), binder.scope.entity
    lead: list[Link] = []
    many: list[Link] = []
    back = ""
    for name in parts:
        link = binder.book.links.get((entity, name))
        if link is None:
            break
        entity = link.to
        if link.kind == "one":
            if many:
                back = back or link.to
            else:
                lead.append(link)
        elif back:
            raise refuse(path, "chain-turn", path=".".join(parts), entity=back)
        else:
            many.append(link)
    return Route(tuple(lead), tuple(many)) if many else None


def aggregate_type(node: exp.Expression, name: str, value: Expr | None) -> Type:
    """Return the type of an aggregate over values of a type.

    Raises:
        FormulaError: the aggregate does not take values of that kind, or they were never rounded.
    """
    if name == "COUNT":
        return COUNTED
    assert value is not None
    kind = value.type.kind
    if name in ("ANY", "ALL"):
        if kind != BOOL:
            raise refuse(node, "aggregate-condition", name=name)
        return T_BOOL
    if name != "ONLY" and kind != NUMBER and not (name in ("MIN", "MAX") and kind == DATE):
        raise refuse(node, "aggregate-numbers", name=name, text=value.text, have=value.type.said())
    if kind == NUMBER and value.type.places is None:
        raise refuse(node, "aggregate-quotient", text=value.text)
    places = value.type.places
    if name == "MEAN":
        places = None
    elif name == "MEDIAN" and places is not None:
        places += 1
    return Type(kind, value.type.unit, value.type.word, places)
