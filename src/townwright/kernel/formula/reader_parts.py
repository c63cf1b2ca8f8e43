"""The tables of a rulebook: entities, links, parameters, tables of steps, cases."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.naming import suggestion
from townwright.kernel.formula.rulebook import BandRules, Case, Entity, Link, Parameter, Step, Table
from townwright.kernel.formula.types import NUMBER, Type
from townwright.kernel.formula.units import RATIO, Unit
from townwright.kernel.values.rounding import MODES

if TYPE_CHECKING:
    from townwright.kernel.formula.reader import Reader

Path = tuple[Any, ...]
Bounds = tuple[Fraction | None, Fraction | None]


def read_entities(reader: Reader) -> dict[str, Entity]:
    """Read the entities and the columns that the rulebook needs of each."""
    found: dict[str, Entity] = {}
    for name, value in reader.mapping(("entities",), reader.tree.value.get("entities")).items():
        path = ("entities", name)
        reader.name(path, str(name))
        read = reader.mapping(path, value)
        reader.keys(read, path, ("key", "columns", "period"))
        key = read.get("key", "key")
        columns: dict[str, Type] = {}
        bounds: dict[str, Bounds] = {}
        for column, told in reader.mapping((*path, "columns"), read.get("columns")).items():
            _column(reader, (*path, "columns", column), told, columns, bounds)
        keys = tuple(str(one) for one in key) if isinstance(key, list) else (str(key),)
        for one in keys:
            columns.setdefault(one, Type("text", word="text"))
        period = str(read.get("period") or "")
        if period and (period not in columns or columns[period].word not in ("text", "int")):
            reader.fault((*path, "period"), "period-column", entity=name, column=period)
            period = ""
        found[str(name)] = Entity(str(name), keys, columns, period, bounds)
    return found


def _column(reader: Reader, path: Path, told: Any, columns: dict[str, Type], bounds: dict[str, Bounds]) -> None:
    """Read ``money CNY`` or ``{type: money CNY, min: 0, max: 1000000}``."""
    name = str(path[-1])
    reader.name(path, name)
    edges: Bounds = (None, None)
    if isinstance(told, dict):
        reader.keys(told, path, ("type", "min", "max"))
        low, high = (None if told.get(edge) is None else reader.fraction((*path, edge), told[edge]) for edge in ("min", "max"))
        edges = (low, high)
        told = told.get("type", "")
    type_ = reader.guarded(path, partial(Type.declared, str(told)))
    if type_ is None:
        return
    columns[name] = type_
    if edges == (None, None):
        return
    if type_.kind != NUMBER:
        reader.fault(path, "bounds-kind", entity=path[1], column=name)
    elif edges[0] is not None and edges[1] is not None and edges[0] > edges[1]:
        reader.fault(path, "bounds", entity=path[1], column=name, low=edges[0], high=edges[1])
    else:
        bounds[name] = edges


def read_links(reader: Reader, entities: dict[str, Entity]) -> dict[tuple[str, str], Link]:
    """Read links: ``{to, on}`` to many by the child's column, ``{to, by}`` to one, ``{to}`` from zone to all rows."""
    found: dict[tuple[str, str], Link] = {}
    for full, value in reader.mapping(("links",), reader.tree.value.get("links")).items():
        path = ("links", full)
        owner, _, name = str(full).partition(".")
        reader.name(path, name)
        read = reader.mapping(path, value)
        reader.keys(read, path, ("to", "on", "by"))
        to = str(read.get("to", ""))
        for entity in (owner, to):
            if entity not in entities:
                reader.fault(path, "link-entity", link=full, entity=entity, hint=suggestion(entity, entities))
        kind = "many" if read.get("on") else "one" if read.get("by") else "all"
        if kind == "all" and owner in entities and owner != "zone":
            reader.fault(path, "link-all", link=full)
        column = str(read.get("on") or read.get("by") or "")
        holder = {"many": to, "one": owner}.get(kind, "")
        if column and holder in entities and column not in entities[holder].columns:
            reader.fault(path, "link-column", holder=holder, column=column, link=full, hint=suggestion(column, entities[holder].columns))
        found[owner, name] = Link(owner, name, to, kind, column)
    return found


def _dated(reader: Reader, path: Path, value: Any) -> list[tuple[date, Any]]:
    dated = []
    for day, told in reader.mapping(path, value).items():
        if type(day) is not date:  # not a moment either
            reader.fault((*path, day), "not-a-date", value=day)
            continue
        dated.append((day, told))
    if not dated:
        reader.fault(path, "no-value")
    return sorted(dated, key=lambda pair: pair[0])


def read_parameters(reader: Reader) -> dict[str, Parameter]:
    """Read effective-dated parameters."""
    found: dict[str, Parameter] = {}
    for name, value in reader.mapping(("parameters",), reader.tree.value.get("parameters")).items():
        path = ("parameters", name)
        reader.name(path, str(name))
        read = reader.mapping(path, value)
        reader.keys(read, path, ("unit", "label", "reference", "values", "note"))
        unit = reader.guarded((*path, "unit"), partial(Unit.parse, str(read.get("unit", "1")))) or RATIO
        values = tuple(
            (day, None if told is None else reader.fraction((*path, "values", day), told))
            for day, told in _dated(reader, (*path, "values"), read.get("values"))
        )
        label = reader.texts((*path, "label"), read.get("label", str(name)))
        found[str(name)] = Parameter(str(name), unit, values, label, str(read.get("reference", "")), reader.tree.key_place(*path))
    return found


