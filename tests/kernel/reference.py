"""A slow reference of the language: it walks the typed representation on Python fractions and shares no code with the executors."""

import math
from calendar import monthrange
from datetime import date
from decimal import Decimal
from fractions import Fraction


class Reference:
    """Evaluates formulas over rows given as dictionaries; missing is None."""

    def __init__(self, compiled, data):
        self.compiled, self.data, self.seen = compiled, data, {}

    def column(self, entity, name):
        """Return a variable for every row."""
        return [self.variable(entity, name, row) for row in range(len(self.data[entity]))]

    def variable(self, entity, name, row):
        key = (entity, name, row)
        if key not in self.seen:
            value = self.expr(self.compiled.formulas[entity, name], row)
            told = self.compiled.book.variables.get((entity, name))
            if value is not None and told is not None and told.rounding is not None:
                value = to_step(value, told.rounding.mode, told.rounding.step)
            self.seen[key] = value
        return self.seen[key]

    def key(self, entity):
        return self.compiled.book.entities[entity].key[0]

    def expr(self, node, row, owner=None):
        op = node.op
        if op == "column":
            return exact(self.data[node.entity][row].get(node.name))
        if op == "variable":
            return self.variable(node.entity, node.name, row)
        if op == "literal":
            return node.value
        if op == "parameter":
            return self.compiled.versions[node.name].value
        if op in ("period_start", "period_end"):
            return self.compiled.period.start if op == "period_start" else self.compiled.period.end
        if op == "period_year":
            return Fraction(self.compiled.period.start.year)
        if op == "outer":
            return self.expr(node.args[0], owner)
        if op == "lookup":
            wanted = self.data[node.entity][row].get(node.extra.column)
            found = [
                n for n, one in enumerate(self.data[node.extra.to]) if wanted is not None and one.get(self.key(node.extra.to)) == wanted
            ]
            return self.expr(node.args[0], found[-1]) if found else None
        if op == "aggregate":
            return self.aggregate(node, row)
        if op == "case":
            return self.case(node, row, owner)
        args = [self.expr(arg, row, owner) for arg in node.args]
        if op in ("and", "or"):
            strong = op == "or"
            return strong if strong in args else None if None in args else not strong
        if op == "missing":
            return args[0] is None
        if op == "coalesce":
            present = [arg for arg in args if arg is not None]
            return present[0] if present else None
        return None if None in args else self.strict(node, args)

    def case(self, node, row, owner):
        tests = [self.expr(node.args[2 * n], row, owner) for n in range(node.extra)]
        for place, test in enumerate(tests):
            if test is None:
                return None
            if test:
                return self.expr(node.args[2 * place + 1], row, owner)
        rest = node.args[2 * node.extra :]
        return self.expr(rest[0], row, owner) if rest else None

    def strict(self, node, args):
        op, first = node.op, args[0]
        second = args[1] if len(args) > 1 else None
        if op in ("tier", "bracket"):
            return stepped(first, self.compiled.versions[node.name].value, marginal=op == "bracket")
        if op == "div":
            return None if second == 0 else first / second
        if op == "round":
            return to_step(first, node.extra.mode, node.extra.step)
        if op == "left":
            return first[: node.extra]
        if op == "starts_with":
            return first[: len(node.extra)] == node.extra
        return TABLE[op](first, second, args)

    def aggregate(self, node, row):
        link, has_value, has_test = node.extra
        name, mine = node.name, []
        for place, child in enumerate(self.data[link.to]):
            if link.kind == "all":
                belongs = row == 0
            else:
                belongs = child.get(link.column) is not None and child.get(link.column) == self.data[link.owner][row].get(
                    self.key(link.owner)
                )
            if belongs:
                test = self.expr(node.args[-1], place, row) if has_test else True
                mine.append((test, (self.expr(node.args[0], place, row) if has_value else True) if test else None))
        kept = [value for test, value in mine if test]
        unknown = any(test is None for test, _ in mine)
        if name in ("ANY", "ALL"):
            settles = name == "ANY"
            return settles if settles in kept else None if unknown or None in kept else not settles
        if unknown:
            return None
        if name == "COUNT":
            return Fraction(len([value for value in kept if value is not None]))
        if None in kept:
            return None
        if name == "SUM":
            return sum(kept, Fraction(0))
        return None if not kept else min(kept) if name == "MIN" else max(kept)


def exact(value):
    """Return numbers as fractions."""
    return Fraction(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def to_step(value, mode, step):
    """Round by the definition of each mode, on doubled integers."""
    scaled = Fraction(value) / Fraction(step)
    n, d = scaled.numerator, scaled.denominator
    if mode == "floor":
        whole = math.floor(scaled)
    elif mode == "ceiling":
        whole = math.ceil(scaled)
    elif mode == "half_even":
        whole = round(scaled)
    elif mode == "half_up":
        whole = (2 * n + d) // (2 * d)
    else:
        whole = (2 * abs(n) + d) // (2 * d) * (1 if n >= 0 else -1)
    return whole * Fraction(step)


def stepped(value, steps, *, marginal):
    """Walk a table from its top."""
    total, top = Fraction(0), value
    for step in reversed(steps):
        if marginal:
            if top > step.start:
                total, top = total + (top - step.start) * step.value, step.start
        elif value > step.start or (value == step.start and not step.over):
            return step.value
    return total


def months(first, second):
    """Count full months by stepping back from the month's number."""
    count = 12 * second.year + second.month - (12 * first.year + first.month)
    return count if second.day >= first.day else count - 1


def later(day, count):
    """Return the day some months on."""
    year, month = divmod(12 * day.year + day.month - 1 + int(count), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


TABLE = {
    "add": lambda a, b, _: a + b, "sub": lambda a, b, _: a - b, "mul": lambda a, b, _: a * b, "neg": lambda a, b, _: -a,
    "abs": lambda a, b, _: abs(a), "not": lambda a, b, _: not a, "eq": lambda a, b, _: a == b, "ne": lambda a, b, _: a != b,
    "lt": lambda a, b, _: a < b, "le": lambda a, b, _: a <= b, "gt": lambda a, b, _: a > b, "ge": lambda a, b, _: a >= b,
    "least": lambda a, b, all_: sorted(all_)[0], "greatest": lambda a, b, all_: sorted(all_)[-1],
    "months_between": lambda a, b, _: Fraction(months(a, b)), "years_between": lambda a, b, _: Fraction(math.floor(Fraction(months(a, b), 12))),
    "days_between": lambda a, b, _: Fraction(b.toordinal() - a.toordinal()), "add_months": lambda a, b, _: later(a, b),
    "year": lambda a, b, _: Fraction(a.year), "month": lambda a, b, _: Fraction(a.month),
}  # fmt: skip
