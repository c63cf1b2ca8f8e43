"""A policy as people read it: conditions, amount, figures by date, worked examples, in the language in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from townwright.frame.terms import figure, short_figure
from townwright.frame.text import in_language
from townwright.kernel.formula import Rulebook
from townwright.kernel.formula.rulebook import Case, Parameter, Table, Variable, condition_key
from townwright.kernel.formula.wording import show_value
from townwright.kernel.values.offer import TableOffer
from townwright.site.public.showing import formula_of

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
Offers = Mapping[str, TableOffer]


@dataclass(frozen=True, slots=True)
class Dated:
    """A figure of the rule as it stands from a day; ``now`` marks the one in force."""

    since: date
    value: str
    now: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A parameter with its values by date, and the words of the text it comes from."""

    label: str
    reference: str
    values: tuple[Dated, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """A table of the rule: what is looked up, from which limit which value."""

    label: str
    reference: str
    since: date
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: what the firm tells, the verdict, the amount ("" where the case says none)."""

    title: str
    inputs: tuple[tuple[str, str], ...]
    verdict: str
    amount: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy's document."""

    book: Rulebook
    conditions: tuple[Variable, ...]
    amount: Variable
    amount_said: str
    cap: str
    budget: str
    parameters: tuple[Named, ...]
    tables: tuple[Tier, ...]
    examples: tuple[Example, ...]
    formulas: tuple[tuple[str, str], ...]


def read(book: Rulebook, *, offers: Offers, day: date) -> Reading:
    """Return a policy's document as it stands on a day, in the language in force."""
    policy = book.policy
    assert policy is not None
    conditions = tuple(book.variables[policy.entity, condition_key(name)] for name in policy.conditions)
    others = [told for told in book.variables.values() if told not in conditions]
    return Reading(
        book, conditions, book.variables[policy.entity, policy.amount],
        _said(book, book.variables[policy.entity, policy.amount], day), _current(book, policy.yearly_cap, day),
        _current(book, policy.budget.parameter, day) if policy.budget else "", tuple(_named(one, day) for one in book.parameters.values()),
        tuple(_tier(one) for one in book.tables.values() if one.kind != "bands"), tuple(_examples(book, offers)),
        tuple((in_language(told.label) or told.name, formula_of(told)) for told in [*conditions, *others]),
    )  # fmt: skip


_NAME = re.compile(r":?[A-Za-z_][A-Za-z0-9_.]*|\*|'[^']*'")
_SIGNS = {"*": "×", "LEAST": "MIN", "GREATEST": "MAX"}
_CALLS = {
    "TIER": {"zh": "分档", "en": "TIER"}, "BY_YEAR": {"zh": "分年", "en": "BY_YEAR"}, "BRACKET": {"zh": "分段累计", "en": "BRACKET"},
    "INCREASE": {"zh": "增量", "en": "INCREASE"}, "CASE": {"zh": "视情况", "en": "CASE"}, "WHEN": {"zh": "若", "en": "WHEN"}, "THEN": {"zh": "则", "en": "THEN"},
    "ELSE": {"zh": "否则", "en": "ELSE"}, "END": {"zh": "（完）", "en": "END"}, "AND": {"zh": "且", "en": "AND"}, "OR": {"zh": "或", "en": "OR"},
}  # fmt: skip


def _said(book: Rulebook, told: Variable, day: date) -> str:
    """Return a formula with what its names are called in place of them, and the figures of the rule beside theirs."""

    def word(found: re.Match[str]) -> str:
        name = found.group()
        if name in _SIGNS:
            return _SIGNS[name]
        if name in _CALLS:
            return in_language(_CALLS[name])
        if name.startswith(":"):
            holder = book.parameters.get(name[1:]) or book.tables.get(name[1:])
            label = in_language(holder.label) if holder else ""
            value = _current(book, name[1:], day)
            return f"{label or name[1:]} {value}".strip()
        other = book.variables.get((told.entity, name))
        return in_language(other.label) or name if other else name

    return _NAME.sub(word, formula_of(told))


def shown(value: Any, unit: str) -> str:
    """Return a figure of a rule as people read it: shares in per cent, money in 万 and 亿 where nothing is lost."""
    if isinstance(value, Fraction | int | Decimal) and not isinstance(value, bool):
        exact = Fraction(value)
        decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
        return short_figure(decimal, unit, _here())
    return show_value(value, unit, _here())


def _here() -> str:
    return get_language() or "en"


def _current(book: Rulebook, name: str, day: date) -> str:
    told = book.parameters.get(name)
    if told is None:
        return ""
    held = [value for since, value in told.values if since <= day]
    return "" if not held or held[-1] is None else shown(held[-1], str(told.unit))


def _named(told: Parameter, day: date) -> Named:
    last = max((since for since, _value in told.values if since <= day), default=None)
    values = tuple(
        Dated(since, _("ended") if value is None else shown(value, str(told.unit)), since == last) for since, value in told.values
    )
    return Named(in_language(told.label) or told.name, told.reference, values)


def _tier(told: Table) -> Tier:
    since, steps = told.values[-1]
    rows = []
    for step in steps:
        start = shown(step.start, str(told.input_unit) if str(told.input_unit) != "ratio" else "1")
        limit = _("more than %(limit)s") if step.over else _("%(limit)s or more")
        # A bracket's steps are shares of what lies above the limit; a table by year and a tier give the value itself.
        unit = "ratio" if told.kind == "bracket" else str(told.unit)
        rows.append((limit % {"limit": start}, shown(step.value, unit)))
    return Tier(in_language(told.label) or told.name, told.reference, since, tuple(rows))


def _examples(book: Rulebook, offers: Offers) -> Iterable[Example]:
    policy = book.policy
    assert policy is not None
    declared = book.variables[policy.entity, policy.amount].type
    unit = str(declared.unit) if declared else ""
    for number, case in enumerate(book.cases, 1):
        wanted = next(iter(case.expect.get(policy.entity, {}).items()), None)
        if case.expect.get("not_in_force") or wanted is None:
            continue
        key, outcome = wanted
        title = (
            case.name if bool(_CHINESE.search(case.name)) or not _here().startswith("zh") else _("Example %(number)d") % {"number": number}
        )
        verdict = {True: "eligible", False: "not_eligible", "undecided": "undecided"}.get(outcome.get("eligible"), "")
        amount = outcome.get("amount", outcome.get(policy.amount))
        told = figure(Decimal(str(amount)), unit, _here()) if amount is not None and verdict == "eligible" else ""
        yield Example(f"{title}", tuple(_inputs(book, case, key, offers)), verdict, told)


def _inputs(book: Rulebook, case: Case, key: Any, offers: Offers) -> Iterable[tuple[str, str]]:
    for entity, rows in case.data.items():
        links = {link.column for link in book.links.values() if link.to == entity and link.kind == "many"}
        for row in rows:
            if entity != book.main_entity and links and all(row.get(column) != key for column in links):
                continue
            if entity == book.main_entity and row.get(book.entities[entity].key[0]) != key:
                continue
            year = f" {row['year']}" if "year" in row else ""
            for column, value in row.items():
                if column in ("key", "year", "period", *links) or value is None:
                    continue
                offer = offers[entity].column(column) if entity in offers else None
                label = in_language(offer.label) if offer else column.replace("_", " ")
                type_ = book.entities[entity].columns.get(column)
                number = isinstance(value, int | float) and not isinstance(value, bool)
                said = shown(Decimal(str(value)), _unit(type_)) if number else show_value(value, "", _here())
                yield f"{label}{year}", said


def _unit(type_: Any) -> str:
    if type_ is None or type_.kind != "number":
        return ""
    return "1" if type_.word == "int" and str(type_.unit) == "ratio" else str(type_.unit)
