"""What the checker says: what, where, why, and a repair."""

from datetime import date

import pytest

from tests.kernel.books import HEAD, book, variable
from townwright.kernel.formula import RulebookNotInForce, RulebookRefused, check_rulebook, compile_rulebook, load_rulebook
from townwright.kernel.values.period import Period

MESSAGES = [
    ("money CNY", "money_a + area", "cannot add money_a (CNY) and area (m2)"),
    ("money CNY", "monye_a", "Did you mean 'money_a'?"),
    ("money CNY", "money_a * :rat", "Did you mean 'rate'?"),
    ("number m2", "money_a * :rate", "declared in m2, but its formula gives CNY"),
    ("money CNY", "money_a + 5", "Give the figure its unit"),
    ("money CNY", "money_a; DROP TABLE x", "may not stand in a formula"),
    ("money CNY", "(SELECT 1)", "may not stand in a formula"),
    ("text", "read_csv('x')", "may not stand in a formula"),
    ("money CNY", "SUM(leases.rent) OVER ()", "may not stand in a formula"),
    ("money CNY", "money_a AS b", "may not stand in a formula"),
    ("money CNY", "NOPE(money_a)", "not a function of the language"),
    ("money CNY", "money_a * :rate", "Say where to round"),
    ("ratio", "money_a / money_b", "unrounded quotient"),
    ("money CNY", "leases.rent", "Aggregate: SUM(leases.rent)"),
    ("bool", "flag AND money_a", "here a bool is needed"),
    ("money CNY", "", "a formula is missing"),
]


@pytest.mark.parametrize(("type_", "formula", "words"), MESSAGES)
def test_each_fault_is_told_with_its_repair(type_, formula, words):
    try:
        findings = [str(one) for one in check_rulebook(book(variable("x", type_, formula)))]
    except RulebookRefused as fault:
        findings = [str(one) for one in fault.findings]
    assert any(words in one for one in findings) or (not formula and findings), findings
    assert all(one.startswith("test.yaml:") for one in findings)


def test_a_finding_names_the_line_of_the_formula():
    finding = _but_unused(book(variable("x", "money CNY", "money_a\n        + area")))[0]
    assert (finding.place.line, finding.severity) == (len(HEAD.splitlines()) + 5, "error")


def test_a_cycle_is_drawn():
    findings = _but_unused(
        book(variable("a", "money CNY", "b + money_a") + variable("b", "money CNY", "c") + variable("c", "money CNY", "a"))
    )
    assert "firm.a → firm.b → firm.c → firm.a" in str(findings[0])


def _but_unused(told):
    return [one for one in check_rulebook(told) if one.code != "unused-parameter"]


def test_case_without_else_is_a_warning():
    findings = _but_unused(book(variable("x", "money CNY", "CASE WHEN flag THEN money_a END")))
    assert [one.severity for one in findings] == ["warning"]


def test_a_parameter_without_value_on_the_date_is_refused():
    told = book(variable("x", "money CNY", "money_a + :late"))
    with pytest.raises(RulebookRefused, match=r":late has no value on 2020-12-31: its first value is in force from 2021-01-01"):
        compile_rulebook(told, period=Period.parse("2020"))
    compile_rulebook(told, period=Period.parse("2021"))


def test_the_day_before_it_came_into_force():
    with pytest.raises(RulebookNotInForce, match="not in force on 2019-12-31"):
        compile_rulebook(book(""), period=Period.parse("2019"), on=date(2019, 12, 31))


def test_a_key_told_twice_and_an_unknown_key_are_refused():
    with pytest.raises(RulebookRefused, match="a second time"):
        load_rulebook(HEAD + "status: draft\n", source="t")
    with pytest.raises(RulebookRefused, match="Did you mean 'variables'"):
        load_rulebook(HEAD + "varables: {}\n", source="t")
    with pytest.raises(RulebookRefused, match="not YAML"):
        load_rulebook("a: [", source="t")


def test_chinese_names_are_names():
    told = book("  firm.租金:\n    type: money CNY\n    formula: money_a\n" + variable("x", "money CNY", "租金 + money_b"))
    assert _but_unused(told) == []
