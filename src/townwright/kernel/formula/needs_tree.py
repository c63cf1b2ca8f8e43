"""What a condition asks for, as a tree: all of these, or any of those; at the ends comparisons that can fall short."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.types import BOOL, DATE, NUMBER, T_BOOL, TEXT

COMPARISONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
_TURNED = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
# Conditions are opened through so many named conditions; beyond, a named condition is told as a whole.
DEEPEST, MOST = 20, 400


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing asked: that ``expr`` be ``want``. For a comparison ``op`` is what the figure ``left`` must be to ``right``.

    With the op ``in`` the text ``left`` must be one of the ``choices``.
    """

    expr: Expr
    want: bool
    op: str = ""
    left: Expr | None = None
    right: Expr | None = None
    choices: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Say whether both sides are whole numbers, so that "more than 3" is "4 or more"."""
        sides = (self.left, self.right)
        return all(side is not None and side.type.kind == NUMBER and side.type.places == 0 and side.type.word != "money" for side in sides)

    @property
    def measured(self) -> bool:
        """Say whether it can be told by how much it is missed."""
        return self.left is not None and self.left.type.kind in (NUMBER, DATE) and self.op in ("lt", "le", "gt", "ge", "eq")


@dataclass(frozen=True, slots=True)
class Need:
    """``all`` of the children, ``any`` of them, or the one ``atom``."""

    kind: str
    children: tuple[Need, ...] = ()
    atom: Atom | None = None

    def atoms(self) -> list[Atom]:
        """Return all that is asked for below."""
        found, stack = [], [self]
        while stack:
            need = stack.pop()
            if need.atom is not None:
                found.append(need.atom)
            stack.extend(reversed(need.children))
        return found


def need_of(compiled: CompiledRulebook, expr: Expr, want: bool = True, *, opened: bool = True) -> Need:
    """Return what must hold for a condition to be true (or false, for ``want=False``).

    Named conditions, CASE, and figures that must lie above zero are opened down to the limits behind them (a reward
    above zero asks for the first tier); with ``opened=False`` only AND, OR and NOT are.
    """
    return _Opener(compiled, opened).need(expr, want, 0)


class _Opener:
    def __init__(self, compiled: CompiledRulebook, opened: bool) -> None:
        self.compiled, self.opened, self.count = compiled, opened, 0

    def need(self, expr: Expr, want: bool, depth: int) -> Need:
        self.count += 1
        if expr.op == "not":
            return self.need(expr.args[0], not want, depth)
        listed = one_of(expr) if want else None
        if listed is not None:
            return Need("atom", atom=listed)
        if expr.op in ("and", "or"):
            return _joined("all" if (expr.op == "and") == want else "any", [self.need(arg, want, depth) for arg in expr.args])
        if self.opened and depth < DEEPEST and self.count < MOST:
            found = self._opened(expr, want, depth + 1)
            if found is not None:
                return found
        return Need("atom", atom=_atom(expr, want))

    def _opened(self, expr: Expr, want: bool, depth: int) -> Need | None:
        if expr.op == "variable" and expr.type.kind == BOOL and (expr.entity, expr.name) in self.compiled.formulas:
            return self.need(self.compiled.formulas[expr.entity, expr.name], want, depth)
        if expr.op == "case" and expr.type.kind == BOOL and len(expr.args) > 2 * expr.extra:
            return self._branches(expr, depth, lambda value: self.need(value, want, depth))
        if want and expr.op == "gt" and expr.args[1].op == "literal" and expr.args[1].value == 0:
            return self._above_zero(expr.args[0], depth)
        return None

    def _branches(self, expr: Expr, depth: int, of: Callable[[Expr], Need | None]) -> Need | None:
        """Read CASE as alternatives: the tests before do not hold, its own does, and its value is as wanted."""
        values = [*expr.args[1 : 2 * expr.extra : 2], *expr.args[2 * expr.extra :]]
        tests = expr.args[0 : 2 * expr.extra : 2]
        ways = []
        for index, value in enumerate(values):
            wanted = of(value)
            if wanted is not None:
                before = [self.need(test, False, depth) for test in tests[:index]]
                own = [self.need(tests[index], True, depth)] if index < len(tests) else []
                ways.append(_joined("all", [*before, *own, wanted]))
        return _joined("any", ways) if ways else None

    def _above_zero(self, expr: Expr, depth: int) -> Need | None:
        """Return what a figure above zero asks for; None where it cannot lie there, or nothing lies behind it."""
        self.count += 1
        if depth >= DEEPEST or self.count >= MOST:
            return self._plainly_above(expr)
        if expr.op in ("literal", "parameter"):
            value = expr.value if expr.op == "literal" else self.compiled.parameter(expr.name)
            return Need("all") if value > 0 else None
        if expr.op == "variable" and (expr.entity, expr.name) in self.compiled.formulas:
            inner = self.compiled.formulas[expr.entity, expr.name]
            return self._above_zero(inner, depth + 1) if inner.op in _BEHIND else self._plainly_above(expr)
        if expr.op in ("tier", "bracket"):
            return self._first_step(expr)
        if expr.op == "case":
            return self._branches(expr, depth + 1, lambda value: self._above_zero(value, depth + 1))
        if expr.op in ("greatest", "least", "mul"):
            parts = [self._above_zero(arg, depth + 1) for arg in expr.args]
            if expr.op == "greatest":
                ways = [part for part in parts if part is not None]
                return _joined("any", ways) if ways else None
            return None if None in parts else _joined("all", [part for part in parts if part is not None])
        if expr.op == "sub":
            return Need("atom", atom=_atom(_made("gt", expr.args[0], expr.args[1]), True))
        if expr.op == "round" and expr.args:
            return self._above_zero(expr.args[0], depth + 1)
        return self._plainly_above(expr)

    def _plainly_above(self, expr: Expr) -> Need:
        zero = Expr("literal", replace(expr.type, zero=True, literal=True), expr.entity, value=Fraction(0), text="0")
        return Need("atom", atom=_atom(_made("gt", expr, zero), True))

    def _first_step(self, expr: Expr) -> Need | None:
        steps = self.compiled.steps(expr.name)
        first = next((step for step in steps if step.value > 0), None)
        if first is None or any(step.value <= 0 for step in steps if step.start >= first.start):
            return self._plainly_above(expr)
        value = expr.args[0]
        limit = Expr("literal", replace(value.type, literal=False, zero=False), expr.entity, value=first.start, text=_digits(first.start))
        strict = first.over or expr.op == "bracket"
        return Need("atom", atom=_atom(_made("gt" if strict else "ge", value, limit), True))


_BEHIND = frozenset({"variable", "tier", "bracket", "case", "greatest", "least", "mul", "sub", "round", "literal", "parameter"})


def _digits(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else str(value)


def _made(op: str, left: Expr, right: Expr) -> Expr:
    signs = {"gt": ">", "ge": ">="}
    return Expr(op, T_BOOL, left.entity, (left, right), text=f"{left.text} {signs[op]} {right.text}")


def _joined(kind: str, needs: list[Need]) -> Need:
    children: list[Need] = []
    for need in needs:
        children += need.children if need.kind == kind else [need]
    return children[0] if len(children) == 1 else Need(kind, tuple(children))


def one_of(expr: Expr) -> Atom | None:
    """Read a text that may be this or that (``x IN ('a', 'b')``) as one thing asked; None for anything else."""
    parts, stack = [], [expr]
    while stack:
        node = stack.pop()
        if node.op == "or":
            stack.extend(reversed(node.args))
        else:
            parts.append(node)
    left = parts[0].args[0] if parts[0].op == "eq" else None
    if expr.op != "or" or left is None or left.type.kind != TEXT:
        return None
    if any(part.op != "eq" or part.args[0].text != left.text or part.args[1].op != "literal" for part in parts):
        return None
    return Atom(expr, True, "in", left, None, tuple(part.args[1].value for part in parts))


def _atom(expr: Expr, want: bool) -> Atom:
    if expr.op not in COMPARISONS:
        return Atom(expr, want)
    op = expr.op if want else _OPPOSITE[expr.op]
    left, right = expr.args
    fixed = ("literal", "parameter")
    if left.op in fixed and right.op not in fixed:
        left, right, op = right, left, _TURNED[op]
    return Atom(expr, want, op, left, right)


OP_WORDS: Mapping[str, Mapping[str, str]] = {
    "ge": {"zh": "不低于", "en": "at least"}, "gt": {"zh": "超过", "en": "more than"}, "le": {"zh": "不超过", "en": "at most"},
    "lt": {"zh": "低于", "en": "less than"}, "eq": {"zh": "等于", "en": "exactly"}, "ne": {"zh": "不是", "en": "anything but"},
    "in": {"zh": "为", "en": "one of"},
}  # fmt: skip
DATE_WORDS: Mapping[str, Mapping[str, str]] = {
    "ge": {"zh": "不早于", "en": "not before"}, "gt": {"zh": "晚于", "en": "after"}, "le": {"zh": "不晚于", "en": "not after"},
    "lt": {"zh": "早于", "en": "before"}, "eq": {"zh": "为", "en": "exactly"}, "ne": {"zh": "不是", "en": "any day but"},
}  # fmt: skip
