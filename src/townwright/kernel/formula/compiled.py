"""A rulebook made ready for one period and one date."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from townwright.kernel.formula.check import Name, bind_rulebook, has_errors, missing_parameters
from townwright.kernel.formula.findings import ERROR, Place, RulebookFinding, RulebookNotInForce, RulebookRefused
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.rulebook import Rulebook, Step
from townwright.kernel.formula.types import Type
from townwright.kernel.values.period import Period

AMOUNT = "policy amount"


@dataclass(frozen=True, slots=True)
class Version:
    """The value of a parameter or table that is in force on the date, and since when."""

    since: date
    value: Fraction | tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class CompiledRulebook:
    """Typed formulas in computing order with the parameters of one date."""

    book: Rulebook
    period: Period
    on: date
    formulas: Mapping[Name, Expr]
    order: tuple[Name, ...]
    versions: Mapping[str, Version]
    hash: str
    warnings: tuple[RulebookFinding, ...]

    def parameter(self, name: str) -> Fraction:
        """Return the parameter's value on the date."""
        value = self.versions[name].value
        if not isinstance(value, Fraction):
            raise TypeError(f":{name} is a table")
        return value

    def steps(self, name: str) -> tuple[Step, ...]:
        """Return the table's rows on the date."""
        value = self.versions[name].value
        if isinstance(value, Fraction):
            raise TypeError(f":{name} is a parameter")
        return value


def rulebook_hash(book: Rulebook) -> str:
    """Return the SHA-256 of the rulebook's text with line ends and trailing blanks made uniform."""
    canonical = "\n".join(line.rstrip() for line in book.text.replace("\r\n", "\n").split("\n")).strip() + "\n"
    return hashlib.sha256(canonical.encode()).hexdigest()


def _capped(book: Rulebook, formulas: dict[Name, Expr]) -> None:
    policy = book.policy
    if policy is None:
        return
    name = (policy.entity, policy.amount)
    type_ = book.variables[name].type or Type("number")
    amount = Expr("variable", type_, policy.entity, name=policy.amount, text=policy.amount)
    if policy.yearly_cap:
        cap = Expr("parameter", type_, policy.entity, name=policy.yearly_cap, text=f":{policy.yearly_cap}")
        amount = Expr("least", type_, policy.entity, (amount, cap), text=f"LEAST({policy.amount}, :{policy.yearly_cap})")
    formulas[policy.entity, AMOUNT] = amount


def _not_in_force(book: Rulebook, day: date) -> RulebookFinding:
    span = Said(
        f"有效期自 {book.start or '一直以来'} 起" + (f"至 {book.end}（不含）" if book.end else ""),
        f"from {book.start or 'ever'} up to but without {book.end or 'ever'}",
    )
    return RulebookFinding.of(ERROR, Place(book.source, 1), "not-in-force", code=book.code, version=book.version, day=day, span=span)


def compile_rulebook(book: Rulebook, *, period: Period, on: date | None = None) -> CompiledRulebook:
    """Make a rulebook ready for a period; parameters and force are read on ``on`` (default: the last day).

    Raises:
        RulebookNotInForce: it is not in force on the date.
        RulebookRefused: a formula is wrong, or a parameter that is used has no value on the date.
    """
    day = on or period.last_day
    bound = bind_rulebook(book)
    if has_errors(bound.findings):
        raise RulebookRefused(bound.findings)
    if not book.in_force(day):
        raise RulebookNotInForce([_not_in_force(book, day)])
    missing = missing_parameters(book, bound.formulas.values(), day)
    if missing:
        raise RulebookRefused(missing)
    versions: dict[str, Version] = {}
    for parameter in book.parameters.values():
        known = [(since, value) for since, value in parameter.values if since <= day and value is not None]
        if known:
            versions[parameter.name] = Version(*known[-1])
    for table in book.tables.values():
        rows = [(since, steps) for since, steps in table.values if since <= day]
        if rows:
            versions[table.name] = Version(*rows[-1])
    formulas = dict(bound.formulas)
    _capped(book, formulas)
    order = bound.order + (((book.policy.entity, AMOUNT),) if book.policy else ())
    warnings = tuple(finding for finding in bound.findings if finding.severity != ERROR)
    return CompiledRulebook(book, period, day, formulas, order, versions, rulebook_hash(book), warnings)
