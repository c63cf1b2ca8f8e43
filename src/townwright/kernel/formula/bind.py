"""Syntax tree to typed representation: names resolved, units checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from sqlglot import exp

from townwright.kernel.formula.bind_aggregates import bind_aggregate
from townwright.kernel.formula.bind_calls import bind_call
from townwright.kernel.formula.bind_groups import bind_group_step
from townwright.kernel.formula.bind_rules import (
    ADDED,
    COMPARED,
    LONG_CHAIN,
    SUBTRACTED,
    combine_branches,
    decimal_places,
    pairwise,
    same_unit,
    spine,
)
from townwright.kernel.formula.functions import AGGREGATES, GROUP_STEPS
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.messages.parsers import node_said
from townwright.kernel.formula.naming import suggestion
from townwright.kernel.formula.parse import PREFIX, place_of, refuse, source_of
from townwright.kernel.formula.scope import Scope
from townwright.kernel.formula.types import BOOL, NUMBER, T_BOOL, T_DATE, T_TEXT, Type, kinds_said
from townwright.kernel.formula.units import RATIO

# A chain with divisions in it cannot be joined pairwise, so each of its terms is a level.
MOST_DIVISIONS = 100
_COMPARISON: dict[type, str] = {exp.EQ: "eq", exp.NEQ: "ne", exp.LT: "lt", exp.LTE: "le", exp.GT: "gt", exp.GTE: "ge"}


class Binder:
    """Binds one formula; ``bind`` dispatches on the syntax node.

    ``warnings`` are (node, code, words); ``shifts`` (node, entity, variable, months) what PRIOR wants;
    ``made`` which expression stands where in the text.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope, self.book = scope, scope.book
        self.warnings: list[tuple[exp.Expression, str, dict[str, object]]] = []
        self.shifts: list[tuple[exp.Expression, str, str, int]] = []
        self.made: list[tuple[Expr, tuple[int, int]]] = []

    def bind(self, node: exp.Expression) -> Expr:
        """Return the typed expression.

        Raises:
            FormulaError: unknown name, clash of types or units, wrong number of arguments.
        """
        while isinstance(node, exp.Paren):
            node = node.this
        method = _METHODS.get(type(node))
        if method is None:
            raise refuse(node, "not-here", what=node_said(type(node).__name__))
        return method(self, node)

    def within(self, scope: Scope) -> Binder:
        """Return a binder of another scope that reports to this one."""
        inner = Binder(scope)
        inner.warnings, inner.shifts, inner.made = self.warnings, self.shifts, self.made
        return inner

    def make(
        self, op: str, type_: Type, node: exp.Expression, *args: Expr, extra: object = None, name: str = "", text: str | None = None
    ) -> Expr:
        """Return an expression over this scope's rows."""
        told = source_of(node) if text is None else text
        made = Expr(op, type_, self.scope.entity, args, name=name, extra=extra, text=told)
        self.made.append((made, place_of(node)))
        return made

    def literal(self, value: Fraction, type_: Type) -> Expr:
        """Return a number that stands in no formula, such as the 12 of a year."""
        return Expr("literal", type_, self.scope.entity, value=value, text=str(value))

    def expect(self, node: exp.Expression, *kinds: str) -> Expr:
        """Bind the node and demand a kind."""
        bound = self.bind(node)
        if bound.type.kind not in kinds:
            raise refuse(node, "kind", text=bound.text, have=bound.type.said(), wanted=kinds_said(kinds))
        return bound

    def literal_node(self, node: exp.Expression) -> Expr:
        """Bind a figure, a text, TRUE, FALSE or a date."""
        text, entity = source_of(node), self.scope.entity
        if isinstance(node, exp.Boolean):
            return Expr("literal", T_BOOL, entity, value=bool(node.this), text=text)
        if isinstance(node, exp.Null):
            raise refuse(node, "null")
        if isinstance(node, exp.Cast):
            try:
                return Expr("literal", T_DATE, entity, value=date.fromisoformat(node.this.name), text=text)
            except ValueError as fault:
                raise refuse(node, "date-literal", text=node.this.name) from fault
        if node.is_string:
            return Expr("literal", T_TEXT, entity, value=node.name, text=text)
        value = Fraction(node.name)
        places = len(node.name.partition(".")[2])
        return Expr("literal", Type(NUMBER, RATIO, "number", places, literal=True, zero=value == 0), entity, value=value, text=text)

    def name(self, node: exp.Expression) -> Expr:
        """Bind a bare or dotted name."""
        return self.scope.name(node)

    def parameter(self, node: exp.Expression) -> Expr:
        """Bind :name."""
        parameter = self.book.parameters.get(node.name)
        if parameter is None:
            table = self.book.tables.get(node.name)
            if table is not None:
                raise refuse(node, "parameter-is-table", name=node.name, call="BAND" if table.kind == "bands" else table.kind.upper())
            raise refuse(node, "unknown-parameter", name=node.name, hint=suggestion(node.name, self.book.parameters))
        places = max((decimal_places(value) for _, value in parameter.values if value is not None), default=0)
        return Expr("parameter", Type(NUMBER, parameter.unit, "number", places), self.scope.entity, name=node.name, text=f":{node.name}")

    def sum_of(self, node: exp.Expression) -> Expr:
        """Bind a chain of + and -."""
        first, steps = spine(node, (exp.Add, exp.Sub))
        if len(steps) <= LONG_CHAIN:
            result = self.expect(first, NUMBER)
            for step in steps:
                result = self._added(step, result, self.expect(step.expression, NUMBER), isinstance(step, exp.Sub))
            return result
        plus: list[Expr] = [self.expect(first, NUMBER)]
        minus: list[Expr] = []
        for step in steps:
            (minus if isinstance(step, exp.Sub) else plus).append(self.expect(step.expression, NUMBER))
        total = pairwise(plus, lambda a, b: self._added(node, a, b, minus=False, text="…"))
        if minus:
            less = pairwise(minus, lambda a, b: self._added(node, a, b, minus=False, text="…"))
            total = self._added(node, total, less, minus=True, text="…")
        return Expr(total.op, total.type, total.entity, total.args, text=source_of(node))

    def _added(self, node: exp.Expression, left: Expr, right: Expr, minus: bool, text: str | None = None) -> Expr:
        unit = same_unit(node, left, right, SUBTRACTED if minus else ADDED)
        a, b = left.type.places, right.type.places
        places = None if a is None or b is None else max(a, b)
        return self.make("sub" if minus else "add", Type(NUMBER, unit, "number", places), node, left, right, text=text)

    def product(self, node: exp.Expression) -> Expr:
        """Bind a chain of * and /."""
        first, steps = spine(node, (exp.Mul, exp.Div))
        result = self.expect(first, NUMBER)
        if len(steps) > LONG_CHAIN and all(isinstance(step, exp.Mul) for step in steps):
            factors = [result, *(self.expect(step.expression, NUMBER) for step in steps)]
            result = pairwise(factors, lambda a, b: self._multiplied(node, a, b, divide=False, text="…"))
            return Expr(result.op, result.type, result.entity, result.args, text=source_of(node))
        if len(steps) > MOST_DIVISIONS:
            raise refuse(node, "too-deep", most=MOST_DIVISIONS)
        for step in steps:
            result = self._multiplied(step, result, self.expect(step.expression, NUMBER), isinstance(step, exp.Div))
        return result

    def _multiplied(self, node: exp.Expression, left: Expr, right: Expr, divide: bool, text: str | None = None) -> Expr:
        a, b = left.type, right.type
        places = None if divide or a.places is None or b.places is None else a.places + b.places
        unit = a.unit.times(b.unit, -1 if divide else 1)
        return self.make("div" if divide else "mul", Type(NUMBER, unit, "number", places), node, left, right, text=text)

    def negate(self, node: exp.Expression) -> Expr:
        """Bind -x."""
        inner = self.expect(node.this, NUMBER)
        return self.make("neg", inner.type, node, inner)

    def comparison(self, node: exp.Expression) -> Expr:
        """Bind = <> < <= > >=."""
        return self.compare(node, _COMPARISON[type(node)], self.bind(node.this), self.bind(node.expression))

    def compare(self, node: exp.Expression, op: str, left: Expr, right: Expr, text: str | None = None) -> Expr:
        """Return a comparison of two bound values of one kind and unit."""
        if left.type.kind != right.type.kind:
            words = {"left": left.text, "left_type": left.type.said(), "right": right.text, "right_type": right.type.said()}
            raise refuse(node, "compare-kinds", **words)
        if left.type.kind == NUMBER:
            same_unit(node, left, right, COMPARED)
        elif left.type.kind == BOOL and op not in ("eq", "ne"):
            raise refuse(node, "bool-order")
        return self.make(op, T_BOOL, node, left, right, text=text)

    def logic(self, node: exp.Expression) -> Expr:
        """Bind AND, OR and NOT."""
        if isinstance(node, exp.Not):
            return self.make("not", T_BOOL, node, self.expect(node.this, BOOL))
        kind = type(node)
        op = "and" if kind is exp.And else "or"
        first, steps = spine(node, (kind,))
        if len(steps) <= LONG_CHAIN:
            result = self.expect(first, BOOL)
            for step in steps:
                result = self.make(op, T_BOOL, step, result, self.expect(step.expression, BOOL))
            return result
        return self._joined(node, op, [self.expect(first, BOOL), *(self.expect(step.expression, BOOL) for step in steps)])

    def _joined(self, node: exp.Expression, op: str, tests: list[Expr]) -> Expr:
        result = pairwise(tests, lambda a, b: self.make(op, T_BOOL, node, a, b, text="…"))
        return Expr(result.op, T_BOOL, result.entity, result.args, text=source_of(node)) if len(tests) > 1 else result

    def is_null(self, node: exp.Expression) -> Expr:
        """Bind x IS NULL."""
        if isinstance(node.expression, exp.Null):
            return self.make("missing", T_BOOL, node, self.bind(node.this))
        raise refuse(node, "is")

    def between(self, node: exp.Expression) -> Expr:
        """Bind x BETWEEN a AND b: both ends belong to it."""
        value = self.bind(node.this)
        low, high = self.bind(node.args["low"]), self.bind(node.args["high"])
        above = self.compare(node, "ge", value, low, text=f"{value.text} >= {low.text}")
        below = self.compare(node, "le", value, high, text=f"{value.text} <= {high.text}")
        return self.make("and", T_BOOL, node, above, below)

    def one_of(self, node: exp.Expression) -> Expr:
        """Bind x IN (a, b, …)."""
        value = self.bind(node.this)
        choices = [self.bind(choice) for choice in node.expressions]
        tests = [self.compare(node, "eq", value, choice, text=f"{value.text} = {choice.text}") for choice in choices]
        if not tests:
            raise refuse(node, "in-empty")
        return self._joined(node, "or", tests)

    def case(self, node: exp.Expression) -> Expr:
        """Bind CASE WHEN … THEN … ELSE … END."""
        if node.this is not None:
            raise refuse(node, "case-value")
        tests = [self.expect(branch.this, BOOL) for branch in node.args["ifs"]]
        values = [self.bind(branch.args["true"]) for branch in node.args["ifs"]]
        default = node.args.get("default")
        if default is None and not exhaustive(tests):
            self.warnings.append((node, "case-else", {}))
        elif default is not None and not isinstance(default, exp.Null):
            values.append(self.bind(default))
        type_ = combine_branches(node, values)
        interleaved = [part for pair in zip(tests, values, strict=False) for part in pair] + values[len(tests) :]
        return self.make("case", type_, node, *interleaved, extra=len(tests))

    def call(self, node: exp.Expression) -> Expr:
        """Bind a function, with its FILTER where it may have one."""
        call = node.this if isinstance(node, exp.Filter) else node
        name = call.name[len(PREFIX) :].upper() if isinstance(call, exp.Anonymous) else ""
        condition = node.expression.this if isinstance(node, exp.Filter) else None
        if name in GROUP_STEPS:
            return bind_group_step(self, node, call, name, condition)
        if name in AGGREGATES:
            return bind_aggregate(self, node, call, name, condition)
        if condition is not None:
            raise refuse(node, "filter")
        return bind_call(self, call, name)


