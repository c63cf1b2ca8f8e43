"""A chain of household rules told in both languages: pay, income tax, contribution brackets, basic income, housing.

The rules are of the kind that a country's first model has; names and figures are invented.
"""

import numpy as np

FIGURES = {
    "tax_rate": ("ratio", 0.15),
    "basic_amount": ("CNY", 600),
    "basic_age": ("ratio", 18),
    "housing_share": ("ratio", 0.25),
    "housing_most": ("CNY", 1500),
    "dwelling_rate": ("CNY/m2", 10),
    "dwelling_least": ("CNY", 200),
}
BRACKETS = [(0, 0.02), (1_200_000, 0.06), (2_400_000, 0.12)]
BOOK = """rulebook: chain
version: "1"
kind: indicators
status: sample
title: chain
in_force: {from: 2020-01-01, to: null}
entities:
  zone: {key: key, columns: {}}
  household: {key: number, columns: {number: int, rent: money CNY, size: int m2}}
  person: {key: pid, columns: {pid: int, household: int, salary: money CNY, age: int}}
links:
  zone.households: {to: household}
  household.members: {to: person, on: household}
"""
FORMULAS = {
    ("person", "income_tax"): ("half_up 0.01", "salary * :tax_rate", "{salary} * p.tax_rate"),
    ("person", "contribution"): ("half_up 0.01", "BRACKET(salary, :contributions)", "p.contributions.calc({salary})"),
    ("person", "basic_income"): ("", "CASE WHEN age >= :basic_age THEN :basic_amount ELSE 0 END", "({age} >= p.basic_age) * p.basic_amount"),
    ("household", "housing_allowance"): ("half_up 0.01", "LEAST(rent * :housing_share, :housing_most)", "min_({rent} * p.housing_share, p.housing_most)"),
    ("household", "housing_tax"): ("half_up 0.01", "GREATEST(size * :dwelling_rate, :dwelling_least)", "max_({size} * p.dwelling_rate, p.dwelling_least)"),
    ("household", "benefits"): ("", "SUM(members.basic_income) + housing_allowance", "<basic_income> + {housing_allowance}"),
    ("household", "taxes"): (
        "", "SUM(members.income_tax) + SUM(members.contribution) + housing_tax", "<income_tax> + <contribution> + {housing_tax}",
    ),
    ("household", "disposable"): ("", "SUM(members.salary) + benefits - taxes", "<salary> + {benefits} - {taxes}"),
}  # fmt: skip
MODULE = """import numpy
from openfisca_core.entities import build_entity
from openfisca_core.model_api import *

Person = build_entity(key="person", plural="persons", label="Person", is_person=True)
Household = build_entity(key="household", plural="households", label="Household", roles=[{"key": "member", "plural": "members", "label": "Member"}])
"""
CLASS = """

class {name}(Variable):
    value_type = {type}
    entity = {entity}
    definition_period = YEAR
    label = "{name}"
"""


class Chain:
    """The chain, its data, and what is asked of it."""

    chain, coded = True, False
    variables = tuple(FORMULAS)

    @staticmethod
    def named_outputs():
        """Return the results that are asked for, with their entity."""
        return ["household.disposable", "household.taxes", "household.benefits"]

    @staticmethod
    def rulebook():
        """Return the rulebook text."""
        lines = ["parameters:"] + [
            f"  {name}: {{unit: {unit}, values: {{2020-01-01: {value}}}}}" for name, (unit, value) in FIGURES.items()
        ]
        rows = ", ".join(f"{{from: {start // 100}, rate: {rate}}}" for start, rate in BRACKETS)
        lines += ["tables:", f"  contributions: {{kind: bracket, input_unit: CNY, values: {{2020-01-01: [{rows}]}}}}", "variables:"]
        for (entity, name), (rounding, formula, _) in FORMULAS.items():
            lines += [f"  {entity}.{name}:", "    type: money CNY", *([f"    round: {rounding}"] if rounding else [])]
            lines += ["    formula: |", f"      {formula}"]
        return BOOK + "\n".join(lines) + "\n"

    @staticmethod
    def openfisca_parameters():
        """Return the tree of parameters."""
        dated = lambda value: {"2020-01-01": {"value": value}}  # noqa: E731
        told = {name: {"values": dated(value)} for name, (_, value) in FIGURES.items()}
        brackets = [{"threshold": dated(start / 100), "rate": dated(rate)} for start, rate in BRACKETS]
        return {**told, "contributions": {"brackets": brackets}}

    @staticmethod
    def openfisca(*, coded, rounded):
        """Return a module of OpenFisca variables; ``rounded``: each result to the cent, as the rulebook says."""
        text = MODULE
        inputs = {"salary": ("Person", "float"), "age": ("Person", "int"), "rent": ("Household", "float"), "size": ("Household", "int")}
        for name, (entity, kind) in inputs.items():
            text += CLASS.format(name=name, type=kind, entity=entity)
        for (entity, name), (rounding, _, formula) in FORMULAS.items():
            text += CLASS.format(name=name, type="float", entity=entity.capitalize())
            text += f"\n    def formula({entity}, period, parameters):\n        p = parameters(period).policy\n"
            for other in [*inputs, *(told for _, told in FORMULAS)]:
                formula = formula.replace("{" + other + "}", f'{entity}("{other}", period)')
                formula = formula.replace(f"<{other}>", f'{entity}.sum({entity}.members("{other}", period))')
            text += (
                f"        return numpy.floor(({formula}) * 100 + 0.5) / 100\n" if rounded and rounding else f"        return {formula}\n"
            )
        return text

    @staticmethod
    def columns(folder, rows):
        """Write persons and households."""
        chance = np.random.default_rng(11)
        households = max(1, rows * 2 // 5)
        owner = np.sort(np.r_[np.arange(min(households, rows)), chance.integers(0, households, rows - min(households, rows))])
        columns = {
            "person": {
                "pid": np.arange(rows), "household": owner, "salary": np.exp(chance.normal(14.5, 0.9, rows)).astype(np.int64),
                "age": chance.integers(0, 90, rows),
            },
            "household": {
                "number": np.arange(households), "rent": chance.integers(20_000, 900_000, households), "size": chance.integers(15, 200, households),
            },
        }  # fmt: skip
        for entity, told in columns.items():
            (folder / "text" / entity).mkdir(parents=True)
            for name, values in told.items():
                np.save(folder / "text" / entity / f"{name}.npy", values)
        np.save(folder / "text" / "households.npy", owner)
