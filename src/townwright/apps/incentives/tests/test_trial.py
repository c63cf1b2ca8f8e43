"""A policy tried on an invented firm says what its own cases say."""

from fractions import Fraction

import pytest

from townwright.apps.incentives.domain import FIRM, UnableToTry, questions, try_policy
from townwright.kernel.formula import compile_rulebook, load_rulebook
from townwright.kernel.values.offer import ColumnOffer, TableOffer
from townwright.kernel.values.period import Period
from townwright.rulebooks import packaged

BOOKS = {name: load_rulebook(text, source=name) for name, text in packaged("policies").items()}
# Their cases hold several records of a year, or of years further back: the form asks for one of each.
SEVERAL_RECORDS = {
    f"policies/lucheng-{one}.yaml" for one in ("1b-revenue", "open-1-foreign-capital", "open-2-world-500", "open-3-advanced-manufacturing")
}
VERDICTS = {True: "eligible", False: "not_eligible", "undecided": "undecided"}


def _compiled(book, case):
    return compile_rulebook(book, period=Period.parse(case.period), on=case.on)


def _told(book, compiled, asks, case, key):
    """Return the answers that tell a firm's rows of a case, None where the case holds what no form could tell."""
    answers, seen = {}, set()
    for entity, rows in case.data.items():
        own = [row for row in rows if row.get(book.entities[entity].key[0]) == key]
        for row in own:
            back = compiled.period.year - row.get("year", compiled.period.year)
            if (entity, back) in seen or (entity != book.main_entity and "year" not in row):
                return None
            seen.add((entity, back))
            columns = {one.column: one for one in asks if (one.entity, one.back) == (entity, back)}
            extra = set(row) - set(columns) - {"key", "firm", "year", "period", "is_branch"}
            if entity != book.main_entity and any(row[name] is not None for name in extra):
                return None
            answers |= {columns[name].name: value for name, value in row.items() if name in columns}
    return answers


@pytest.mark.parametrize("name", BOOKS)
def test_the_form_gives_what_the_cases_of_the_policy_give(name):
    book, tried = BOOKS[name], 0
    for case in book.cases:
        if case.expect.get("not_in_force"):
            continue
        compiled = _compiled(book, case)
        asks = questions(compiled, {})
        for key, wanted in case.expect[book.main_entity].items():
            answers = _told(book, compiled, asks, case, key)
            if (
                answers is None
                or "eligible" not in wanted
                or not any(row.get("year") == compiled.period.year for rows in case.data.values() for row in rows)
            ):
                continue
            trial = try_policy(compiled, answers)
            assert (case.name, trial.verdict.verdict) == (case.name, VERDICTS[wanted["eligible"]])
            if wanted.get("amount") is not None:
                assert trial.verdict.amount.value == Fraction(str(wanted["amount"]))
            tried += 1
    assert tried or name in SEVERAL_RECORDS


def test_what_is_asked_is_what_the_formulas_read_with_the_words_of_the_zones_tables():
    book = BOOKS["policies/sample-scale-growth.yaml"]
    compiled = compile_rulebook(book, period=Period.of_year(2016))
    words = {"zh": "营业收入", "en": "Revenue"}
    offer = TableOffer(
        "yearly_return", ("firm", "period"), {"zh": "企业年报", "en": "Yearly return"}, (ColumnOffer("revenue", "money", words, "CNY", 2),)
    )
    asks = {one.name: one for one in questions(compiled, {"yearly_return": offer})}
    assert list(asks) == ["firm.present", "firm.is_branch", "yearly_return.revenue", "yearly_return.revenue.1"]
    assert (asks["yearly_return.revenue"].label, asks["yearly_return.revenue"].word, asks["yearly_return.revenue"].unit) == (
        words,
        "money",
        "CNY",
    )
    assert asks["yearly_return.revenue.1"].back == 1


def test_nothing_told_is_missing_and_never_zero():
    compiled = compile_rulebook(BOOKS["policies/sample-it-logistics.yaml"], period=Period.of_year(2016))
    trial = try_policy(compiled, {"firm.present": True})
    assert trial.verdict.verdict == "undecided"
    assert {one["en"] for one in trial.verdict.missing} == {"spend on IT infrastructure", "spend on logistics"}


RANKED = """
rulebook: ranked
version: "1"
kind: policy
status: draft
title: {zh: 排名, en: Ranked}
in_force: {from: 2015-01-01, to: null}
entities:
  firm: {key: key, columns: {output: money CNY}}
variables:
  firm.place: {type: int, label: {zh: 名次, en: rank}, formula: "RANK(output, BY())"}
  firm.reward: {type: money CNY, label: {zh: 奖励, en: reward}, formula: output}
policy:
  entity: firm
  eligible:
    - {name: first, formula: place <= 10, label: {zh: 前十, en: among ten}}
  amount: reward
"""


def test_a_policy_that_ranks_firms_cannot_be_tried_on_one():
    compiled = compile_rulebook(load_rulebook(RANKED, source="ranked.yaml"), period=Period.of_year(2016))
    with pytest.raises(UnableToTry):
        questions(compiled, {})
    with pytest.raises(UnableToTry):
        try_policy(compiled, {"firm.output": 1})
    assert FIRM
