"""What the ranges tell: branches that can never be reached, caps that never bind, sums not proven to fit 64 bits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from townwright.kernel.formula.findings import NOTE, WARNING, Place, RulebookFinding
from townwright.kernel.formula.ir import Expr, walk
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.ranges import FALSE, TRUE, Range, Ranges, plain
from townwright.kernel.formula.rulebook import Rulebook, condition_key
from townwright.kernel.formula.types import NUMBER

Name = tuple[str, str]
# The executors hold whole numbers below this in 64 bits.
SAFE = 2**62


class Judge:
    """Looks through all formulas once."""

    def __init__(self, book: Rulebook, formulas: Mapping[Name, Expr], order: Iterable[Name], places: Mapping[int, tuple[int, int]]) -> None:
        self.book, self.formulas, self.places = book, formulas, places
        self.ranges = Ranges(book, formulas, order)
        self.findings: list[RulebookFinding] = []

    def run(self) -> list[RulebookFinding]:
        """Return warnings."""
        for name, formula in self.formulas.items():
            if name not in self.book.variables:
                continue
            place = self.book.variables[name].place
            for node in walk(formula):
                if node.op == "case":
                    self._case(place, node)
                elif node.op in ("least", "greatest") and node.type.kind == NUMBER:
                    self._extreme(place, node)
        self._policy()
        return self.findings

    def _warn(self, place: Place, node: Expr, code: str, **words: object) -> None:
        line, column = self.places.get(id(node), (1, 1))
        where = Place(place.source, place.line + line - 1, column if line > 1 else place.column + column - 1)
        finding = RulebookFinding.of(WARNING, where, code, **words)
        if finding not in self.findings:
            self.findings.append(finding)

    def _case(self, place: Place, node: Expr) -> None:
        tests = node.args[0 : 2 * node.extra : 2]
        followed = len(node.args) > 2 * node.extra
        for index, test in enumerate(tests):
            before = tests[:index]
            found = self.ranges.of(test)
            if any(_same(test, one) for one in before):
                self._warn(place, test, "repeated", text=test.text)
            elif found == FALSE:
                self._warn(place, test, "never", text=test.text, reason=self._reason(test))
            elif (covering := next((one for one in before if self._implies(test, one)), None)) is not None:
                self._warn(place, test, "covered", text=test.text, earlier=covering.text)
            elif found == TRUE and (followed or index + 1 < len(tests)) and test.op != "literal":
                self._warn(place, test, "always", text=test.text, reason=self._reason(test))

    def _reason(self, test: Expr) -> Said:
        """Say from which ranges it follows, of the first comparison that settles it."""
        for node in walk(test):
            if node.op in ("eq", "ne", "lt", "le", "gt", "ge") and self.ranges.of(node) in (FALSE, TRUE):
                told = [f"{arg.text} ∈ {self.ranges.of(arg)}" for arg in node.args if arg.op != "literal"]
                return Said("，".join(told) or node.text, ", ".join(told) or node.text)
        return Said("由声明的范围可知", "by the ranges declared")

    def _implies(self, test: Expr, earlier: Expr) -> bool:
        """Say whether x >= a implies the earlier x >= b (or x <= a the earlier x <= b)."""
        one, two = self._limit(test), self._limit(earlier)
        if one is None or two is None or one[0] != two[0] or one[1] != two[1]:
            return False
        (_, side, strict, limit), (_, _, strict_before, limit_before) = one, two
        if side == "above":
            if limit.low is None or limit_before.high is None:
                return False
            return limit.low > limit_before.high or (limit.low == limit_before.high and (strict or not strict_before))
        if limit.high is None or limit_before.low is None:
            return False
        return limit.high < limit_before.low or (limit.high == limit_before.low and (strict or not strict_before))

    def _limit(self, test: Expr) -> tuple[str, str, bool, Range] | None:
        """Read a test as (what, above or below, strictly, the limit)."""
        if test.op not in ("lt", "le", "gt", "ge") or test.args[0].type.kind != NUMBER:
            return None
        left, right = test.args
        side = "above" if test.op in ("gt", "ge") else "below"
        if left.op in ("literal", "parameter"):
            left, right, side = right, left, "below" if side == "above" else "above"
        if right.op not in ("literal", "parameter"):
            return None
        return left.text, side, test.op in ("lt", "gt"), self.ranges.of(right)

    def _extreme(self, place: Place, node: Expr) -> None:
        for cap in node.args:
            if cap.op not in ("literal", "parameter"):
                continue
            edge = self.ranges.of(cap)
            for other in node.args:
                if other is cap or other.op in ("literal", "parameter"):
                    continue
                found = self.ranges.of(other)
                if node.op == "greatest":
                    if found.low is not None and edge.high is not None and found.low >= edge.high:
                        self._warn(place, node, "floor-never", cap=cap.text, text=other.text, low=plain(found.low))
                elif found.high is not None and edge.low is not None and found.high <= edge.low:
                    self._warn(place, node, "cap-never", cap=cap.text, text=other.text, high=plain(found.high))
                elif found.low is not None and edge.high is not None and found.low >= edge.high and found.low != found.high:
                    self._warn(place, node, "cap-always", cap=cap.text, text=other.text, low=plain(found.low))

    def _policy(self) -> None:
        policy = self.book.policy
        if policy is None:
            return
        for name in policy.conditions:
            key = (policy.entity, condition_key(name))
            formula = self.formulas.get(key)
            if formula is not None and self.ranges.of(formula) == FALSE:
                self._warn(self.book.variables[key].place, formula, "never", text=formula.text, reason=self._reason(formula))
        amount, cap = self.ranges.variables.get((policy.entity, policy.amount)), self.book.parameters.get(policy.yearly_cap)
        if amount is None or cap is None or amount.high is None:
            return
        edge = self.ranges.parameter(cap.name)
        if edge.low is not None and amount.high <= edge.low:
            words = {"cap": f":{cap.name}", "text": policy.amount, "high": plain(amount.high)}
            self.findings.append(RulebookFinding.of(WARNING, cap.place, "cap-never", **words))

    def notes(self) -> list[RulebookFinding]:
        """Return a note for each variable whose steps are not proven to fit 64 bits."""
        found = []
        for name, formula in self.formulas.items():
            variable = self.book.variables.get(name)
            if variable is None:
                continue
            columns = sorted({node.name for node in walk(formula) if node.type.kind == NUMBER and self._unbounded(node)})
            if columns:
                found.append(RulebookFinding.of(NOTE, variable.place, "size-unknown", name=variable.name, columns=", ".join(columns)))
                continue
            most = max((self._size(node)[0] for node in walk(formula) if node.type.kind == NUMBER), default=0)
            if most >= SAFE:
                found.append(RulebookFinding.of(NOTE, variable.place, "size", name=variable.name, digits=len(str(most))))
        return found

    def _unbounded(self, node: Expr) -> bool:
        known = self.ranges.of(node)
        return node.op in ("column", "variable") and (known.low is None or known.high is None)

    def _size(self, node: Expr) -> tuple[int, int]:
        """Return bounds of numerator and denominator, as the executors hold the value."""
        if node.op in ("mul", "div", "add", "sub") and len(node.args) == 2:
            (top_a, den_a), (top_b, den_b) = self._size(node.args[0]), self._size(node.args[1])
            if node.op == "mul":
                return top_a * top_b, den_a * den_b
            if node.op == "div":
                return top_a * den_b, max(top_b * den_a, 1)
            return top_a * den_b + top_b * den_a, den_a * den_b
        if node.op in ("neg", "abs", "lookup", "outer", "above", "prior") and node.args:
            return self._size(node.args[0])
        den = 10 ** (node.type.places or 0)
        known = self.ranges.of(node)
        if known.low is None or known.high is None:
            return 0, den
        return int(max(abs(known.low), abs(known.high), Fraction(0)) * den), den


def _same(a: Expr, b: Expr) -> bool:
    return a.text == b.text and a.op == b.op