def _steps(reader: Reader, path: Path, rows: Any, kind: str) -> tuple[Step, ...]:
    if kind == "by_year":
        return _years(reader, path, rows)
    if kind == "bands":
        return _bands(reader, path, rows)
    word = "value" if kind == "tier" else "rate"
    steps: list[Step] = []
    for index, row in enumerate(reader.rows(path, rows)):
        here = (*path, index)
        read = reader.mapping(here, row)
        reader.keys(read, here, ("from", word, "over"))
        start, value = reader.fraction(here, read.get("from")), reader.fraction(here, read.get(word))
        if start is None or value is None:
            continue
        if steps and start <= steps[-1].start:
            reader.fault(here, "limit-order", limit=read.get("from"))
        steps.append(Step(Fraction(start), Fraction(value), bool(read.get("over", False))))
    if not steps:
        reader.fault(path, "no-rows", word=word)
    return tuple(steps)


def _years(reader: Reader, path: Path, rows: Any) -> tuple[Step, ...]:
    """Read ``{1: 1, 2: 0.5}``: the value of each year; 0 in years that are not told."""
    told: dict[int, Fraction] = {}
    for year, value in reader.mapping(path, rows).items():
        read = reader.fraction((*path, year), value)
        if not isinstance(year, int) or year < 1:
            reader.fault((*path, year), "year-key", year=year)
        elif read is not None:
            told[year] = read
    if not told:
        reader.fault(path, "no-rows", word="value")
    steps: list[Step] = []
    for year in sorted(told):
        steps.append(Step(Fraction(year), told[year]))
        if year + 1 not in told:
            steps.append(Step(Fraction(year + 1), Fraction(0)))
    return tuple(steps)


def _bands(reader: Reader, path: Path, rows: Any) -> tuple[Step, ...]:
    steps: list[Step] = []
    for index, row in enumerate(reader.rows(path, rows)):
        here = (*path, index)
        read = reader.mapping(here, row)
        reader.keys(read, here, ("band", "to"))
        edge, name = reader.fraction(here, read.get("to")), str(read.get("band", ""))
        if edge is None:
            continue
        before = steps[-1].start if steps else Fraction(0)
        if edge <= before or edge > 1:
            reader.fault(here, "bands-edge", edge=read.get("to"), before=before)
        if not name or name in [step.band for step in steps]:
            reader.fault(here, "bands-name", name=name)
        steps.append(Step(edge, Fraction(index), band=name))
    if not steps:
        reader.fault(path, "no-rows", word="to")
    elif steps[-1].start != 1:
        reader.fault(path, "bands-edge", edge=steps[-1].start, before=steps[-2].start if len(steps) > 1 else 0)
    return tuple(steps)


def _band_rules(reader: Reader, path: Path, read: dict[str, Any], values: Any) -> BandRules:
    order = reader.one_of((*path, "order"), read.get("order", "desc"), ("desc", "asc"))
    ties = reader.one_of((*path, "ties"), read.get("ties"), ("up", "down"))
    rounding = reader.one_of((*path, "rounding"), read.get("rounding"), MODES)
    fewer = reader.mapping((*path, "fewer"), read.get("fewer"))
    reader.keys(fewer, (*path, "fewer"), ("than", "band"))
    small = str(fewer.get("band", ""))
    names = [step.band for _, steps in values for step in steps]
    if fewer and small not in names:
        reader.fault((*path, "fewer"), "bands-fewer", name=small, bands=", ".join(dict.fromkeys(names)))
    than = reader.fraction((*path, "fewer", "than"), fewer.get("than")) if fewer else None
    return BandRules(order, ties, rounding, int(than or 0), small)


def read_tables(reader: Reader) -> dict[str, Table]:
    """Read tiers (``value``), tables by year, brackets (``rate``) and bands (``band``, ``to``), in force from dates."""
    found: dict[str, Table] = {}
    for name, value in reader.mapping(("tables",), reader.tree.value.get("tables")).items():
        path = ("tables", name)
        reader.name(path, str(name))
        read = reader.mapping(path, value)
        kind = reader.one_of((*path, "kind"), read.get("kind"), ("tier", "by_year", "bracket", "bands"))
        more = ("order", "ties", "rounding", "fewer") if kind == "bands" else ("unit", "input_unit")
        reader.keys(read, path, ("kind", "values", "label", "reference", "note", *more))
        unit = reader.guarded((*path, "unit"), partial(Unit.parse, str(read.get("unit", "1")))) or RATIO
        entered = reader.guarded((*path, "input_unit"), partial(Unit.parse, str(read.get("input_unit", "1")))) or RATIO
        values = tuple(
            (day, _steps(reader, (*path, "values", day), rows, kind)) for day, rows in _dated(reader, (*path, "values"), read.get("values"))
        )
        label = reader.texts((*path, "label"), read.get("label", str(name)))
        bands = _band_rules(reader, path, read, values) if kind == "bands" else None
        place = reader.tree.key_place(*path)
        found[str(name)] = Table(str(name), kind, unit, entered, values, label, str(read.get("reference", "")), place, bands)
    return found


def read_cases(reader: Reader) -> tuple[Case, ...]:
    """Read the cases that ``run_cases`` runs."""
    found = []
    for index, value in enumerate(reader.rows(("cases",), reader.tree.value.get("cases"))):
        path = ("cases", index)
        read = reader.mapping(path, value)
        reader.keys(read, path, ("name", "period", "on", "data", "expect"))
        for needed in ("name", "period", "data", "expect"):
            if read.get(needed) is None:
                reader.fault(path, "missing-key", what=Said("算例", "the case"), key=needed)
        told = reader.mapping((*path, "data"), read.get("data"))
        data = {
            str(entity): [reader.mapping((*path, "data", entity), row) for row in reader.rows((*path, "data", entity), rows)]
            for entity, rows in told.items()
        }
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
