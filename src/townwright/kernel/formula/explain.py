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
from townwright.kernel.formula.ir import AGGREGATE_OPS, Expr
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.formula.types import NUMBER, Type
from townwright.kernel.formula.wording import NOTES, earlier_label, say, show_value

# Nodes that only group or repeat what their parent shows are folded away.
_SHOWN_BELOW = frozenset({"literal"})


@dataclass(frozen=True, slots=True)
class ParameterUse:
    """Which version of a parameter or table was used."""

    name: str
    since: date
    reference: str


@dataclass(frozen=True, slots=True)
class TraceNode:
    """One step of the working: its text, its value (None: missing) and the steps below."""

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
        if self.children:
            told["children"] = [child.to_dict() for child in self.children]
        return told

    def sentences(self, language: str) -> list[str]:
        """Return the working as sentences, deepest first."""
        return say(self, language)

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
    """A policy's verdict on one entity, with its conditions and the working of the amount."""

    verdict: str
    conditions: tuple[ConditionTrace, ...]
    amount: TraceNode | None
    missing: tuple[Mapping[str, str], ...]

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
    """Builds trees of working for single rows."""

    def __init__(self, compiled: CompiledRulebook, tables: Mapping[str, pa.Table]) -> None:
        self.compiled = compiled
        self.rows = Rows(compiled, tables)
        self.interpreter = Interpreter(compiled, self.rows)

    def row(self, entity: str, key: str) -> int:
        """Return the row of the key.

        Raises:
            UnableToEvaluate: the entity has no such row.
        """
        place = self.rows.position(entity, key)
        if place is None:
            raise UnableToEvaluate(f"{entity} has no row {key!r} in these tables.")
        return place

    def variable(self, entity: str, name: str, row: int, seen: frozenset[tuple[str, str]] = frozenset()) -> TraceNode:
        """Return the working of a variable."""
        base, months = base_of(name)
        told = self.compiled.book.variables.get((entity, base))
        formula = self.compiled.formulas[entity, name]
        value = self.interpreter.variable(entity, name, row)
        type_ = told.type if told is not None and told.type is not None else formula.type
        label = told.label if told is not None else {"zh": "政策金额", "en": "amount under the policy"}
        label = earlier_label(label, months) if months else label
        rounding = f"{told.rounding.mode} {show_value(told.rounding.step, '', 'en')}" if told is not None and told.rounding else ""
        inner = self.node(formula, row, seen | {(entity, name)})
        return TraceNode(
            "variable", told.name if told is not None else formula.text, value, _unit(type_), label, rounding=rounding, children=(inner,)
        )

    def node(self, expr: Expr, row: int, seen: frozenset[tuple[str, str]], parent: int | None = None) -> TraceNode:
        """Return the working of an expression."""
        if expr.op == "variable":
            return self.variable(expr.entity, expr.name, row, seen)
        value = self.interpreter.value(expr, row, parent)
        note, use, count = "", None, None
        children: tuple[TraceNode, ...] = ()
        if expr.op in ("parameter", "tier", "bracket"):
            version = self.compiled.versions[expr.name]
            holder = self.compiled.book.parameters.get(expr.name) or self.compiled.book.tables[expr.name]
            use = ParameterUse(expr.name, version.since, holder.reference)
        if expr.op in AGGREGATE_OPS:
            count = len(self.interpreter.members(expr, row))
            note = "missing_row" if value is None and expr.name == "ONLY" and count == 0 else "missing_member" if value is None else ""
        elif expr.op == "lookup":
            target = self.rows.position(expr.extra.to, self.rows.column(expr.entity, expr.extra.column)[row])
            children = () if target is None else (self.node(expr.args[0], target, seen),)
        else:
            children = tuple(self.node(arg, row, seen, parent) for arg in expr.args if arg.op not in _SHOWN_BELOW)
        if value is None and expr.op == "column":
            note = "missing_input"
        if value is None and expr.op == "div" and all(self.interpreter.value(arg, row, parent) is not None for arg in expr.args):
            note = "zero_divisor"
        return TraceNode(expr.op, expr.text, value, _unit(expr.type), self._label(expr), NOTES.get(note, {}), use, "", count, children)

    def _label(self, expr: Expr) -> Mapping[str, str]:
        holder = self.compiled.book.parameters.get(expr.name) if expr.op == "parameter" else self.compiled.book.tables.get(expr.name)
        if expr.op in ("parameter", "tier", "bracket") and holder is not None:
            return holder.label
        return {"zh": expr.text, "en": expr.text}


def _unit(type_: Type) -> str:
    return str(type_.unit) if type_.kind == NUMBER else ""


def explain(compiled: CompiledRulebook, tables: Mapping[str, pa.Table], *, entity: str, key: str, name: str) -> TraceNode:
    """Return the tree of working of one variable for one row.

    Raises:
        UnableToEvaluate: no such row or variable.
    """
    if (entity, name) not in compiled.formulas:
        raise UnableToEvaluate(f"{compiled.book.code} has no variable {entity}.{name}.")
    tracer = Tracer(compiled, tables)
    return tracer.variable(entity, name, tracer.row(entity, key))


def missing_inputs(node: TraceNode, within: Mapping[str, str] | None = None) -> list[Mapping[str, str]]:
    """Return what is missing, named by the variable that would have read it."""
    within = node.label if node.kind == "variable" or within is None else within
    found: list[Mapping[str, str]] = [within] if node.note and node.value is None else []
    for child in node.children:
        if child.value is None:
            found.extend(one for one in missing_inputs(child, within) if one not in found)
    return found


def explain_verdict(compiled: CompiledRulebook, tables: Mapping[str, pa.Table], *, key: str) -> VerdictTrace:
    """Return the policy's verdict on one row with all its working.

    Raises:
        UnableToEvaluate: the rulebook is not a policy, or there is no such row.
    """
    policy = compiled.book.policy
    if policy is None:
        raise UnableToEvaluate(f"{compiled.book.code} is not a policy.")
    tracer = Tracer(compiled, tables)
    row = tracer.row(policy.entity, key)
    conditions = []
    for name in policy.conditions:
        told = compiled.book.variables[policy.entity, condition_key(name)]
        trace = tracer.variable(policy.entity, condition_key(name), row)
        conditions.append(ConditionTrace(name, trace.value, told.label, told.why_not, trace))
    amount = tracer.variable(policy.entity, AMOUNT, row)
    held = [condition.holds for condition in conditions]
    verdict = NOT_ELIGIBLE if False in held else UNDECIDED if None in held or amount.value is None else ELIGIBLE
    unknown = [condition.trace for condition in conditions if condition.holds is None] + ([amount] if amount.value is None else [])
    missing: list[Mapping[str, str]] = []
    for node in unknown:
        missing.extend(one for one in missing_inputs(node) if one not in missing)
    return VerdictTrace(verdict, tuple(conditions), amount, tuple(missing))
