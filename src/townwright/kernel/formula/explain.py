"""One entity's tree of working: every sub-expression, its value, the parameter version it used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import pyarrow as pa

from townwright.kernel.formula.bind_prior import base_of
from townwright.kernel.formula.compiled import AMOUNT, CompiledRulebook
from townwright.kernel.formula.evaluation import ELIGIBLE, NOT_ELIGIBLE, UNDECIDED
from townwright.kernel.formula.executors.interpreter import Interpreter, Rows
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import AGGREGATE_OPS, GROUP_OPS, Expr, depth
from townwright.kernel.formula.phrases import Phrases
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.formula.types import NUMBER, Type
from townwright.kernel.formula.whynot import Shortfall, shortfalls
from townwright.kernel.formula.wording import NOTES, earlier_label, rounding_words, say, show_value

# Nodes that only group or repeat what their parent shows are folded away.
_SHOWN_BELOW = frozenset({"literal"})
# How many calls deep a tree may go; what lies deeper is folded, and can be opened by itself.
ROOM = 300


@dataclass(frozen=True, slots=True)
class ParameterUse:
    """Which version of a parameter or table was used."""

    name: str
    since: date
    reference: str


@dataclass(frozen=True, slots=True)
class TraceNode:
    """One step of the working: its text, its value (None: missing) and the steps below.

    ``folded`` says why a variable shows no steps: "above", for it is opened elsewhere in the tree, or "deep". ``taken`` is the
    child that a CASE took its value from (None: a literal, or no branch).
    """

    kind: str
    text: str
    value: Any
    unit: str
    label: Mapping[str, str]
    note: Mapping[str, str] = field(default_factory=dict)
    parameter: ParameterUse | None = None
    rounding: str = ""
    rows: int | None = None
    children: tuple[TraceNode, ...] = ()
    folded: str = ""
    taken: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the tree as JSON-ready values; numbers as text."""
        told: dict[str, Any] = {
            "kind": self.kind,
            "text": self.text,
            "value": _plain(self.value),
            "unit": self.unit,
            "label": dict(self.label),
        }
        if self.note:
            told["note"] = dict(self.note)
        if self.parameter:
            told["parameter"] = {
                "name": self.parameter.name,
                "since": self.parameter.since.isoformat(),
                "reference": self.parameter.reference,
            }
        if self.rounding:
            told["rounding"] = self.rounding
        if self.rows is not None:
            told["rows"] = self.rows
        if self.taken is not None:
            told["taken"] = self.taken
        if self.folded:
            told["folded"] = self.folded
        if self.children:
            told["children"] = [child.to_dict() for child in self.children]
        return told

    def sentences(self, language: str) -> list[str]:
        """Return the working as sentences, deepest first."""
        return say(self, language)

    def rounded(self, language: str) -> str:
        """Return the rounding as people say it; nothing where there is none."""
        return rounding_words(self.rounding, language, self.unit) if self.rounding else ""

    def shown(self, language: str) -> str:
        """Return the value as people read it."""
        return show_value(self.value, self.unit, language)


@dataclass(frozen=True, slots=True)
class ConditionTrace:
    """One condition: what it says, whether it holds, and the working."""

    name: str
    holds: bool | None
    label: Mapping[str, str]
    why_not: Mapping[str, str]
    trace: TraceNode


@dataclass(frozen=True, slots=True)
class VerdictTrace:
    """A policy's verdict on one entity, with its conditions and the working of the amount.

    ``shortfalls`` are the fewest things that fail, with by how much.
    """

    verdict: str
    conditions: tuple[ConditionTrace, ...]
    amount: TraceNode | None
    missing: tuple[Mapping[str, str], ...]
    shortfalls: tuple[Shortfall, ...] = ()

    def gaps(self, language: str) -> list[str]:
        """Return what fails and by how much, in words."""
        return [one.sentence(language) for one in self.shortfalls]

    def reasons(self, language: str) -> list[str]:
        """Return why the verdict is not 'eligible', in words."""
        word = "zh" if language.startswith("zh") else "en"
        told = []
        for condition in self.conditions:
            label = condition.label.get(word) or condition.name
            if condition.holds is False:
                told.append(condition.why_not.get(word) or ("不符合：" if word == "zh" else "Not met: ") + label)
            elif condition.holds is None:
                told.append(("无法判断：" if word == "zh" else "Cannot be decided: ") + label)
        if self.missing and self.verdict == UNDECIDED:
            told.append(
                ("缺少：" if word == "zh" else "Missing: ")
                + ("、" if word == "zh" else ", ").join(label.get(word, "") for label in self.missing)
            )
        return told


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return show_value(value, "", "en") if isinstance(value, Fraction) else str(value)


