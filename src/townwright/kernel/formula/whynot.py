"""Why not: the smallest set of things asked for that fail, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from townwright.kernel.formula.bind_prior import base_of
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors.interpreter import Interpreter
from townwright.kernel.formula.ir import AGGREGATE_OPS, Expr
from townwright.kernel.formula.needs_tree import DATE_WORDS, OP_WORDS, Atom, Need, need_of
from townwright.kernel.formula.phrases import Phrases
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.formula.types import DATE, NUMBER
from townwright.kernel.formula.wording import earlier_label, show_value

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One thing asked for that fails. ``gap`` is what it is short of or over by (None where there is no measure)."""

    condition: str
    label: Texts
    text: str
    op: str
    figure: Texts
    have: Any
    asked: Any
    unit: str
    gap: Fraction | None
    direction: str

    def sentence(self, language: str) -> str:
        """Return it in words: what the figure is, what is asked, the difference."""
        word = "zh" if language.startswith("zh") else "en"
        if not self.op:
            return f"{self._named(word)}：不成立。" if word == "zh" else f"{self._named(word)}: does not hold."
        words = DATE_WORDS if isinstance(self.have, date) else OP_WORDS
        have = show_value(self.have, self.unit, word)
        asked = (" 或 " if word == "zh" else ", ").join(self.asked) if self.op == "in" else show_value(self.asked, self.unit, word)
        gap = self._gap(word)
        if word == "zh":
            return f"{self._named(word)}：{self.figure.get('zh')}为 {have}，要求{words[self.op]['zh']} {asked}{'，' + gap if gap else ''}。"
        return (
            f"{self._named(word)}: {self.figure.get('en')} is {have}, {words[self.op]['en']} {asked} is asked{': ' + gap if gap else ''}."
        )

    def _named(self, word: str) -> str:
        return self.label.get(word) or self.condition

    def _gap(self, word: str) -> str:
        if self.gap is None:
            return ""
        shown = show_value(self.gap, "day" if isinstance(self.have, date) else self.unit, word)
        if isinstance(self.have, date):
            late = self.direction == "over"
            return f"{'晚' if late else '早'}了 {shown}" if word == "zh" else f"{shown} too {'late' if late else 'early'}"
        if self.gap == 0:
            return "恰好相等，尚不足" if word == "zh" else "it is just that, which is not enough"
        if self.direction == "short":
            return f"差 {shown}" if word == "zh" else f"{shown} short"
        return f"超出 {shown}" if word == "zh" else f"{shown} too much"

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready; numbers as text."""
        return {
            "condition": self.condition, "label": dict(self.label), "text": self.text, "op": self.op, "figure": dict(self.figure),
            "have": _plain(self.have), "asked": _plain(self.asked), "unit": self.unit, "gap": _plain(self.gap), "direction": self.direction,
            "sentence": {word: self.sentence(word) for word in ("zh", "en")},
        }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return show_value(value, "", "en").replace(",", "")
    return value.isoformat() if isinstance(value, date) else value


def failing(interpreter: Interpreter, need: Need, row: int) -> list[Atom]:
    """Return the fewest things that would have to change for the need to be met; nothing where it is met or not known."""
    if need.atom is not None:
        value = interpreter.value(need.atom.expr, row)
        return [] if value is None or value is need.atom.want else [need.atom]
    below = [failing(interpreter, child, row) for child in need.children]
    if need.kind == "all":
        found: list[Atom] = []
        for atoms in below:
            found += [atom for atom in atoms if atom not in found]
        return found
    return min(below, key=len, default=[])


def fewest(compiled: CompiledRulebook, interpreter: Interpreter, key: tuple[str, str], row: int) -> list[Atom]:
    """Return the fewest things that fail of a condition that does not hold.

    What lies behind a figure is told; where that accounts for nothing (a rounding made the figure zero), the figure itself is.
    """
    formula = compiled.formulas[key]
    return failing(interpreter, need_of(compiled, formula), row) or failing(interpreter, need_of(compiled, formula, opened=False), row)


def shortfalls(compiled: CompiledRulebook, interpreter: Interpreter, row: int) -> tuple[Shortfall, ...]:
    """Return what fails of each condition that does not hold for the row."""
    policy = compiled.book.policy
    assert policy is not None
    found = []
    for name in policy.conditions:
        key = (policy.entity, condition_key(name))
        if interpreter.variable(*key, row) is not False:
            continue
        for atom in fewest(compiled, interpreter, key, row):
            found.append(_measured(compiled, interpreter, name, atom, row))
    return tuple(found)


def _measured(compiled: CompiledRulebook, interpreter: Interpreter, condition: str, atom: Atom, row: int) -> Shortfall:
    policy = compiled.book.policy
    assert policy is not None
    label = compiled.book.variables[policy.entity, condition_key(condition)].label
    if atom.op == "in" and atom.left is not None:
        figure, have = figure_label(compiled, atom.left), interpreter.value(atom.left, row)
        return Shortfall(condition, label, atom.expr.text, atom.op, figure, have, atom.choices, "", None, "other")
    if atom.left is None or atom.right is None:
        figure = figure_label(compiled, atom.expr)
        return Shortfall(condition, label, atom.expr.text, "", figure, interpreter.value(atom.expr, row), atom.want, "", None, "other")
    have, asked = interpreter.value(atom.left, row), interpreter.value(atom.right, row)
    unit = str(atom.left.type.unit if not atom.left.type.zero else atom.right.type.unit) if atom.left.type.kind == NUMBER else ""
    gap, direction = measure(atom, have, asked)
    return Shortfall(condition, label, atom.expr.text, atom.op, figure_label(compiled, atom.left), have, asked, unit, gap, direction)


def measure(atom: Atom, have: Any, asked: Any) -> tuple[Fraction | None, str]:
    """Return by how much a figure misses what is asked, and on which side."""
    if not atom.measured or atom.left is None:
        return None, "other"
    gap = Fraction((have - asked).days) if atom.left.type.kind == DATE else have - asked
    side = "over" if gap > 0 or atom.op in ("le", "lt") else "short"
    return abs(gap) + (atom.whole and atom.op in ("gt", "lt")), side


def figure_label(compiled: CompiledRulebook, expr: Expr) -> Texts:
    """Return what a figure is called: a variable's label, or the text of the expression."""
    node = expr
    while node.op in ("lookup", "outer", "above", "prior"):
        node = node.args[0]
    if node.op in AGGREGATE_OPS and node.name == "COUNT":
        link = node.extra[0].name
        return {"zh": f"{link} 的记录数", "en": f"number of {link}"}
    if node.op == "variable":
        base, months = base_of(node.name)
        told = compiled.book.variables.get((node.entity, base))
        if told is not None:
            return earlier_label(told.label, months) if months else told.label
    said = Phrases(compiled.book).of(expr)
    return {"zh": said.zh, "en": said.en}
