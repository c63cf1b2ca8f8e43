"""OpenFisca parameter files to parameters and tables of a rulebook.

Read from the public form of the files: a node with dated ``values``, or a scale with ``brackets`` whose ``threshold`` and
``rate`` or ``amount`` are dated, or a tree of nodes; ``description`` and ``reference`` go along.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from townwright.kernel.formula.findings import CodedError
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.source import read_tree
from townwright.kernel.formula.units import Unit, UnknownUnit

_ABOUT = frozenset(
    {
        "description",
        "metadata",
        "unit",
        "reference",
        "values",
        "brackets",
        "documentation",
        "label",
        "file_path",
        "threshold_unit",
        "rate_unit",
        "amount_unit",
    }
)
_CURRENCY = re.compile(r"^currency[-:]([A-Z]{3})$", re.IGNORECASE)


class UnableToImport(CodedError):
    """The file is not a parameter file of that form."""


@dataclass(frozen=True, slots=True)
class Imported:
    """YAML of ``parameters:`` and ``tables:``, and what the author has to look at."""

    text: str
    notes: tuple[Said, ...]
    parameters: int
    tables: int


class _Importer:
    def __init__(self) -> None:
        self.parameters: list[str] = []
        self.tables: list[str] = []
        self.notes: list[Said] = []

    def node(self, name: str, value: Any) -> None:
        if not isinstance(value, dict):
            return
        if "brackets" in value:
            self.scale(name, value)
        elif "values" in value:
            self.parameter(name, value, value["values"])
        elif any(_day(key) for key in value):
            self.parameter(name, {}, value)
        else:
            for key, below in value.items():
                if key not in _ABOUT:
                    self.node(f"{name}_{_safe(str(key))}" if name else _safe(str(key)), below)

    def unit(self, name: str, value: dict[str, Any], *keys: str) -> str:
        about = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
        told = next((str(holder[key]) for key in keys for holder in (about or {}, value) if holder.get(key) is not None), "")
        found = _CURRENCY.match(told)
        text = found[1].upper() if found else {"/1": "ratio", "1": "ratio", "": "ratio", "m²": "m2"}.get(told, told)
        try:
            Unit.parse(text)
        except UnknownUnit:
            self.notes.append(
                Said(f"{name}：单位“{told}”未知，暂记为 ratio。", f"{name}: the unit {told!r} is not known here; it is written as ratio.")
            )
            return "ratio"
        if not told:
            self.notes.append(Said(f"{name}：没有写单位，暂记为 ratio。", f"{name}: no unit is told; it is written as ratio."))
        return text

    def parameter(self, name: str, value: dict[str, Any], values: Any) -> None:
        dated = _dated(name, values)
        if dated is None:
            self.notes.append(Said(f"{name}：值不是数，未导入。", f"{name}: its values are no numbers; it was left out."))
            return
        rows = ", ".join(f"{day}: {'null' if told is None else _plain(told)}" for day, told in dated)
        parts = [f"unit: {self.unit(name, value, 'unit')}", *_about(name, value), f"values: {{{rows}}}"]
        self.parameters.append(f"  {name}: {{{', '.join(parts)}}}")

    def scale(self, name: str, value: dict[str, Any]) -> None:
        brackets = [row for row in value["brackets"] or [] if isinstance(row, dict)]
        about = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
        form = str((about or {}).get("type") or value.get("type") or "")
        word = "amount" if any("amount" in row for row in brackets) else "rate"
        if any("average_rate" in row for row in brackets):
            self.notes.append(
                Said(f"{name}：平均税率表没有对应，未导入。", f"{name}: a scale of average rates has no counterpart; it was left out.")
            )
            return
        columns = [(_dated(name, row.get("threshold")) or [], _dated(name, row.get(word)) or []) for row in brackets]
        days = sorted({day for column in columns for dated in column for day, _ in dated})
        single = form.startswith("single")
        values = [(day, steps) for day in days if (steps := _steps(columns, day, word, single))]
        ended = [day for day in days if values and day > values[-1][0] and not _steps(columns, day, word, single)]
        if ended:
            zh = f"{name}：自 {ended[0]} 起原文已无档次；表不能终止，请让规则在该日终止（in_force: to）。"
            en = f"{name}: from {ended[0]} on it has no bracket. A table cannot be closed: end the rulebook on that day (in_force: to)."
            self.notes.append(Said(zh, en))
        if not values:
            self.notes.append(Said(f"{name}：没有完整的档次，未导入。", f"{name}: it holds no whole bracket; it was left out."))
            return
        entered = self.unit(name, value, "threshold_unit", "unit")
        gives = self.unit(name, value, "amount_unit", "rate_unit", "unit") if word == "amount" else "ratio"
        parts = ["kind: tier", f"unit: {gives}"] if word == "amount" else ["kind: bracket"]
        parts += [f"input_unit: {entered}", *_about(name, value), "values:"]
        rows = [f"  {day}: [{', '.join(steps)}]" for day, steps in values]
        self.tables.append("\n".join([f"  {name}:", *(f"    {line}" for line in (*parts, *rows))]))


def _steps(columns: list[tuple[list[Any], list[Any]]], day: date, word: str, single: bool) -> list[str]:
    """Return the rows in force on a day; amounts that add up bracket by bracket become the sums reached, strictly above."""
    found = []
    for thresholds, figures in columns:
        start, figure = _on(thresholds, day), _on(figures, day)
        if start is not None and figure is not None:
            found.append((start, figure))
    rows, total = [], Decimal(0)
    for start, figure in sorted(found):
        total += figure
        if word == "rate":
            rows.append(f"{{from: {_plain(start)}, rate: {_plain(figure)}}}")
        elif single:
            rows.append(f"{{from: {_plain(start)}, value: {_plain(figure)}}}")
        else:
            rows.append(f"{{from: {_plain(start)}, value: {_plain(total)}, over: true}}")
    return rows


def _on(dated: list[tuple[date, Decimal | None]], day: date) -> Decimal | None:
    known = [value for since, value in dated if since <= day]
    return known[-1] if known else None


def _day(key: Any) -> date | None:
    if isinstance(key, date):
        return key
    try:
        return date.fromisoformat(str(key))
    except ValueError:
        return None


def _dated(name: str, values: Any) -> list[tuple[date, Decimal | None]] | None:
    """Return dated figures; None if they are not figures (yes/no, lists, words)."""
    if isinstance(values, dict) and "values" in values:
        values = values["values"]
    if not isinstance(values, dict):
        return None
    found = []
    for key, told in values.items():
        day = _day(key)
        value = told.get("value") if isinstance(told, dict) else told
        if day is None or isinstance(value, bool | list | dict):
            return None
        if value == "expected":
            continue
        try:
            found.append((day, None if value is None else Decimal(str(value).replace("_", ""))))
        except InvalidOperation:
            return None
    return sorted(found, key=lambda pair: pair[0]) or None


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _safe(name: str) -> str:
    safe = re.sub(r"\W+", "_", name).strip("_") or "parameter"
    return f"p_{safe}" if safe[0].isdigit() else safe


def _about(name: str, value: dict[str, Any]) -> list[str]:
    """Return label and reference as YAML keys."""
    about = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
    label = str(value.get("description") or (about or {}).get("label") or name).strip()
    reference = _reference((about or {}).get("reference", value.get("reference")))
    told = [f"label: {json.dumps(label, ensure_ascii=False)}"]
    return [*told, f"reference: {json.dumps(reference, ensure_ascii=False)}"] if reference else told


def _reference(told: Any) -> str:
    if isinstance(told, dict) and not {"title", "href"} & set(told):
        return "; ".join(filter(None, (_reference(one) for one in told.values())))
    if isinstance(told, list):
        return "; ".join(filter(None, (_reference(one) for one in told)))
    if isinstance(told, dict):
        return " ".join(str(told[key]) for key in ("title", "href") if told.get(key))
    return str(told or "")


def import_openfisca(text: str, *, source: str, name: str, language: str = "en") -> Imported:
    """Read a parameter file; ``name`` is what a file of one parameter or scale is called.

    Raises:
        UnableToImport: the file holds no parameter of that form.
        RulebookRefused: it is not YAML.
    """
    importer = _Importer()
    importer.node(_safe(name) if {"values", "brackets"} & set(value := read_tree(text, source).value) else "", value)
    if not importer.parameters and not importer.tables:
        raise UnableToImport("not-openfisca", file=source)
    head = Said(
        f"# 取自 {source}；请核对单位，补上中英文名称，并写明依据。",
        f"# Taken from {source}; check the units, put the words into both languages, and state the legal basis.",
    )
    parts = [head.text(language)]
    parts += ["parameters:", *importer.parameters] if importer.parameters else []
    parts += ["tables:", *importer.tables] if importer.tables else []
    return Imported("\n".join(parts) + "\n", tuple(importer.notes), len(importer.parameters), len(importer.tables))
