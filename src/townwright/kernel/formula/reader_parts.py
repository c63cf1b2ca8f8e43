"""The tables of a rulebook: entities, links, parameters, tables of steps, cases."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from townwright.kernel.formula.rulebook import Case, Entity, Link, Parameter, Step, Table
from townwright.kernel.formula.types import Type
from townwright.kernel.formula.units import RATIO, Unit

if TYPE_CHECKING:
    from townwright.kernel.formula.reader import Reader


def read_entities(reader: Reader) -> dict[str, Entity]:
    """Read the entities and the columns that the rulebook needs of each."""
    found: dict[str, Entity] = {}
    for name, value in reader.mapping(("entities",), reader.tree.value.get("entities")).items():
        path = ("entities", name)
        read = reader.mapping(path, value)
        reader.keys(read, path, ("key", "columns"))
        key = read.get("key", "key")
        columns: dict[str, Type] = {}
        for column, text in reader.mapping((*path, "columns"), read.get("columns")).items():
            type_ = reader.guarded((*path, "columns", column), partial(Type.declared, str(text)))
            if type_ is not None:
                columns[str(column)] = type_
        keys = tuple(str(one) for one in key) if isinstance(key, list) else (str(key),)
        for one in keys:
            columns.setdefault(one, Type("text", word="text"))
        found[str(name)] = Entity(str(name), keys, columns)
    return found


def read_links(reader: Reader, entities: dict[str, Entity]) -> dict[tuple[str, str], Link]:
    """Read links: ``{to, on}`` to many by the child's column, ``{to, by}`` to one, ``{to}`` to all rows."""
    found: dict[tuple[str, str], Link] = {}
    for full, value in reader.mapping(("links",), reader.tree.value.get("links")).items():
        path = ("links", full)
        owner, _, name = str(full).partition(".")
        read = reader.mapping(path, value)
        reader.keys(read, path, ("to", "on", "by"))
        to = str(read.get("to", ""))
        for entity in (owner, to):
            if entity not in entities:
                reader.fault(path, f"the link {full} names {entity!r}, which is not an entity.", f"Entities are {', '.join(entities)}.")
        kind = "many" if read.get("on") else "one" if read.get("by") else "all"
        column = str(read.get("on") or read.get("by") or "")
        holder = {"many": to, "one": owner}.get(kind, "")
        if column and holder in entities and column not in entities[holder].columns:
            reader.fault(
                path, f"{holder} has no column {column!r} for the link {full}.", f"Its columns are {', '.join(entities[holder].columns)}."
            )
        found[owner, name] = Link(owner, name, to, kind, column)
    return found


def _dated(reader: Reader, path: tuple[Any, ...], value: Any) -> list[tuple[date, Any]]:
    dated = []
    for day, told in reader.mapping(path, value).items():
        if not isinstance(day, date):
            reader.fault((*path, day), f"{day!r} is not a date.", "Write the date from which the value is in force: 2020-04-03: 80.")
            continue
        dated.append((day, told))
    if not dated:
        reader.fault(path, "no value in force from any date.", "Write values: {2020-04-03: 80}.")
    return sorted(dated, key=lambda pair: pair[0])


def read_parameters(reader: Reader) -> dict[str, Parameter]:
    """Read effective-dated parameters."""
    found: dict[str, Parameter] = {}
    for name, value in reader.mapping(("parameters",), reader.tree.value.get("parameters")).items():
        path = ("parameters", name)
        read = reader.mapping(path, value)
        reader.keys(read, path, ("unit", "label", "reference", "values", "note"))
        unit = reader.guarded((*path, "unit"), partial(Unit.parse, str(read.get("unit", "1")))) or RATIO
        values = tuple(
            (day, None if told is None else reader.fraction((*path, "values", day), told))
            for day, told in _dated(reader, (*path, "values"), read.get("values"))
        )
        found[str(name)] = Parameter(
            str(name),
            unit,
            values,
            reader.texts((*path, "label"), read.get("label", str(name))),
            str(read.get("reference", "")),
            reader.tree.place(*path),
        )
    return found


def _steps(reader: Reader, path: tuple[Any, ...], rows: Any, word: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    for index, row in enumerate(rows or []):
        here = (*path, index)
        read = reader.mapping(here, row)
        reader.keys(read, here, ("from", word, "over"))
        start, value = reader.fraction(here, read.get("from")), reader.fraction(here, read.get(word))
        if start is None or value is None:
            continue
        if steps and start <= steps[-1].start:
            reader.fault(here, f"the limit {read.get('from')} does not lie above the one before.", "Order the rows by from.")
        steps.append(Step(Fraction(start), Fraction(value), bool(read.get("over", False))))
    if not steps:
        reader.fault(path, "the table has no rows.")
    return tuple(steps)


def read_tables(reader: Reader) -> dict[str, Table]:
    """Read tiers (``value``) and brackets (``rate``), in force from dates."""
    found: dict[str, Table] = {}
    for name, value in reader.mapping(("tables",), reader.tree.value.get("tables")).items():
        path = ("tables", name)
        read = reader.mapping(path, value)
        reader.keys(read, path, ("kind", "unit", "input_unit", "values", "label", "reference", "note"))
        kind = reader.one_of((*path, "kind"), read.get("kind"), ("tier", "bracket"))
        word = "value" if kind == "tier" else "rate"
        unit = reader.guarded((*path, "unit"), partial(Unit.parse, str(read.get("unit", "1")))) or RATIO
        entered = reader.guarded((*path, "input_unit"), partial(Unit.parse, str(read.get("input_unit", "1")))) or RATIO
        values = tuple(
            (day, _steps(reader, (*path, "values", day), rows, word)) for day, rows in _dated(reader, (*path, "values"), read.get("values"))
        )
        label = reader.texts((*path, "label"), read.get("label", str(name)))
        found[str(name)] = Table(str(name), kind, unit, entered, values, label, str(read.get("reference", "")), reader.tree.place(*path))
    return found


def read_cases(reader: Reader) -> tuple[Case, ...]:
    """Read the cases that ``run_cases`` runs."""
    found = []
    for index, value in enumerate(reader.tree.value.get("cases") or []):
        path = ("cases", index)
        read = reader.mapping(path, value)
        reader.keys(read, path, ("name", "period", "on", "data", "expect"))
        for needed in ("name", "period", "data", "expect"):
            if read.get(needed) is None:
                reader.fault(path, f"the case says no {needed!r}.")
        data = {str(entity): list(rows or []) for entity, rows in reader.mapping((*path, "data"), read.get("data")).items()}
        expect = reader.mapping((*path, "expect"), read.get("expect"))
        found.append(
            Case(
                str(read.get("name")),
                str(read.get("period")),
                reader.day((*path, "on"), read.get("on")),
                data,
                expect,
                reader.tree.place(*path),
            )
        )
    return tuple(found)
