"""A small town for tests of links, chains, groups and periods."""

from townwright.kernel.formula import compile_rulebook, evaluate, load_rulebook, tables_of_rows
from townwright.kernel.formula.executors.interpreter import Interpreter, Rows
from townwright.kernel.values.period import Period

HEAD = """rulebook: town
version: "1"
kind: indicators
status: draft
title: town
in_force: {from: 2015-01-01, to: null}
entities:
  zone: {key: key, columns: {}}
  building: {key: id, columns: {grade: text, floors: int}}
  unit: {key: id, columns: {building: text, size: number m2}}
  firm: {key: key, columns: {name: text, section: text, county: int, score: number point, exempt: bool, vetoed: bool, unit: text, first: date, day: date, count: int, area: number m2}}
  lease: {key: id, columns: {firm: text, unit: text, rent: money CNY, kind: text, from_on: date, to_on: date}}
  payment: {key: id, columns: {lease: text, amount: money CNY, paid_on: date, settled: bool}}
  yearly: {key: [firm, period], period: period, columns: {firm: text, period: text, year: int, revenue: money CNY, tax: money CNY}}
links:
  zone.firms: {to: firm}
  building.units: {to: unit, on: building}
  unit.building_of: {to: building, by: building}
  unit.leases: {to: lease, on: unit}
  firm.leases: {to: lease, on: firm}
  firm.home: {to: unit, by: unit}
  firm.returns: {to: yearly, on: firm}
  lease.payments: {to: payment, on: lease}
  lease.of_unit: {to: unit, by: unit}
  yearly.filer: {to: firm, by: firm}
parameters:
  factor: {unit: ratio, values: {2015-01-01: 0.5}}
tables:
  fade: {kind: by_year, values: {2015-01-01: {1: 1, 2: 0.5, 4: 0.25}}}
  grades:
    kind: bands
    ties: up
    rounding: half_up
    values: {2015-01-01: [{band: A, to: 0.20}, {band: B, to: 0.60}, {band: C, to: 0.95}, {band: D, to: 1}]}
  strict:
    kind: bands
    order: asc
    ties: down
    rounding: floor
    fewer: {than: 3, band: C}
    values: {2015-01-01: [{band: A, to: 0.20}, {band: B, to: 0.60}, {band: C, to: 0.95}, {band: D, to: 1}]}
"""


def variables(*told):
    """Return YAML of (name, type, formula[, rounding])."""
    lines = ["variables:\n"]
    for name, type_, formula, *rounding in told:
        lines.append(f"  {name}:\n    type: {type_}\n")
        lines += [f"    round: {one}\n" for one in rounding]
        lines.append(f"    formula: |\n      {formula}\n")
    return "".join(lines)


def town(*told, period="2020"):
    """Return the rulebook compiled."""
    return compile_rulebook(load_rulebook(HEAD + variables(*told), source="town.yaml"), period=Period.parse(period))


def both(compiled, data, entity, name):
    """Return a variable's values by the numpy executor, after asserting that the interpreter gives the same."""
    tables = tables_of_rows(compiled.book, data)
    fast = evaluate(compiled, tables)
    slow = Interpreter(compiled, Rows(compiled, tables))
    values = fast.values(entity, name)
    exact = [slow.variable(entity, name, row) for row in range(len(values))]
    assert values == exact, (name, values, exact)
    return values


def one(type_, formula, data, *, entity="firm", rounding=(), period="2020", more=()):
    """Return the values of one formula by both executors."""
    return both(town((f"{entity}.x", type_, formula, *rounding), *more, period=period), data, entity, "x")
