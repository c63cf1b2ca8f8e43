"""An invented policy of any number of variables, the same from the same seed, told as a rulebook and as OpenFisca variables."""

import random
import re

SECTORS = ["manufacturing", "software", "trade", "finance", "culture", "logistics"]
INPUTS, NULLABLE, LAYERS, SEED = 12, "m11", 25, 2026
MODULE = """import numpy
from openfisca_core.entities import build_entity
from openfisca_core.model_api import *

Firm = build_entity(key="firm", plural="firms", label="Firm", is_person=True)
"""
CLASS = """

class {name}(Variable):
    value_type = {type}
    entity = Firm
    definition_period = YEAR
    label = "{name}"
"""


class Policy:
    """Variables in layers; each reads inputs and variables of the layers before it."""

    chain, coded = False, True

    def __init__(self, variables, layers=LAYERS, outputs=35):
        self.chance = random.Random(SEED)
        self.parameters, self.variables = {}, []
        self.unused = []
        inputs = [f"m{n:02d}" for n in range(INPUTS)]
        before = [inputs]
        wide = max(1, -(-variables // layers))
        while len(self.variables) < variables:
            layer = []
            for _ in range(min(wide, variables - len(self.variables))):
                name = f"v{len(self.variables):03d}"
                self.variables.append((name, *self._formula(before)))
                layer.append(name)
            self.unused += layer
            before.append(layer)
        sinks = list(self.unused)
        rest = [name for name, *_ in self.variables if name not in sinks]
        self.outputs = sorted((sinks + self.chance.sample(rest, min(len(rest), max(0, outputs - len(sinks)))))[:outputs])

    def _pick(self, before):
        """Choose an operand, first what nobody has read yet."""
        if self.unused and self.chance.random() < 0.5:
            return self.unused.pop(0)
        name = self.chance.choice(self.chance.choice(before[-3:] + before[:1]))
        if name in self.unused:
            self.unused.remove(name)
        return name

    def _rate(self, most=9999):
        name = f"r{len(self.parameters):03d}"
        self.parameters[name] = ("ratio", [self.chance.randrange(100, most) / 10000 for _ in range(2)])
        return name

    def _limit(self):
        name = f"c{len(self.parameters):03d}"
        self.parameters[name] = ("CNY", [self.chance.randrange(1000, 500_000) for _ in range(2)])
        return name

    def _formula(self, before):
        a, b, c = (self._pick(before) for _ in range(3))
        s, t = self.chance.sample(SECTORS, 2)
        kind = self.chance.randrange(7)
        if kind == 0:
            r, q, u = self._rate(), self._rate(), self._rate()
            return (
                f"CASE WHEN sector = '{s}' THEN {a} * :{r} WHEN sector = '{t}' THEN {a} * :{q} ELSE {b} * :{u} END",
                f"select([sector == {{{s}}}, sector == {{{t}}}], [{a} * p.{r}, {a} * p.{q}], default={b} * p.{u})",
            )
        if kind == 1:
            r, q, u = self._rate(), self._rate(), self._limit()
            return f"LEAST({a} * :{r} + {b} * :{q}, :{u})", f"min_({a} * p.{r} + {b} * p.{q}, p.{u})"
        if kind == 2:
            r, q = self._rate(), self._rate()
            return f"GREATEST({a} - {b} * :{r}, {c} * :{q}, 0)", f"max_(max_({a} - {b} * p.{r}, {c} * p.{q}), 0)"
        if kind == 3:
            r, q, u = self._rate(), self._rate(), self._limit()
            return (
                f"CASE WHEN {a} > :{u} THEN ({a} - :{u}) * :{r} + {b} ELSE {c} * :{q} END",
                f"where({a} > p.{u}, ({a} - p.{u}) * p.{r} + {b}, {c} * p.{q})",
            )
        if kind == 4:
            r, u = self._rate(), self._limit()
            return (
                f"CASE WHEN {a} > {b} AND sector IN ('{s}', '{t}') THEN LEAST({a}, :{u}) ELSE GREATEST({b}, {c}) * :{r} END",
                f"where(({a} > {b}) * ((sector == {{{s}}}) + (sector == {{{t}}})), min_({a}, p.{u}), max_({b}, {c}) * p.{r})",
            )
        if kind == 5:
            r, q = self._rate(4000), self._rate()
            return f"({a} + {b} + {c}) * :{r} - LEAST({b}, {c}) * :{q}", f"({a} + {b} + {c}) * p.{r} - min_({b}, {c}) * p.{q}"
        r, q = self._rate(), self._rate()
        return (
            f"(LEAST({a}, {b}) * :{r} + COALESCE({NULLABLE}, 0) * :{q}) / 2",
            f"(min_({a}, {b}) * p.{r} + {NULLABLE} * p.{q}) / 2",
        )

    def named_outputs(self):
        """Return the results that are asked for, with their entity."""
        return [f"firm.{name}" for name in self.outputs]

    def rulebook(self):
        """Return the rulebook text. A missing figure is missing, but where a formula says COALESCE."""
        lines = ["rulebook: bench", 'version: "1"', "kind: indicators", "status: sample", "title: bench"]
        lines += ["in_force: {from: 2020-01-01, to: null}", "entities:", "  zone: {key: key, columns: {}}"]
        columns = ", ".join(f"m{n:02d}: money CNY" for n in range(INPUTS))
        lines += [f"  firm: {{key: key, columns: {{{columns}, sector: text}}}}", "links:", "  zone.firms: {to: firm}", "parameters:"]
        for name, (unit, (old, new)) in self.parameters.items():
            lines.append(f"  {name}: {{unit: {unit}, values: {{2020-01-01: {old}, 2024-01-01: {new}}}}}")
        lines.append("variables:")
        for name, formula, _ in self.variables:
            lines += [
                f"  firm.{name}:",
                "    type: money CNY",
                "    round: half_up 0.01",
                "    formula: |",
                f"      {self._whole(formula)}",
            ]
        return "\n".join(lines) + "\n"

    @staticmethod
    def _whole(formula):
        """Say what OpenFisca does by itself: an input that is not given counts as 0."""
        return re.sub(rf"\b{NULLABLE}\b(?!, 0\))", f"COALESCE({NULLABLE}, 0)", formula)

    def openfisca(self, *, coded, rounded):
        """Return a module of OpenFisca variables; ``rounded``: each result to the cent, as the rulebook says."""
        text = MODULE
        for name in [f"m{n:02d}" for n in range(INPUTS)]:
            text += CLASS.format(name=name, type="float")
        text += CLASS.format(name="sector", type="int" if coded else "str")
        words = {sector: str(place) if coded else f'"{sector}"' for place, sector in enumerate(SECTORS)}
        for name, _, formula in self.variables:
            text += CLASS.format(name=name, type="float") + "\n    def formula(firm, period, parameters):\n"
            text += "        p = parameters(period).policy\n"
            for operand in sorted(set(re.findall(r"\b[mv]\d+\b", formula))):
                text += f'        {operand} = firm("{operand}", period)\n'
            if "sector" in formula:
                text += '        sector = firm("sector", period)\n'
            told = formula.format(**words)
            text += f"        return numpy.floor(({told}) * 100 + 0.5) / 100\n" if rounded else f"        return {told}\n"
        return text

    def openfisca_parameters(self):
        """Return the tree of parameters."""
        return {
            name: {"values": {"2020-01-01": {"value": old}, "2024-01-01": {"value": new}}}
            for name, (_, (old, new)) in self.parameters.items()
        }
