"""Small rulebooks for tests."""

from townwright.kernel.formula import load_rulebook

HEAD = """rulebook: test
version: "1"
kind: indicators
status: draft
title: test
in_force: {from: 2020-01-01, to: null}
entities:
  zone: {key: key, columns: {}}
  firm: {key: key, columns: {money_a: money CNY, money_b: money CNY, area: number m2, flag: bool, other: bool}}
  lease: {key: id, columns: {firm: text, rent: money CNY, kind: text}}
links:
  zone.firms: {to: firm}
  firm.leases: {to: lease, on: firm}
parameters:
  rate: {unit: ratio, values: {2020-01-01: 0.12345678}}
  late: {unit: CNY, values: {2021-01-01: 5}}
tables:
  scale: {kind: bracket, input_unit: CNY, values: {2020-01-01: [{from: 1000000, rate: 0.90}, {from: 2000000, rate: 0.95}, {from: 5000000, rate: 0.98}]}}
  over: {kind: tier, input_unit: CNY, unit: CNY, values: {2020-01-01: [{from: 20000000, value: 20000, over: true}, {from: 50000000, value: 50000, over: true}]}}
"""


def book(variables: str, extra: str = ""):
    """Return a rulebook with the variables (YAML lines under ``variables:``)."""
    return load_rulebook(HEAD + extra + "variables:\n" + variables, source="test.yaml")


def variable(name: str, type_: str, formula: str, rounding: str = "") -> str:
    """Return one variable's YAML."""
    round_line = f"    round: {rounding}\n" if rounding else ""
    return f"  firm.{name}:\n    type: {type_}\n{round_line}    formula: |\n      {formula}\n"
