"""Syntax tree to typed representation: names resolved, units checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from difflib import get_close_matches
from fractions import Fraction

from sqlglot import exp

from townwright.kernel.formula.bind_calls import bind_call
from townwright.kernel.formula.bind_rules import combine_branches, decimal_places, same_unit
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.parse import AGGREGATES, PREFIX, refuse, source_of
from townwright.kernel.formula.rulebook import Link, Rulebook, Variable
from townwright.kernel.formula.types import BOOL, NUMBER, T_BOOL, T_DATE, T_TEXT, Type
from townwright.kernel.formula.units import RATIO

_ARITHMETIC = {exp.Add: "add", exp.Sub: "sub", exp.Mul: "mul", exp.Div: "div"}
_COMPARISON = {exp.EQ: "eq", exp.NEQ: "ne", exp.LT: "lt", exp.LTE: "le", exp.GT: "gt", exp.GTE: "ge"}


def variable_type(variable: Variable) -> Type:
    """Return the type that a reference to the variable has."""
    declared = variable.type or T_BOOL
    if declared.kind != NUMBER or not variable.rounding:
        return declared
    denominator, places = variable.rounding.step.denominator, 0
    while denominator > 1 and 10**places % denominator:
        places += 1
    return Type(declared.kind, declared.unit, declared.word, places)


class Scope:
    """Where a formula stands: its entity, and inside an aggregate the link it runs over."""

    def __init__(self, book: Rulebook, entity: str, *, over: Link | None = None, owner: str = "") -> None:
        self.book, self.entity, self.over, self.owner = book, entity, over, owner

    def names(self, entity: str) -> list[str]:
        """Return what can be named on an entity's rows."""
        here = self.book.entities.get(entity)
        columns = list(here.columns) if here else []
        return [*columns, *(name for owner, name in self.book.variables if owner == entity)]

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
            raise refuse(
                node, f"{name!r} is a link from {entity}, not a value.", f"Write {name}.<column>, or an aggregate such as COUNT({name})."
            )
        raise refuse(node, f"{entity} has no {name!r}.", suggestion(name, [*self.names(entity), *links]))


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return a did-you-mean, or what there is to choose from."""
    choices = sorted(set(known))
    near = get_close_matches(name, choices, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"There is {', '.join(choices[:12])}{'…' if len(choices) > 12 else ''}." if choices else ""


class Binder:
    """Binds one formula; ``bind`` dispatches on the syntax node."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.book = scope, scope.book
        self.warnings: list[tuple[exp.Expression, str, str]] = []

    def bind(self, node: exp.Expression) -> Expr:
        """Return the typed expression.

        Raises:
            FormulaError: unknown name, clash of types or units, wrong number of arguments.
        """
        if isinstance(node, exp.Paren):
            return self.bind(node.this)
        for kinds, method in self._table():
            if isinstance(node, kinds):
                return method(node)
        raise refuse(node, f"{type(node).__name__} may not stand here.")

    def _table(self) -> list[tuple[tuple[type, ...], Callable[[exp.Expression], Expr]]]:
        return [
            ((exp.Literal, exp.Boolean, exp.Null, exp.Cast), self._literal),
            ((exp.Column,), self._column),
            ((exp.Placeholder,), self._parameter),
            (tuple(_ARITHMETIC), self._arithmetic),
            ((exp.Neg,), self._negate),
            (tuple(_COMPARISON), self._comparison),
            ((exp.And, exp.Or, exp.Not), self._logic),
            ((exp.Is,), self._is),
            ((exp.Between,), self._between),
            ((exp.In,), self._in),
            ((exp.Case,), self._case),
            ((exp.Anonymous, exp.Filter), self._call),
        ]

    def make(self, op: str, type_: Type, node: exp.Expression, *args: Expr, extra: object = None, name: str = "") -> Expr:
        """Return an expression over this scope's rows."""
        return Expr(op, type_, self.scope.entity, args, name=name, extra=extra, text=source_of(node))

    def expect(self, node: exp.Expression, *kinds: str) -> Expr:
        """Bind the node and demand a kind."""
        bound = self.bind(node)
        if bound.type.kind not in kinds:
            raise refuse(node, f"{source_of(node)} is a {bound.type.describe()}; here a {' or '.join(kinds)} is needed.")
        return bound

    def _literal(self, node: exp.Expression) -> Expr:
        text = source_of(node)
        entity = self.scope.entity
        if isinstance(node, exp.Boolean):
            return Expr("literal", T_BOOL, entity, value=bool(node.this), text=text)
        if isinstance(node, exp.Null):
            raise refuse(node, "NULL cannot be compared or computed with.", "Ask 'x IS NULL'.")
        if isinstance(node, exp.Cast):
            try:
                return Expr("literal", T_DATE, entity, value=date.fromisoformat(node.this.name), text=text)
            except ValueError as fault:
                raise refuse(node, f"{node.this.name!r} is not a date.", "Write DATE '2016-12-31'.") from fault
        if node.is_string:
            return Expr("literal", T_TEXT, entity, value=node.name, text=text)
        value = Fraction(node.name)
        places = len(node.name.partition(".")[2])
        return Expr("literal", Type(NUMBER, RATIO, "number", places, literal=True, zero=value == 0), entity, value=value, text=text)

    def _column(self, node: exp.Expression) -> Expr:
        parts = [part.name for part in node.parts]  # type: ignore[attr-defined]
        over = self.scope.over
        if over and parts[0] == over.name and len(parts) > 1:
            return self._along(node, self.scope.entity, parts[1:])
        if over:
            inner = Binder(Scope(self.book, self.scope.owner))._column(node)
            return Expr("outer", inner.type, self.scope.entity, (inner,), name=over.name, text=inner.text)
        return self._along(node, self.scope.entity, parts)

    def _along(self, node: exp.Expression, entity: str, parts: list[str]) -> Expr:
        if len(parts) == 1:
            return self.scope.member(node, entity, parts[0])
        link = self.book.links.get((entity, parts[0]))
        if link is None:
            known = [name for owner, name in self.book.links if owner == entity]
            raise refuse(node, f"{entity} has no link {parts[0]!r}.", suggestion(parts[0], known))
        if link.kind != "one":
            raise refuse(
                node,
                f"{parts[0]!r} leads from one {entity} to many {link.to}.",
                f"Aggregate: SUM({'.'.join(parts)}), ONLY({'.'.join(parts)}) …",
            )
        target = Binder(Scope(self.book, link.to))._along(node, link.to, parts[1:])
        return Expr("lookup", target.type, entity, (target,), name=link.name, extra=link, text=source_of(node))

    def _parameter(self, node: exp.Expression) -> Expr:
        parameter = self.book.parameters.get(node.name)
        if parameter is None:
            if node.name in self.book.tables:
                raise refuse(node, f":{node.name} is a table.", f"Write TIER(x, :{node.name}) or BRACKET(x, :{node.name}).")
            raise refuse(node, f"there is no parameter :{node.name}.", suggestion(node.name, self.book.parameters))
        places = max((decimal_places(value) for _, value in parameter.values if value is not None), default=0)
        return Expr("parameter", Type(NUMBER, parameter.unit, "number", places), self.scope.entity, name=node.name, text=f":{node.name}")

    def _arithmetic(self, node: exp.Expression) -> Expr:
        op = next(name for kind, name in _ARITHMETIC.items() if isinstance(node, kind))
        left, right = self.expect(node.this, NUMBER), self.expect(node.expression, NUMBER)
        a, b = left.type, right.type
        if op in ("add", "sub"):
            unit = same_unit(node, left, right, "add" if op == "add" else "subtract")
            places = None if a.places is None or b.places is None else max(a.places, b.places)
        else:
            unit = a.unit.times(b.unit, 1 if op == "mul" else -1)
            places = None if op == "div" or a.places is None or b.places is None else a.places + b.places
        return self.make(op, Type(NUMBER, unit, "number", places), node, left, right)

    def _negate(self, node: exp.Expression) -> Expr:
        inner = self.expect(node.this, NUMBER)
        return self.make("neg", inner.type, node, inner)

    def _comparison(self, node: exp.Expression) -> Expr:
        op = next(name for kind, name in _COMPARISON.items() if isinstance(node, kind))
        left, right = self.bind(node.this), self.bind(node.expression)
        return self._compare(node, op, left, right)

    def _compare(self, node: exp.Expression, op: str, left: Expr, right: Expr) -> Expr:
        if left.type.kind != right.type.kind:
            raise refuse(
                node, f"{left.text} is a {left.type.describe()} and {right.text} a {right.type.describe()}: they cannot be compared."
            )
        if left.type.kind == NUMBER:
            same_unit(node, left, right, "compare")
        elif left.type.kind == BOOL and op not in ("eq", "ne"):
            raise refuse(node, "true and false have no order.")
        return self.make(op, T_BOOL, node, left, right)

    def _logic(self, node: exp.Expression) -> Expr:
        if isinstance(node, exp.Not):
            return self.make("not", T_BOOL, node, self.expect(node.this, BOOL))
        op = "and" if isinstance(node, exp.And) else "or"
        return self.make(op, T_BOOL, node, self.expect(node.this, BOOL), self.expect(node.expression, BOOL))

    def _is(self, node: exp.Expression) -> Expr:
        if isinstance(node.expression, exp.Null):
            return self.make("missing", T_BOOL, node, self.bind(node.this))
        raise refuse(node, "IS is only for IS NULL and IS NOT NULL.", "Use = for equality.")

    def _between(self, node: exp.Expression) -> Expr:
        value = self.bind(node.this)
        low = self._compare(node, "ge", value, self.bind(node.args["low"]))
        high = self._compare(node, "le", value, self.bind(node.args["high"]))
        return self.make("and", T_BOOL, node, low, high)

    def _in(self, node: exp.Expression) -> Expr:
        value = self.bind(node.this)
        tests = [self._compare(node, "eq", value, self.bind(choice)) for choice in node.expressions]
        if not tests:
            raise refuse(node, "IN needs at least one value.")
        result = tests[0]
        for test in tests[1:]:
            result = self.make("or", T_BOOL, node, result, test)
        return result

    def _case(self, node: exp.Expression) -> Expr:
        if node.this is not None:
            raise refuse(node, "CASE takes conditions.", "Write CASE WHEN x = 1 THEN … END.")
        tests = [self.expect(branch.this, BOOL) for branch in node.args["ifs"]]
        values = [self.bind(branch.args["true"]) for branch in node.args["ifs"]]
        default = node.args.get("default")
        if default is None:
            self.warnings.append(
                (node, "CASE has no ELSE: where no WHEN holds the value is missing.", "Add an ELSE, or say ELSE what should hold.")
            )
        elif not isinstance(default, exp.Null):
            values.append(self.bind(default))
        type_ = combine_branches(node, values)
        interleaved = [part for pair in zip(tests, values, strict=False) for part in pair] + values[len(tests) :]
        return self.make("case", type_, node, *interleaved, extra=len(tests))

    def _call(self, node: exp.Expression) -> Expr:
        call = node.this if isinstance(node, exp.Filter) else node
        name = call.name[len(PREFIX) :].upper() if isinstance(call, exp.Anonymous) else ""
        if name in AGGREGATES:
            return self._aggregate(node, call, name, node.expression.this if isinstance(node, exp.Filter) else None)
        if isinstance(node, exp.Filter):
            raise refuse(node, "FILTER goes with an aggregate over a link.")
        return bind_call(self, call, name)

    def _aggregate(self, node: exp.Expression, call: exp.Expression, name: str, condition: exp.Expression | None) -> Expr:
        if self.scope.over:
            raise refuse(node, f"{name} stands inside another aggregate.", "Name the inner one as a variable of the linked entity.")
        if len(call.expressions) != 1 or not isinstance(call.expressions[0], exp.Expression):
            raise refuse(node, f"{name} takes one argument over a link.", f"Write {name}(link.column).")
        argument = call.expressions[0]
        first = next(
            (
                column.parts[0].name
                for column in argument.find_all(exp.Column)
                if (self.scope.entity, column.parts[0].name) in self.book.links
            ),
            "",
        )
        link = self.book.links.get((self.scope.entity, first))
        if link is None or link.kind == "one":
            known = [link_name for (owner, link_name), one in self.book.links.items() if owner == self.scope.entity and one.kind != "one"]
            raise refuse(node, f"{source_of(call)} names no link from {self.scope.entity} to many rows.", suggestion(first, known))
        inner = Binder(Scope(self.book, link.to, over=link, owner=self.scope.entity))
        value = None
        if not (isinstance(argument, exp.Column) and len(argument.parts) == 1):
            value = inner.bind(argument)
        elif name != "COUNT":
            raise refuse(node, f"{name} needs a value of each row.", f"Write {name}({link.name}.<column>).")
        test = inner.expect(condition, BOOL) if condition is not None else None
        self.warnings.extend(inner.warnings)
        type_ = self._aggregate_type(node, name, value)
        args = tuple(part for part in (value, test) if part is not None)
        return Expr(
            "aggregate", type_, self.scope.entity, args, name=name, extra=(link, value is not None, test is not None), text=source_of(node)
        )

    def _aggregate_type(self, node: exp.Expression, name: str, value: Expr | None) -> Type:
        if name == "COUNT":
            return Type(NUMBER, RATIO, "int", 0)
        assert value is not None
        if name in ("ANY", "ALL"):
            if value.type.kind != BOOL:
                raise refuse(node, f"{name} takes a condition.")
            return T_BOOL
        if name in ("SUM", "MIN", "MAX") and value.type.kind != NUMBER and not (name != "SUM" and value.type.kind == "date"):
            raise refuse(node, f"{name} takes numbers; {value.text} is a {value.type.describe()}.")
        if value.type.kind == NUMBER and value.type.places is None:
            raise refuse(
                node, f"{value.text} is an unrounded quotient for each row.", "Name it as a variable with round: and aggregate that."
            )
        return Type(value.type.kind, value.type.unit, value.type.word, value.type.places)
