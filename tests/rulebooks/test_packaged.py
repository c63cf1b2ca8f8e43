"""Every rulebook that ships checks, and its cases pass, the day before it came into force among them."""

from decimal import Decimal
from fractions import Fraction

import pytest
import yaml

from townwright.kernel.formula import (
    check_rulebook,
    compile_rulebook,
    evaluate,
    explain_many,
    load_rulebook,
    run_cases,
    tables_of_rows,
    why_not,
)
from townwright.kernel.formula.executors.interpreter import Interpreter, Rows
from townwright.kernel.values.bound import Bound
from townwright.kernel.values.period import Period
from townwright.rulebooks import listed, packaged, read_text


@pytest.mark.parametrize("name", sorted(packaged()))
def test_it_checks_and_its_cases_pass(name):
    book = load_rulebook(packaged()[name], source=name)
    assert [str(finding) for finding in check_rulebook(book)] == []
    results = run_cases(book)
    assert results
    assert [difference for result in results for difference in result.differences] == []
    if book.kind != "indicators":
        assert any(case.expect.get("not_in_force") for case in book.cases)


@pytest.mark.parametrize("name", sorted(packaged()))
def test_both_executors_agree_on_its_cases_and_each_refusal_says_why(name):
    book = load_rulebook(packaged()[name], source=name)
    for case in book.cases:
        if case.expect.get("not_in_force"):
            continue
        compiled = compile_rulebook(book, period=Period.parse(case.period), on=case.on)
        tables = tables_of_rows(book, case.data)
        fast, slow = evaluate(compiled, tables), Interpreter(compiled, Rows(compiled, tables))
        for entity, variable in compiled.order:
            for row in range(tables[entity].num_rows):
                assert _exact(fast.values(entity, variable)[row]) == slow.variable(entity, variable, row), (case.name, variable)
        if book.policy is None:
            continue
        many = explain_many(compiled, tables)
        for key, verdict in zip(fast.keys(book.policy.entity), fast.verdicts(), strict=True):
            told = why_not(compiled, tables, key=key)
            assert told.verdict == verdict
            assert bool(told.shortfalls) == (verdict == "not_eligible")
            assert told.missing or verdict != "undecided"
            assert len(many.reasons(key, "zh")) == len(told.shortfalls) + (verdict == "undecided")


def _exact(value):
    return Fraction(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


@pytest.mark.parametrize("name", listed("claims"))
def test_every_claim_says_what_it_must(name):
    claims = yaml.safe_load(read_text(name))["claims"]
    assert len({claim["uid"] for claim in claims}) == len(claims)
    for claim in claims:
        assert Bound(claim["bound"])
        assert claim.get("indicator") or claim.get("why_not"), claim["uid"]
        assert set(claim["label"]) == {"zh", "en"}


NUMBERS = {"Nine": 9, "seventeen": 17, "Forty-two": 42}


def test_the_page_on_what_rules_cannot_say_counts_right(pytestconfig):
    text = (pytestconfig.rootpath / "docs/explanation/what-rules-cannot-say.md").read_text(encoding="utf-8")
    counts = {word: number for word, number in NUMBERS.items() if word in text}
    assert counts == NUMBERS
    assert len(packaged()) == NUMBERS["Forty-two"]
    assert len([name for name in packaged() if "/lucheng-open-" in name]) == NUMBERS["seventeen"]
    rows = text.partition("Nine things could not be said")[2].partition("\n## ")[0].splitlines()
    assert len([row for row in rows if row.startswith("| ")]) - 1 == NUMBERS["Nine"]
