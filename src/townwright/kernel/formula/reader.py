"""A rulebook's YAML to a ``Rulebook``: shape, names and values checked, every fault with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from townwright.kernel.formula.findings import ERROR, RulebookFinding, RulebookRefused
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.naming import name_fault, suggestion
from townwright.kernel.formula.reader_parts import read_cases, read_entities, read_links, read_parameters, read_tables
from townwright.kernel.formula.rulebook import Budget, Classification, Policy, Rounding, Rulebook, Variable, condition_key
from townwright.kernel.formula.source import Tree, read_tree
from townwright.kernel.formula.types import Type, UnknownType
from townwright.kernel.formula.units import UnknownUnit
from townwright.kernel.values.rounding import MODES

_DECIMAL = re.compile(r"^[+-]?\d{1,40}(\.\d{1,40})?$")
KINDS, STATUSES = ("policy", "indicators", "classification"), ("verified", "sample", "draft")
TOP = (
    "rulebook", "version", "kind", "status", "title", "summary", "legal_basis", "in_force", "entities", "links", "parameters",
    "tables", "variables", "policy", "classification", "indicators", "cases", "notes",
)  # fmt: skip
VARIABLE = ("type", "formula", "label", "round", "why_not", "note")


class Reader:
    """Collects findings while it reads, so that an author sees all faults at once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.findings: list[RulebookFinding] = []

    def fault(self, path: tuple[Any, ...], code: str, /, **words: object) -> None:
        """Note an error at the path."""
        self.findings.append(RulebookFinding.of(ERROR, self.tree.place(*path), code, **words))

    def keys(self, value: Mapping[Any, Any], path: tuple[Any, ...], known: Iterable[str]) -> None:
        """Refuse keys that have no meaning here."""
        known = list(known)
        for key in value:
            if key not in known:
                near = suggestion(str(key), known)
                hint = (
                    near
                    if near.en.startswith("Did")
                    else Said(f"此处的键有 {'、'.join(known)}。", f"The keys here are {', '.join(known)}.")
                )
                place = self.tree.key_place(*path, key)
                self.findings.append(RulebookFinding.of(ERROR, place, "unknown-key", key=key, hint=hint))

    def name(self, path: tuple[Any, ...], name: str) -> None:
        """Refuse a name that looks like another one, or cannot stand in a formula."""
        fault = name_fault(name)
        if fault is not None:
            self.findings.append(RulebookFinding.told(ERROR, self.tree.key_place(*path), fault))

    def mapping(self, path: tuple[Any, ...], value: Any) -> dict[Any, Any]:
        """Return a mapping, or note that it is none."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(path, "not-a-mapping", what=path[-1] if path else "the file")
            return {}
        return value

    def rows(self, path: tuple[Any, ...], value: Any) -> list[Any]:
        """Return a list, or note that it is none."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(path, "not-a-list", what=path[-1] if path else "the file")
            return []
        return value

    def texts(self, path: tuple[Any, ...], value: Any) -> dict[str, str]:
        """Return words in both languages; plain text counts for both."""
        if isinstance(value, str):
            return {"zh": value, "en": value}
        read = self.mapping(path, value)
        self.keys(read, path, ("zh", "en"))
        return {key: str(word).strip() for key, word in read.items()}

    def day(self, path: tuple[Any, ...], value: Any) -> date | None:
        """Return a date or None."""
        if value is None or type(value) is date:  # not a moment, which no day can be compared with
            return value
        self.fault(path, "not-a-date", value=value)
        return None

    def fraction(self, path: tuple[Any, ...], value: Any) -> Fraction | None:
        """Return an exact decimal."""
        text = str(value).replace("_", "")
        if isinstance(value, bool) or not _DECIMAL.match(text):
            self.fault(path, "not-a-number", value=value)
            return None
        return Fraction(text)

    def guarded(self, path: tuple[Any, ...], read: Callable[[], Any]) -> Any:
        """Run a reading of a type or unit; note its fault and return None."""
        try:
            return read()
        except (UnknownType, UnknownUnit) as fault:
            self.fault(path, "type", problem=fault, problem_zh=fault.zh)
            return None

    def formula(self, path: tuple[Any, ...], value: Any) -> str:
        """Return a formula as it stands in the file, so that lines keep their numbers."""
        if value is None:
            self.fault(path, "no-formula")
            return ""
        return self.tree.raw.get(path, str(value))

    def one_of(self, path: tuple[Any, ...], value: Any, choices: tuple[str, ...]) -> str:
        """Return one of the choices."""
        if value not in choices:
            self.fault(path, "not-one-of", what=path[-1], value=value, choices=", ".join(choices), hint=suggestion(str(value), choices))
            return choices[0]
        return str(value)


