"""Typed representation to integer program, one expression at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors import calendar, values
from townwright.kernel.formula.executors.load import EPOCH
from townwright.kernel.formula.executors.program import FALSE, TRUE, Program
from townwright.kernel.formula.executors.ranges import Span, Unprovable
from townwright.kernel.formula.executors.values import Day, Number, Text, Truth, Value
from townwright.kernel.formula.ir import Expr, walk
from townwright.kernel.values.rounding import MODES

# Every code of a word lies within; the run keeps fewer words than that.
CODES = Span(0, 2**31 - 1)
CONSTANTS = frozenset({"literal", "parameter", "period_start", "period_end", "period_year"})
STRICT_NUMBERS = frozenset({"add", "sub", "mul", "div", "neg", "abs", "round", "tier", "bracket"})
COMPARISONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
PARTS: dict[str, Callable[[Program, int], int]] = {"year": calendar.year, "month": calendar.month, "day": calendar.day}
SHIFTS: dict[str, Callable[[Program, int, int], int]] = {"add_months": calendar.add_months, "add_days": calendar.add_days}
BETWEEN: dict[str, Callable[[Program, int, int], int]] = {
    "months_between": calendar.months_between, "years_between": calendar.years_between, "award_year": calendar.award_year,
    "days_between": lambda p, first, second: p.sub(second, first),
}  # fmt: skip
DATES = frozenset({*PARTS, *SHIFTS, *BETWEEN})
CHOICES = frozenset({"least", "greatest", "case", "coalesce"})
LOGIC = frozenset({"and", "or", "not", "missing"})
TEXTS = frozenset({"left", "starts_with"})
# What the native pass knows. A node of any other kind is computed by the column executor and read like an input.
KNOWN = CONSTANTS | STRICT_NUMBERS | COMPARISONS | DATES | CHOICES | LOGIC | TEXTS | {"variable"}


def words_of(expr: Expr) -> set[str]:
    """Return the text literals of an expression."""
    return {node.value for node in walk(expr) if node.op == "literal" and isinstance(node.value, str)}


class Lowering:
    """Lowers expressions of one entity's rows.

    ``leaf`` gives the value of a node that is not computed here; ``variables`` holds what was lowered before; ``codes`` places
    the rulebook's text literals at the head of the run's words.
    """

    def __init__(
        self,
        program: Program,
        compiled: CompiledRulebook,
        leaf: Callable[[Expr], Value],
        variables: dict[tuple[str, str], Value],
        codes: dict[str, int],
    ) -> None:
        self.p, self.compiled, self.leaf, self.variables, self.codes = program, compiled, leaf, variables, codes

    def variable(self, name: tuple[str, str], assume: Span | None) -> Value:
        """Lower one variable with its rounding; ``assume`` is the span a number is taken to lie in where the proof is wider.

        Raises:
            Unprovable: it needs more than 128 bits, or ends as an unrounded quotient.
        """
        result = self.value(self.compiled.formulas[name])
        told = self.compiled.book.variables.get(name)
        if not isinstance(result, Number):
            return result
        if told is not None and told.rounding is not None:
            result = values.round_to(self.p, result, told.rounding.mode, told.rounding.step)
        if result.row is not None:
            raise Unprovable("an unrounded quotient")
        if assume is not None:
            result = values.assumed(self.p, result, assume)
        if self.p.span(result.num).bits > 63:
            raise Unprovable("a result may need more than 64 bits")
        return result

    def value(self, expr: Expr) -> Value:
        """Return the value of an expression.

        Raises:
            Unprovable: a range is too wide, or a form is not known here.
        """
        op = expr.op
        if op == "variable" and (expr.entity, expr.name) in self.variables:
            return self.variables[expr.entity, expr.name]
        if op not in KNOWN or op == "variable":
            return self.leaf(expr)
        if op in CONSTANTS:
            return self._constant(expr)
        args: Any = [self.value(arg) for arg in expr.args]
        if op in STRICT_NUMBERS:
            return self._number(expr, args)
        if op in COMPARISONS:
            return self._compare(op, args[0], args[1])
        if op in LOGIC:
            return self._logic(op, args)
        if op in CHOICES:
            return self._choice(expr, args)
        return self._date(op, args) if op in DATES else self._text(expr, args[0])

    def _constant(self, expr: Expr) -> Value:
        period = self.compiled.period
        told: dict[str, Any] = {"period_start": period.start, "period_end": period.end, "period_year": Fraction(period.year)}
        value = self.compiled.parameter(expr.name) if expr.op == "parameter" else told.get(expr.op, expr.value)
        if isinstance(value, bool):
            return Truth(self.p.truth(value), TRUE)
        if isinstance(value, Fraction):
            return values.number(self.p, value)
        if isinstance(value, date):
            return Day(self.p.const((value - EPOCH).days), TRUE)
        return Text(self.p.const(self.codes[value]), TRUE)

    def _number(self, expr: Expr, args: list[Any]) -> Number:
        p, op = self.p, expr.op
        if op in ("add", "sub"):
            return values.add(p, args[0], args[1], 1 if op == "add" else -1)
        if op in ("mul", "div"):
            return (values.multiply if op == "mul" else values.divide)(p, args[0], args[1])
        if op == "round":
            if expr.extra.mode not in MODES:
                raise Unprovable(f"rounding {expr.extra.mode!r}")
            return values.round_to(p, args[0], expr.extra.mode, expr.extra.step)
        if op in ("tier", "bracket"):
            return (values.tier if op == "tier" else values.bracket)(p, args[0], self.compiled.steps(expr.name))
        inner: Number = args[0]
        return Number(p.neg(inner.num) if op == "neg" else p.abs(inner.num), inner.den, inner.ok, inner.row)

    def _compare(self, op: str, a: Value, b: Value) -> Truth:
        p = self.p
        if op in ("gt", "le"):
            a, b = b, a
        if isinstance(a, Number) and isinstance(b, Number):
            bit = values.equal(p, a, b) if op in ("eq", "ne") else values.less(p, a, b)
        elif isinstance(a, Truth):
            bit = p.same_bit(a.val, b.val)  # type: ignore[union-attr]
        else:
            left, right = (self._rank(a), self._rank(b)) if op not in ("eq", "ne") else (a.val, b.val)  # type: ignore[union-attr]
            bit = p.eq(left, right) if op in ("eq", "ne") else p.lt(left, right)
        return Truth(p.not_(bit) if op in ("ne", "le", "ge") else bit, p.and_(a.ok, b.ok))

    def _rank(self, value: Any) -> int:
        return value.val if isinstance(value, Day) else self.p.gather(("rank",), value.val, CODES)

    def _logic(self, op: str, args: list[Any]) -> Truth:
        p = self.p
        if op == "missing":
            return Truth(p.not_(args[0].ok), TRUE)
        if op == "not":
            return Truth(p.not_(args[0].val), args[0].ok)
        # One operand that decides settles it, whatever is missing of the others.
        decides = [p.and_(arg.ok, arg.val if op == "or" else p.not_(arg.val)) for arg in args]
        settled, present = FALSE, TRUE
        for one, arg in zip(decides, args, strict=True):
            settled, present = p.or_(settled, one), p.and_(present, arg.ok)
        return Truth(settled if op == "or" else p.not_(settled), p.or_(settled, present))

    def _choice(self, expr: Expr, args: list[Any]) -> Value:
        p = self.p
        if expr.op == "case":
            return self._case(args, expr.extra)
        chosen = args[0]
        for other in args[1:]:
            if expr.op == "coalesce":
                chosen = self._select(chosen.ok, chosen, other)
            elif isinstance(chosen, Number):
                chosen = values.extreme(p, chosen, other, least=expr.op == "least")
            elif isinstance(chosen, Day):
                chosen = Day((p.min if expr.op == "least" else p.max)(chosen.val, other.val), p.and_(chosen.ok, other.ok))
            else:
                raise Unprovable(f"{expr.op} of a {expr.type.kind}")
        return chosen  # type: ignore[no-any-return]

    def _case(self, args: list[Any], branches: int) -> Value:
        p = self.p
        tests, told, rest = args[0 : 2 * branches : 2], args[1 : 2 * branches : 2], args[2 * branches :]
        chosen = rest[0] if rest else self._with_ok(told[-1], FALSE)
        for test, value in zip(reversed(tests), reversed(told), strict=True):
            picked = self._select(p.and_(test.val, test.ok), value, chosen)
            chosen = self._with_ok(picked, p.and_(picked.ok, test.ok))
        return chosen

    @staticmethod
    def _with_ok(value: Value, ok: int) -> Value:
        return Number(value.num, value.den, ok, value.row) if isinstance(value, Number) else type(value)(value.val, ok)

    def _select(self, test: int, a: Value, b: Value) -> Value:
        if isinstance(a, Number) and isinstance(b, Number):
            return values.select(self.p, test, a, b)
        ok = self.p.bit_sel(test, a.ok, b.ok)
        if isinstance(a, Truth) and isinstance(b, Truth):
            return Truth(self.p.bit_sel(test, a.val, b.val), ok)
        return type(a)(self.p.sel(test, a.val, b.val), ok)  # type: ignore[union-attr, call-arg]

    def _date(self, op: str, args: list[Any]) -> Value:
        p = self.p
        if op in PARTS:
            return Number(PARTS[op](p, args[0].val), 1, args[0].ok)
        first, second = args
        ok = p.and_(first.ok, second.ok)
        if op in BETWEEN:
            return Number(BETWEEN[op](p, first.val, second.val), 1, ok)
        if second.den != 1 or second.row is not None:
            raise Unprovable("a broken number of months or days")
        return Day(SHIFTS[op](p, first.val, second.num), ok)

    def _text(self, expr: Expr, inner: Text) -> Value:
        if expr.op == "left":
            return Text(self.p.gather(("left", expr.extra), inner.val, CODES), inner.ok)
        return Truth(self.p.not_(self.p.eq(self.p.gather(("starts_with", expr.extra), inner.val, Span(0, 1)), self.p.const(0))), inner.ok)