class Tracer:
    """Builds trees of working for single rows. Within one tree each variable of a row is opened once."""

    def __init__(self, compiled: CompiledRulebook, tables: Mapping[str, pa.Table], rows: Rows | None = None) -> None:
        self.compiled = compiled
        self.rows = rows or Rows(compiled, tables)
        self.interpreter = Interpreter(compiled, self.rows, remembers=True)
        self.phrases = Phrases(compiled.book)
        self._opened: set[tuple[str, str, int]] = set()

    def row(self, entity: str, key: str) -> int:
        """Return the row of the key.

        Raises:
            UnableToEvaluate: the entity has no such row.
        """
        place = self.rows.named(entity, key)
        if place is None:
            raise UnableToEvaluate("no-row", entity=entity, key=key)
        return place

    def tree(self, entity: str, name: str, row: int) -> TraceNode:
        """Return the working of a variable."""
        self._opened = set()
        return self._variable(entity, name, row, ROOM)

    def _variable(self, entity: str, name: str, row: int, room: int) -> TraceNode:
        base, months = base_of(name)
        told = self.compiled.book.variables.get((entity, base))
        formula = self.compiled.formulas[entity, name]
        value = self.interpreter.variable(entity, name, row)
        type_ = told.type if told is not None and told.type is not None else formula.type
        label = told.label if told is not None else {"zh": "政策金额", "en": "amount under the policy"}
        label = earlier_label(label, months) if months else label
        rounding = f"{told.rounding.mode} {show_value(told.rounding.step, '', 'en')}" if told is not None and told.rounding else ""
        text = told.name if told is not None else formula.text
        room -= 2 * depth(formula) + 2
        folded = "above" if (entity, name, row) in self._opened else "deep" if room < 0 else ""
        if folded:
            return TraceNode("variable", text, value, _unit(type_), label, rounding=rounding, folded=folded)
        self._opened.add((entity, name, row))
        inner = self._node(formula, row, room)
        return TraceNode("variable", text, value, _unit(type_), label, rounding=rounding, children=(inner,))

    def _node(self, expr: Expr, row: int, room: int, parent: int | None = None) -> TraceNode:
        if expr.op == "variable":
            return self._variable(expr.entity, expr.name, row, room)
        value = self.interpreter.value(expr, row, parent)
        note, use, count = "", None, None
        children: tuple[TraceNode, ...] = ()
        if expr.op in ("parameter", "tier", "bracket", "band"):
            version = self.compiled.versions[expr.name]
            holder = self.compiled.book.parameters.get(expr.name) or self.compiled.book.tables[expr.name]
            use = ParameterUse(expr.name, version.since, holder.reference)
        if expr.op in AGGREGATE_OPS:
            count = len(self.interpreter.members(expr, row))
            note = "missing_row" if value is None and expr.name == "ONLY" and count == 0 else "missing_member" if value is None else ""
        elif expr.op in GROUP_OPS:
            count = self.interpreter.group_size(expr, row)
            note = "" if value is not None else "no_group" if count == 0 else "missing_member"
            children = tuple(self._node(arg, row, room) for arg in expr.args[:1] if expr.extra.has_value)
        elif expr.op in ("lookup", "prior"):
            target = self.interpreter.target(expr, row)
            children = () if target is None else (self._node(expr.args[0], target, room),)
            note = "" if target is not None else "missing_earlier" if expr.op == "prior" else "missing_link"
        else:
            children = tuple(self._node(arg, row, room, parent) for arg in expr.args if arg.op not in _SHOWN_BELOW)
        if value is None and expr.op == "column":
            note = "missing_input"
        lost = {"div": "zero_divisor", "add_days": "no_such_day", "add_months": "no_such_day"}.get(expr.op)
        if value is None and lost and all(self.interpreter.value(arg, row, parent) is not None for arg in expr.args):
            note = lost
        taken = self._taken(expr, row, parent) if expr.op == "case" else None
        words = NOTES.get(note, {})
        return TraceNode(expr.op, expr.text, value, _unit(expr.type), self._label(expr), words, use, "", count, children, taken=taken)

    def _taken(self, expr: Expr, row: int, parent: int | None) -> int | None:
        """Return which of the shown children a CASE took its value from."""
        branch = len(expr.args) - 1 if len(expr.args) > 2 * expr.extra else None
        for index in range(expr.extra):
            held = self.interpreter.value(expr.args[2 * index], row, parent)
            if held is None:
                return None
            if held:
                branch = 2 * index + 1
                break
        if branch is None or expr.args[branch].op in _SHOWN_BELOW:
            return None
        return sum(arg.op not in _SHOWN_BELOW for arg in expr.args[:branch])

    def _label(self, expr: Expr) -> Mapping[str, str]:
        if expr.op in ("tier", "bracket"):
            return self.compiled.book.tables[expr.name].label
        said = self.phrases.of(expr)
        return {"zh": said.zh, "en": said.en}


