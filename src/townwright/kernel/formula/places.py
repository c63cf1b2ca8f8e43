"""How many decimals the values of an expression can need, given those that the columns really hold."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from townwright.kernel.formula.carriers import decimals
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.ir import AGGREGATE_OPS, Expr
from townwright.kernel.formula.scope import step_places

Name = tuple[str, str]
_KEPT = frozenset({"neg", "abs", "lookup", "outer", "above", "prior"})
_MOST = frozenset({"add", "sub", "least", "greatest", "coalesce"})


class Places:
    """Decimals of expressions; None for a quotient. ``columns`` tells what the tables hold, where that is known.

    The binder's own count rests on the declared types, which a table may exceed.
    """

    def __init__(self, compiled: CompiledRulebook, columns: Mapping[Name, int]) -> None:
        self.compiled, self.columns = compiled, columns
        self._known: dict[Name, int | None] = {}
        for name in (*compiled.order, *compiled.formulas):
            self.variable(name)

    def variable(self, name: Name) -> int | None:
        """Return the decimals of a variable: those of its rounding, else of its formula."""
        if name not in self._known:
            told = self.compiled.book.variables.get(name)
            rounding = told.rounding if told is not None else None
            self._known[name] = step_places(rounding.step) if rounding is not None else self.of(self.compiled.formulas[name])
        return self._known[name]

    def of(self, expr: Expr) -> int | None:
        """Return the decimals of an expression (0 for what is not a number)."""
        op, args = expr.op, expr.args
        if expr.type.kind != "number":
            return 0
        if op == "variable":
            return self.variable((expr.entity, expr.name))
        if op == "column":
            return self.columns.get((expr.entity, expr.name), expr.type.places or 0)
        if op in ("literal", "parameter"):
            return decimals(Fraction(expr.value if op == "literal" else self.compiled.parameter(expr.name)))
        if op == "round":
            return step_places(expr.extra.step)
        if op == "mul":
            return _sum(self.of(args[0]), self.of(args[1]))
        if op in _KEPT:
            return self.of(args[0])
        if op in _MOST:
            return _most(*(self.of(arg) for arg in args))
        if op == "case":
            branches: int = expr.extra
            return _most(*(self.of(arg) for arg in (*args[1 : 2 * branches : 2], *args[2 * branches :])))
        if op in ("tier", "bracket"):
            return self._stepped(expr)
        if op in AGGREGATE_OPS or op == "group":
            return self._reduced(expr)
        return None if op == "div" else 0

    def _stepped(self, expr: Expr) -> int | None:
        steps = self.compiled.steps(expr.name)
        values = _most(0, *(decimals(step.value) for step in steps))
        if expr.op == "tier":
            return values
        return _sum(values, _most(self.of(expr.args[0]), *(decimals(step.start) for step in steps)))

    def _reduced(self, expr: Expr) -> int | None:
        if expr.name == "COUNT":
            return 0
        inner = self.of(expr.args[0])
        return _sum(inner, 1) if expr.name == "MEDIAN" else inner


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _most(*places: int | None) -> int | None:
    known = [place for place in places if place is not None]
    return None if len(known) < len(places) else max(known)
