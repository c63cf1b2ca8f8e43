"""Random rulebooks over the types and functions of the language, and random rows for them."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from townwright.kernel.formula import load_rulebook
from townwright.kernel.values.rounding import MODES

HEAD = """rulebook: random
version: "1"
kind: indicators
status: draft
title: random
in_force: {from: 2020-01-01, to: null}
entities:
  zone: {key: key, columns: {}}
  street: {key: key, columns: {factor: ratio, name: text}}
  firm: {key: key, columns: {a: money CNY, b: money CNY, c: money CNY, share: ratio, staff: int, flag: bool, other: bool, kind: text, place: text,
    opened: date, closed: date, street: text}}
  lease: {key: id, columns: {firm: text, rent: money CNY, live: bool}}
links:
  zone.firms: {to: firm}
  firm.leases: {to: lease, on: firm}
  firm.road: {to: street, by: street}
parameters:
  rate: {unit: ratio, values: {2020-01-01: 0.12345678}}
  half: {unit: ratio, values: {2020-01-01: 0.5}}
  cap: {unit: CNY, values: {2020-01-01: 123456.78}}
tables:
  scale: {kind: bracket, input_unit: CNY, values: {2020-01-01: [{from: 10000, rate: 0.90}, {from: 20000.5, rate: 0.055}, {from: 5000000, rate: 0.98}]}}
  over: {kind: tier, input_unit: CNY, unit: CNY, values: {2020-01-01: [{from: 0, value: 1}, {from: 20000, value: 20000.25, over: true}, {from: 50000000, value: 5}]}}