def _rounding(reader: Reader, path: tuple[Any, ...], value: Any) -> Rounding | None:
    if value is None:
        return None
    mode, _, step = str(value).partition(" ")
    read = reader.fraction(path, step or "0.01")
    if mode not in MODES:
        reader.fault(path, "rounding-mode", mode=mode, modes=", ".join(MODES))
        return None
    if read is None or read <= 0:
        reader.fault(path, "rounding-step", step=step)
        return None
    return Rounding(mode, read)


def _variables(reader: Reader) -> dict[tuple[str, str], Variable]:
    found: dict[tuple[str, str], Variable] = {}
    for full, value in reader.mapping(("variables",), reader.tree.value.get("variables")).items():
        path = ("variables", full)
        entity, _, name = str(full).partition(".")
        read = reader.mapping(path, value)
        reader.keys(read, path, VARIABLE)
        if not name:
            reader.fault(path, "variable-name", name=full)
            continue
        reader.name(path, name)
        type_text = str(read.get("type", ""))
        type_ = reader.guarded((*path, "type"), partial(Type.declared, type_text))
        found[entity, name] = Variable(
            entity, name, type_, reader.formula((*path, "formula"), read.get("formula")),
            reader.texts((*path, "label"), read.get("label", name)), _rounding(reader, (*path, "round"), read.get("round")),
            reader.tree.place(*path, "formula"), reader.texts((*path, "why_not"), read.get("why_not")),
        )  # fmt: skip
    return found


def _conditions(reader: Reader, entity: str, value: Any) -> dict[tuple[str, str], Variable]:
    found: dict[tuple[str, str], Variable] = {}
    for index, item in enumerate(reader.rows(("policy", "eligible"), value)):
        path = ("policy", "eligible", index)
        read = reader.mapping(path, item)
        reader.keys(read, path, ("name", "formula", "label", "why_not"))
        name = str(read.get("name", f"condition_{index + 1}"))
        key = (entity, condition_key(name))
        if key in found:
            reader.fault(path, "condition-twice", name=name)
        found[key] = Variable(
            entity, name, Type("bool", word="bool"), reader.formula((*path, "formula"), read.get("formula")),
            reader.texts((*path, "label"), read.get("label", name)), None, reader.tree.place(*path, "formula"),
            reader.texts((*path, "why_not"), read.get("why_not")),
        )  # fmt: skip
    return found


def _policy(reader: Reader) -> tuple[Policy | None, dict[tuple[str, str], Variable]]:
    path = ("policy",)
    value = reader.tree.value.get("policy")
    if value is None:
        return None, {}
    read = reader.mapping(path, value)
    known = ("entity", "eligible", "amount", "yearly_cap", "budget", "exclusion_group", "beneficiary", "fiscal_linked")
    reader.keys(read, path, known)
    for needed in ("entity", "eligible", "amount"):
        if not read.get(needed):
            reader.fault(path, "missing-key", what=Said("政策", "the policy"), key=needed)
    entity = str(read.get("entity", "firm"))
    conditions = _conditions(reader, entity, read.get("eligible"))
    budget = None
    if read.get("budget"):
        told = reader.mapping((*path, "budget"), read["budget"])
        reader.keys(told, (*path, "budget"), ("parameter", "rule", "priority", "order"))
        rule = reader.one_of((*path, "budget", "rule"), told.get("rule"), ("pro_rata", "priority"))
        if rule == "priority" and not told.get("priority"):
            reader.fault((*path, "budget"), "priority-missing")
        order = reader.one_of((*path, "budget", "order"), told.get("order", "desc"), ("desc", "asc"))
        budget = Budget(str(told.get("parameter", "")), rule, str(told.get("priority", "")), order == "desc")
    policy = Policy(
        entity, tuple(told.name for told in conditions.values()), str(read.get("amount", "")), str(read.get("yearly_cap") or ""),
        budget, str(read.get("exclusion_group") or ""), bool(read.get("fiscal_linked", False)),
        {key: reader.tree.place(*path, key) for key in ("amount", "yearly_cap", "budget")}
        | {key: reader.tree.place(*path, "budget", key) for key in ("parameter", "priority")},
    )  # fmt: skip
    return policy, conditions