def _unit(type_: Type) -> str:
    return str(type_.unit) if type_.kind == NUMBER else ""


def explain(compiled: CompiledRulebook, tables: Mapping[str, pa.Table], *, entity: str, key: str, name: str) -> TraceNode:
    """Return the tree of working of one variable for one row.

    Raises:
        UnableToEvaluate: no such row or variable.
    """
    if (entity, name) not in compiled.formulas:
        raise UnableToEvaluate("no-variable", code=compiled.book.code, entity=entity, name=name)
    tracer = Tracer(compiled, tables)
    return tracer.tree(entity, name, tracer.row(entity, key))


def missing_inputs(node: TraceNode) -> list[Mapping[str, str]]:
    """Return what is missing, named by the variable that would have read it."""
    opened: dict[str, TraceNode] = {}
    stack = [node]
    while stack:
        top = stack.pop()
        if top.kind == "variable" and not top.folded:
            opened.setdefault(top.text, top)
        stack.extend(reversed(top.children))
    found: list[Mapping[str, str]] = []
    pending: list[tuple[TraceNode, Mapping[str, str]]] = [(node, node.label)]
    seen: set[str] = set()
    while pending:
        top, within = pending.pop()
        if top.kind == "variable":
            within = top.label
            if top.folded and top.text not in seen:
                top = opened.get(top.text, top)
            seen.add(top.text)
        if (top.note or top.folded == "deep") and top.value is None and within not in found:
            found.append(within)
        pending.extend((child, within) for child in reversed(top.children) if child.value is None)
    return found


def explain_verdict(compiled: CompiledRulebook, tables: Mapping[str, pa.Table], *, key: str) -> VerdictTrace:
    """Return the policy's verdict on one row with all its working.

    Raises:
        UnableToEvaluate: the rulebook is not a policy, or there is no such row.
    """
    policy = compiled.book.policy
    if policy is None:
        raise UnableToEvaluate("not-a-policy", code=compiled.book.code)
    tracer = Tracer(compiled, tables)
    row = tracer.row(policy.entity, key)
    conditions = []
    for name in policy.conditions:
        told = compiled.book.variables[policy.entity, condition_key(name)]
        trace = tracer.tree(policy.entity, condition_key(name), row)
        conditions.append(ConditionTrace(name, trace.value, told.label, told.why_not, trace))
    amount = tracer.tree(policy.entity, AMOUNT, row)
    held = [condition.holds for condition in conditions]
    verdict = NOT_ELIGIBLE if False in held else UNDECIDED if None in held or amount.value is None else ELIGIBLE
    short = shortfalls(compiled, tracer.interpreter, row) if verdict == NOT_ELIGIBLE else ()
    unknown = [condition.trace for condition in conditions if condition.holds is None] + ([amount] if amount.value is None else [])
    missing: list[Mapping[str, str]] = []
    for node in unknown:
        missing.extend(one for one in missing_inputs(node) if one not in missing)
    return VerdictTrace(verdict, tuple(conditions), amount, tuple(missing), short)
