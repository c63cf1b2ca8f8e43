"""The calculator: what a zone's policies would give a firm that a visitor describes. Nothing of it is stored or logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.domain import Claimant, Question, Trial, UnableToTry, exclude_doubles, questions, try_policy
from townwright.apps.snapshots.selectors import offered
from townwright.frame.clock import today
from townwright.frame.text import in_language
from townwright.kernel.formula import (
    ELIGIBLE,
    NOT_ELIGIBLE,
    UNDECIDED,
    CompiledRulebook,
    RulebookNotInForce,
    RulebookRefused,
    UnableToEvaluate,
    UnableToReadCase,
)
from townwright.kernel.formula.wording import show_value
from townwright.site.public.asking import Asked, ask
from townwright.site.public.doors import public_page
from townwright.site.public.showing import shown_policies

FIRST_YEAR, YEARS_AHEAD = 2000, 1


@dataclass(frozen=True, slots=True)
class Ready:
    """A policy that is in force in the year and can be tried, with what it asks; or why not (``fault``)."""

    row: Any
    compiled: CompiledRulebook | None
    asks: tuple[Question, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one policy says of the firm. ``instead`` is another policy that it may not be had together with."""

    ready: Ready
    trial: Trial | None
    amount: Decimal | None
    currency: str
    counted: Decimal | None = None
    instead: Any = None
    fault: str = ""

    @property
    def missing(self) -> tuple[Any, ...]:
        """What would have to be told for a verdict."""
        return self.trial.verdict.missing if self.trial is not None and self.trial.verdict.verdict == UNDECIDED else ()

    @property
    def changes(self) -> list[str]:
        """What fails and by how much, and which single change of what was told would turn it; in words."""
        if self.trial is None or self.trial.verdict.verdict != NOT_ELIGIBLE:
            return []
        language = get_language() or "en"
        found = self.trial.verdict.gaps(language)
        for one in self.trial.why.changes or ():
            label = self._asked(one)
            if label:
                told = {"label": label, "then": show_value(one.then, one.unit, language), "now": show_value(one.now, one.unit, language)}
                found.append(_("If “%(label)s” were %(then)s instead of %(now)s, the firm would be eligible.") % told)
        return found

    def _asked(self, change: Any) -> str:
        """Return what the changed figure is called on the form, with its year; "" for what is not asked, or is past and done."""
        compiled = self.ready.compiled
        for one in self.ready.asks if compiled is not None and not change.past else ():
            if (one.entity, one.column, one.back) == (change.entity, change.column, 0):
                year = "" if one.entity == compiled.book.main_entity else f" {compiled.period.year - one.back}"
                return in_language(one.label) + year
        return ""


def ready(row: Any, year: int, offers: Any) -> Ready:
    """Prepare a policy for a year."""
    try:
        compiled = incentives.compiled_for(row, str(year))
        return Ready(row, compiled, questions(compiled, offers))
    except RulebookNotInForce:
        return Ready(row, None, fault=_("Not in force at the end of %(year)s.") % {"year": year})
    except (RulebookRefused, UnableToTry):
        return Ready(row, None, fault=_("It cannot be worked out for one firm alone: it looks at the records of others."))


def results(policies: Sequence[Ready], asked: Asked) -> list[Result]:
    """Try each policy on the answers; of policies that exclude each other the highest amount counts (就高不重复)."""
    found = [_result(one, asked) for one in policies]
    claims = {
        place: Claimant("firm", one.ready.row.code, one.amount, one.ready.compiled.book.policy.exclusion_group)  # type: ignore[union-attr]
        for place, one in enumerate(found)
        if one.amount is not None and one.ready.compiled is not None
    }
    grants = dict(zip(claims, exclude_doubles(list(claims.values())), strict=True))
    best = {grant.claimant.group: grant.claimant.policy for grant in grants.values() if grant.cut is None}
    titles = {one.row.code: one.row.title for one in policies}
    return [
        one if place not in grants
        else Result(one.ready, one.trial, one.amount, one.currency, grants[place].granted,
                    titles.get(best.get(grants[place].claimant.group, "")) if grants[place].cut else None)
        for place, one in enumerate(found)
    ]  # fmt: skip


def _result(one: Ready, asked: Asked) -> Result:
    assert one.compiled is not None
    policy = one.compiled.book.policy
    assert policy is not None
    declared = one.compiled.book.variables[policy.entity, policy.amount].type
    currency = str(declared.unit) if declared is not None else ""
    names = {question.name for question in one.asks}
    try:
        trial = try_policy(one.compiled, {name: value for name, value in asked.answers.items() if name in names})
    except (UnableToEvaluate, UnableToReadCase):
        return Result(one, None, None, currency, fault=_("These figures are beyond what the policy can be computed for."))
    amount = None
    if trial.verdict.verdict == ELIGIBLE and trial.verdict.amount is not None:
        value = trial.verdict.amount.value
        amount = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"))
    return Result(one, trial, amount, currency)


def totals(found: Sequence[Result]) -> list[tuple[str, Decimal]]:
    """Return what counts of all policies together, by currency."""
    sums: dict[str, Decimal] = {}
    for one in found:
        if one.counted is not None:
            sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.counted
    return list(sums.items())


def _year(request: HttpRequest, zone: Any) -> int:
    here = today(zone.time_zone).year
    text = (request.POST if request.method == "POST" else request.GET).get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else here
    return min(max(year, FIRST_YEAR), here + YEARS_AHEAD)


def _years(zone: Any, rows: Sequence[Any], chosen: int) -> list[int]:
    """Return the years to choose from: those in which a policy is in force, newest first."""
    here = today(zone.time_zone).year
    found = [year for year in range(here + YEARS_AHEAD, FIRST_YEAR - 1, -1) if any(row.holds(date(year, 12, 31)) for row in rows)]
    return sorted({*found, chosen}, reverse=True)


@sensitive_post_parameters()
def _calculate(request: HttpRequest, zone: Any, face: Any, name: str = "") -> HttpResponse:
    shown = shown_policies(zone, face.policies)
    chosen = [row for row in shown if not name or row.code == name]
    if not chosen:
        raise Http404("There is no such policy.")
    year, offers = _year(request, zone), offered(zone)
    every = [ready(row, year, offers) for row in chosen]
    open_ = [one for one in every if one.compiled is not None]
    typed = request.POST.dict() if request.method == "POST" else None
    firm = open_[0].compiled.book.main_entity if open_ and open_[0].compiled else ""
    asked = ask([question for one in open_ for question in one.asks], year=year, typed=typed, firm=firm)
    found = results(open_, asked) if typed is not None and not asked.faults else []
    context = {
        "zone": zone, "policies": shown, "chosen": chosen[0] if name else None, "asked": asked, "results": found, "totals": totals(found),
        "left_out": [one for one in every if one.compiled is None], "year": year, "years": _years(zone, shown, year), "sent": typed is not None,
    }  # fmt: skip
    part = "public/_results.html" if request.htmx else "public/calculator.html"
    return render(request, part, context)


calculator = public_page(_calculate)