def _classification(reader: Reader) -> Classification | None:
    value = reader.tree.value.get("classification")
    if value is None:
        return None
    read = reader.mapping(("classification",), value)
    reader.keys(read, ("classification",), ("entity", "result", "labels"))
    labels = {
        str(k): reader.texts(("classification", "labels", k), v)
        for k, v in reader.mapping(("classification", "labels"), read.get("labels")).items()
    }
    return Classification(str(read.get("entity", "firm")), str(read.get("result", "")), labels)


def _indicators(reader: Reader) -> dict[tuple[str, str], Variable]:
    found: dict[tuple[str, str], Variable] = {}
    for name, value in reader.mapping(("indicators",), reader.tree.value.get("indicators")).items():
        path = ("indicators", name)
        read = reader.mapping(path, value)
        reader.keys(read, path, ("label", "unit", "formula", "by", "round", "note"))
        unit = str(read.get("unit", "1"))
        type_ = reader.guarded((*path, "unit"), partial(_indicator_type, unit))
        found["zone", str(name)] = Variable(
            "zone", str(name), type_, reader.formula((*path, "formula"), read.get("formula")),
            reader.texts((*path, "label"), read.get("label", str(name))), _rounding(reader, (*path, "round"), read.get("round")),
            reader.tree.place(*path, "formula"), {}, tuple(map(str, reader.rows((*path, "by"), read.get("by")))),
        )  # fmt: skip
    return found


def _indicator_type(unit: str) -> Type:
    parsed = Type.declared(f"number {unit}")
    if parsed.unit.currency:
        return Type.declared(f"money {unit}")
    return Type.declared("ratio") if unit == "ratio" else parsed


def load_rulebook(text: str, *, source: str) -> Rulebook:
    """Read a rulebook from YAML text; ``source`` names the file in messages.

    Raises:
        RulebookRefused: with every fault of shape found, each with file, line, column and a repair.
    """
    tree = read_tree(text, source)
    reader = Reader(tree)
    value = tree.value
    reader.keys(value, (), TOP)
    for needed in ("rulebook", "version", "kind", "status", "title", "in_force"):
        if value.get(needed) in (None, ""):
            reader.fault((needed,), "missing-key", what=Said("规则", "the rulebook"), key=needed)
    kind = reader.one_of(("kind",), value.get("kind"), KINDS)
    policy, conditions = _policy(reader)
    indicators = _indicators(reader)
    classification = _classification(reader)
    force = reader.mapping(("in_force",), value.get("in_force"))
    reader.keys(force, ("in_force",), ("from", "to"))
    start, end = reader.day(("in_force", "from"), force.get("from")), reader.day(("in_force", "to"), force.get("to"))
    if start is not None and end is not None and start >= end:
        reader.fault(("in_force", "to"), "force-order", start=start, end=end)
    variables = _variables(reader)
    for entity, name in indicators:
        if (entity, name) in variables:
            reader.fault(("indicators", name), "named-twice", name=name)
    entities = read_entities(reader)
    book = Rulebook(
        code=str(value.get("rulebook")), version=str(value.get("version")), kind=kind,
        status=reader.one_of(("status",), value.get("status"), STATUSES),
        title=reader.texts(("title",), value.get("title")), summary=reader.texts(("summary",), value.get("summary")),
        legal_basis=tuple(reader.mapping(("legal_basis", i), one) for i, one in enumerate(reader.rows(("legal_basis",), value.get("legal_basis")))),
        start=start, end=end, entities=entities, links=read_links(reader, entities), parameters=read_parameters(reader), tables=read_tables(reader),
        variables={**variables, **conditions, **indicators}, policy=policy, classification=classification,
        indicators=tuple(name for _, name in indicators), cases=read_cases(reader), source=source, text=text,
        notes=tuple(reader.texts(("notes", i), note) for i, note in enumerate(reader.rows(("notes",), value.get("notes")))),
    )  # fmt: skip
    if reader.findings:
        raise RulebookRefused(reader.findings)
    return book