_OPPOSITE = {"lt": "ge", "ge": "lt", "le": "gt", "gt": "le", "eq": "ne", "ne": "eq"}


def exhaustive(tests: list[Expr]) -> bool:
    """Say whether one of the conditions holds in every case: one denies another, or the last is TRUE."""
    for index, test in enumerate(tests):
        if test.op == "literal" and test.value is True:
            return True
        for other in tests[:index]:
            for one, two in ((test, other), (other, test)):
                if one.op == "not" and _same(one.args[0], two):
                    return True
            if _OPPOSITE.get(test.op) == other.op and all(_same(a, b) for a, b in zip(test.args, other.args, strict=True)):
                return True
    return False


def _same(a: Expr, b: Expr) -> bool:
    return a.text == b.text and a.op == b.op


_METHODS: dict[type, Callable[[Binder, exp.Expression], Expr]] = {
    exp.Literal: Binder.literal_node, exp.Boolean: Binder.literal_node, exp.Null: Binder.literal_node, exp.Cast: Binder.literal_node,
    exp.Column: Binder.name, exp.Dot: Binder.name, exp.Placeholder: Binder.parameter, exp.Add: Binder.sum_of, exp.Sub: Binder.sum_of,
    exp.Mul: Binder.product, exp.Div: Binder.product, exp.Neg: Binder.negate, exp.And: Binder.logic, exp.Or: Binder.logic,
    exp.Not: Binder.logic, exp.Is: Binder.is_null, exp.Between: Binder.between, exp.In: Binder.one_of, exp.Case: Binder.case,
    exp.Anonymous: Binder.call, exp.Filter: Binder.call, **dict.fromkeys(_COMPARISON, Binder.comparison),
}  # fmt: skip