variables:
"""
WORDS = ["software", "trade", "软件", "soft", ""]
STEPS = ["0.01", "0.0001", "1", "0.25", "100"]
OPERATORS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def _literal(draw, most=8):
    places = draw(st.integers(0, most))
    return f"{Decimal(draw(st.integers(0, 10 ** draw(st.integers(1, 9))))).scaleb(-places):f}"


class Formulas:
    """Draws formulas by kind; ``known`` holds variables drawn before."""

    def __init__(self, draw, known):
        self.draw, self.known = draw, known

    def of(self, kind, depth):
        """Return a formula of a kind."""
        leaves, made = getattr(self, f"{kind}_leaf"), getattr(self, f"{kind}_made")
        earlier = [name for name, told in self.known if told == kind]
        if earlier and self.draw(st.integers(0, 3)) == 0:
            return self.draw(st.sampled_from(earlier))
        return made(depth) if depth > 0 and self.draw(st.integers(0, 4)) else leaves()

    def choice(self, kind, depth):
        """Return what can be said of any kind."""
        one = self.of(kind, depth - 1)
        which = self.draw(st.integers(0, 2))
        if which == 0:
            rest = f" ELSE {self.of(kind, depth - 1)}" if self.draw(st.booleans()) else ""
            more = f" WHEN {self.of('truth', depth - 1)} THEN {self.of(kind, depth - 1)}" if self.draw(st.booleans()) else ""
            return f"CASE WHEN {self.of('truth', depth - 1)} THEN {one}{more}{rest} END"
        if which == 1 or kind in ("truth", "text"):
            return f"COALESCE({one}, {self.of(kind, depth - 1)})"
        return f"{self.draw(st.sampled_from(['LEAST', 'GREATEST']))}({one}, {self.of(kind, depth - 1)}, {self.of(kind, depth - 1)})"

    def money_leaf(self):
        return self.draw(
            st.sampled_from(
                ["a", "b", "c", "(0 + :cap)", "UNIT(0.01, 'CNY')", "SUM(leases.rent) FILTER (WHERE leases.live)", "MAX(leases.rent)"]
            )
        )

    def money_made(self, depth):
        one, two = (lambda: self.of("money", depth - 1)), (lambda: self.of("ratio", depth - 1))
        which = self.draw(st.integers(0, 9))
        if which <= 1:
            return f"({one()} {self.draw(st.sampled_from('+-'))} {one()})"
        if which == 2:
            return f"({one()} * {two()})"
        if which == 3:
            return f"({one()} / {two()})"
        if which == 4:
            return f"ROUND_TO({one()}, {self.draw(st.sampled_from(STEPS))}, '{self.draw(st.sampled_from(MODES))}')"
        if which == 5:
            rounded = f"ROUND_TO({one()}, 0.01, 'half_up')"
            return f"BRACKET({rounded}, :scale)"
        if which == 6:
            return f"TIER({one()}, :over)"
        if which == 7:
            return self.draw(st.sampled_from(["ABS({})", "(-{})"])).format(one())
        return self.choice("money", depth)

    def ratio_leaf(self):
        return self.draw(
            st.sampled_from(
                [
                    "share",
                    "staff",
                    "(0 + :rate)",
                    "(0 + :half)",
                    "road.factor",
                    "YEAR(opened)",
                    "MONTH(closed)",
                    "COUNT(leases)",
                    _literal(self.draw),
                ]
            )
        )

    def ratio_made(self, depth):
        one = lambda: self.of("ratio", depth - 1)  # noqa: E731
        which = self.draw(st.integers(0, 6))
        if which <= 1:
            return f"({one()} {self.draw(st.sampled_from('+-*'))} {one()})"
        if which == 2:
            return f"({one()} / {one()})"
        if which == 3:
            return f"({self.of('money', depth - 1)} / {self.of('money', depth - 1)})"
        if which == 4:
            unit = self.draw(st.sampled_from(["MONTHS", "YEARS", "DAYS"]))
            single = unit.lower()[:-1]
            return f"({unit}_BETWEEN({self.of('day', depth - 1)}, {self.of('day', depth - 1)}) / UNIT(7, '{single}'))"
        return self.choice("ratio", depth)

    def truth_leaf(self):
        return self.draw(st.sampled_from(["flag", "other", "ANY(leases.live)", "ALL(leases.rent > a)", "TRUE", "kind = 'trade'"]))

    def truth_made(self, depth):
        which, operator = self.draw(st.integers(0, 8)), self.draw(OPERATORS)
        kind = self.draw(st.sampled_from(["money", "ratio", "day", "text"]))
        if which <= 2:
            return f"({self.of(kind, depth - 1)} {operator} {self.of(kind, depth - 1)})"
        if which == 3:
            return f"({self.of('truth', depth - 1)} {self.draw(st.sampled_from(['AND', 'OR']))} {self.of('truth', depth - 1)})"
        if which == 4:
            return f"(NOT {self.of('truth', depth - 1)})"
        if which == 5:
            return f"({self.of(kind, depth - 1)} IS {self.draw(st.sampled_from(['', 'NOT ']))}NULL)"
        if which == 6:
            return f"({self.of('money', depth - 1)} BETWEEN {self.of('money', depth - 1)} AND {self.of('money', depth - 1)})"
        if which == 7:
            chosen = self.draw(
                st.sampled_from(["kind IN ('trade', 'software', '软件')", "STARTS_WITH(place, 'soft')", "LEFT(kind, 4) = 'soft'"])
            )
            return f"({chosen})"
        return self.choice("truth", depth)

    def text_leaf(self):
        return self.draw(st.sampled_from(["kind", "place", "'trade'", "'nothing'", "road.name"]))

    def text_made(self, depth):
        return (
            self.choice("text", depth)
            if self.draw(st.booleans())
            else f"LEFT({self.of('text', depth - 1)}, {self.draw(st.integers(0, 5))})"
        )

    def day_leaf(self):
        return self.draw(st.sampled_from(["opened", "closed", "DATE '2020-02-29'", "PERIOD_START()", "PERIOD_END()"]))

    def day_made(self, depth):
        if self.draw(st.booleans()):
            return self.choice("day", depth)
        count = self.draw(st.sampled_from(["1", "12", "staff", "MONTH(opened)"]))
        return f"ADD_MONTHS({self.draw(st.sampled_from(['opened', 'closed']))}, {count})"


TYPES = {"money": "money CNY", "ratio": "number ratio", "truth": "bool", "text": "text", "day": "date"}


@st.composite
def rulebooks(draw):
    """Return a rulebook of a few variables and their names."""
    known, lines = [], []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["money", "money", "money", "ratio", "truth", "text", "day"]))
        formula = Formulas(draw, known).of(kind, draw(st.integers(1, 4)))
        rounding = f"{draw(st.sampled_from(MODES))} {draw(st.sampled_from(STEPS))}"
        lines += [f"  firm.v{number}:", f"    type: {TYPES[kind]}"]
        lines += [f"    round: {rounding}"] if kind in ("money", "ratio") else []
        lines += ["    formula: |", f"      {formula}"]
        known.append((f"v{number}", kind))
    return load_rulebook(HEAD + "\n".join(lines) + "\n", source="random.yaml"), [name for name, _ in known]


CENTS = st.one_of(
    st.none(), st.integers(-(10**6), 10**6), st.integers(-(10**15), 10**15), st.integers(-(10**17), 10**17),
    st.sampled_from([0, 1, -1, 5, -5, 15, 10**15, -(10**15), 2**53, 2**62, -(2**62), 1_000_000, 2_000_050, 500_000_000]),
)  # fmt: skip
MONEY = CENTS.map(lambda cents: None if cents is None else Decimal(cents).scaleb(-2))
SHARES = st.one_of(st.none(), st.integers(-(10**8), 10**8)).map(lambda part: None if part is None else Decimal(part).scaleb(-6))
DAYS = st.one_of(
    st.none(), st.integers(-25_000, 65_000).map(lambda day: date(1970, 1, 1) + timedelta(days=day)), st.just(date(2020, 2, 29))
)
TRUTHS = st.sampled_from([None, True, False])
TEXTS = st.sampled_from([None, *WORDS])
FIRM = st.fixed_dictionaries(
    {
        "a": MONEY, "b": MONEY, "c": MONEY, "share": SHARES, "staff": st.one_of(st.none(), st.integers(-30, 400)), "flag": TRUTHS, "other": TRUTHS,
        "kind": TEXTS, "place": TEXTS, "opened": DAYS, "closed": DAYS, "street": st.sampled_from([None, "0", "1", "7"]),
    }
)  # fmt: skip
LEASE = st.fixed_dictionaries({"firm": st.sampled_from(["0", "1", "2", "9", None]), "rent": MONEY, "live": TRUTHS})
STREET = st.fixed_dictionaries({"factor": SHARES, "name": TEXTS})


@st.composite
def rows(draw):
    """Return rows of all entities."""
    firms, leases, streets = (
        draw(st.one_of(st.lists(FIRM, max_size=3), st.lists(FIRM, min_size=9, max_size=24))),
        draw(st.lists(LEASE, max_size=6)),
        draw(st.lists(STREET, max_size=3)),
    )
    return {
        "firm": [{"key": str(n), **row} for n, row in enumerate(firms)],
        "lease": [{"id": str(n), **row} for n, row in enumerate(leases)],
        "street": [{"key": str(n), **row} for n, row in enumerate(streets)],
    }
