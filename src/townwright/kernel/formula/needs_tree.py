"""What a condition asks for, as a tree: all of these, or any of those; at the ends comparisons that can fall short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.types import BOOL, DATE, NUMBER

COMPARISONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
_TURNED = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
# Conditions are opened through so many named conditions; beyond, a named condition is told as a whole.
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing asked: that ``expr`` be ``want``. For a comparison ``op`` is what the figure ``left`` must be to ``right``."""

    expr: Expr
    want: bool
    op: str = ""
    left: Expr | None = None
    right: Expr | None = None

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


def need_of(compiled: CompiledRulebook, expr: Expr, want: bool = True, depth: int = 0) -> Need:
    """Return what must hold for a condition to be true (or false, for ``want=False``)."""
    if expr.op == "not":
        return need_of(compiled, expr.args[0], not want, depth)
    if expr.op in ("and", "or"):
        kind = "all" if (expr.op == "and") == want else "any"
        children: list[Need] = []
        for arg in expr.args:
            child = need_of(compiled, arg, want, depth)
            children += child.children if child.kind == kind else [child]
        return Need(kind, tuple(children))
    if expr.op == "variable" and expr.type.kind == BOOL and depth < DEEPEST and (expr.entity, expr.name) in compiled.formulas:
        return need_of(compiled, compiled.formulas[expr.entity, expr.name], want, depth + 1)
    if expr.op == "case" and len(expr.args) > 2 * expr.extra and depth < DEEPEST:
        return _case(compiled, expr, want, depth)
    return Need("atom", atom=_atom(expr, want))


def _case(compiled: CompiledRulebook, expr: Expr, want: bool, depth: int) -> Need:
    """Read CASE as: the first test and its value, or not the first test and the rest."""
    test, value, rest = expr.args[0], expr.args[1], expr.args[2:]
    others = rest[0] if len(rest) == 1 else replace(expr, args=rest, extra=expr.extra - 1)
    taken = Need("all", (need_of(compiled, test, True, depth + 1), need_of(compiled, value, want, depth + 1)))
    passed = Need("all", (need_of(compiled, test, False, depth + 1), need_of(compiled, others, want, depth + 1)))
    return Need("any", (taken, passed))


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
}  # fmt: skip
DATE_WORDS: Mapping[str, Mapping[str, str]] = {
    "ge": {"zh": "不早于", "en": "not before"}, "gt": {"zh": "晚于", "en": "after"}, "le": {"zh": "不晚于", "en": "not after"},
    "lt": {"zh": "早于", "en": "before"}, "eq": {"zh": "为", "en": "exactly"}, "ne": {"zh": "不是", "en": "any day but"},
}  # fmt: skip
