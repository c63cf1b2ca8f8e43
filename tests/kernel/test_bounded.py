"""Rulebooks of absurd size are read, or refused with words, in bounded time; none ends in a RecursionError."""

import time
from decimal import Decimal

import pytest

from tests.kernel.books import HEAD, book, variable
from townwright.kernel.formula import RulebookRefused, check_rulebook, compile_rulebook, evaluate, explain, load_rulebook, tables_of_rows
from townwright.kernel.values.period import Period

P = Period.parse("2020")


@pytest.fixture(autouse=True)
def bounded():
    """No test here may take longer than this on a slow and busy machine; each takes a tenth of it at rest."""
    begun = time.perf_counter()
    yield
    assert time.perf_counter() - begun < 60


def codes(told):
    try:
        return {one.code for one in check_rulebook(told() if callable(told) else told)} - {"unused-parameter"}
    except RulebookRefused as refused:
        return {one.code for one in refused.findings}


def chain(length):
    first = variable("v0", "money CNY", "money_a")
    return book(first + "".join(variable(f"v{n}", "money CNY", f"v{n - 1} + money_b") for n in range(1, length)))


def test_ten_thousand_variables():
    told = book("".join(variable(f"v{n}", "money CNY", "LEAST(money_a, money_b) + money_a") for n in range(10_000)))
    assert codes(told) == set()
    compiled = compile_rulebook(told, period=P)
    tables = tables_of_rows(told, {"firm": [{"key": "a", "money_a": 1, "money_b": 2}]})
    assert evaluate(compiled, tables).values("firm", "v9999") == [2]


def test_thousands_of_misspelt_names():
    told = book("".join(variable(f"variable_{n}", "money CNY", f"varaible_{n}") for n in range(3_000)))
    assert codes(told) == {"unknown-name"}


def test_a_chain_of_a_thousand_variables_is_computed_and_explained():
    told = chain(1_000)
    compiled = compile_rulebook(told, period=P)
    tables = tables_of_rows(told, {"firm": [{"key": "a", "money_a": 1, "money_b": 2}]})
    assert evaluate(compiled, tables).values("firm", "v999") == [Decimal(1 + 2 * 999)]
    tree = explain(compiled, tables, entity="firm", key="a", name="v999")
    assert tree.value == 1 + 2 * 999
    assert "v999" in tree.sentences("en")[-1]
    assert "deep" in str(tree.to_dict())


def test_a_ring_of_a_thousand_variables_is_drawn():
    told = book("".join(variable(f"v{n}", "money CNY", f"v{(n + 1) % 1000}") for n in range(1000)))
    assert codes(told) == {"cycle"}


def test_a_ladder_that_doubles_at_every_rung_is_opened_once_each():
    told = book(
        variable("v0", "money CNY", "money_a") + "".join(variable(f"v{n}", "money CNY", f"v{n - 1} + v{n - 1}") for n in range(1, 60))
    )
    compiled = compile_rulebook(told, period=P)
    tables = tables_of_rows(told, {"firm": [{"key": "a", "money_a": 1}]})
    tree = explain(compiled, tables, entity="firm", key="a", name="v59")
    assert tree.value == 2**59
    assert len(tree.sentences("en")) <= 61
    assert evaluate(compiled, tables).values("firm", "v59") == [2**59]


def test_a_formula_of_a_megabyte_is_refused():
    assert codes(lambda: book(variable("x", "money CNY", "money_a + " * 100_000 + "money_a"))) == {"too-long"}


@pytest.mark.parametrize("terms", [300, 3_000, 12_000])
def test_a_long_sum_and_a_long_condition_are_not_deep(terms):
    told = book(
        variable("x", "money CNY", " + ".join(["money_a", "money_b"] * (terms // 2)))
        + variable("y", "bool", " OR ".join(["flag", "other"] * (terms // 2)))
        + variable("z", "bool", "money_a IN (" + ", ".join(f"UNIT({n}, 'CNY')" for n in range(terms // 3)) + ")")
    )
    assert codes(told) == set()
    compiled = compile_rulebook(told, period=P)
    tables = tables_of_rows(told, {"firm": [{"key": "a", "money_a": 1, "money_b": 2, "flag": False, "other": True}]})
    result = evaluate(compiled, tables)
    assert (result.values("firm", "x"), result.values("firm", "y"), result.values("firm", "z")) == ([terms // 2 * 3], [True], [True])
    assert explain(compiled, tables, entity="firm", key="a", name="x").value == terms // 2 * 3


@pytest.mark.parametrize(
    "formula",
    [
        "(" * 5_000 + "money_a" + ")" * 5_000,
        "(" * 60 + "money_a" + ")" * 60,
        "NOT " * 5_000 + "flag",
        "- " * 5_000 + "money_a",
        "CASE WHEN flag THEN " * 3_000 + "money_a" + " END" * 3_000,
        "LEAST(money_a, " * 100 + "money_b" + ")" * 100,
        "(" * 5_000,
        "money_a" + " / 1" * 3_000,
    ],
)
def test_depth_is_refused_with_words(formula):
    found = codes(lambda: book(variable("x", "money CNY", formula)))
    assert found in ({"too-deep"}, {"syntax"}), found


def test_what_is_just_within_the_limit_is_taken():
    told = book(variable("x", "money CNY", "(money_b + " * 20 + "money_a" + ")" * 20))
    assert codes(told) == set()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: " + "{b: " * 1_000 + "1" + "}" * 1_000,
        "- " * 50_000 + "a",
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join(['*a' + (str(n - 1) if n else '')] * 9)}]\n" for n in range(9)),
        "x: " + "y" * 8_000_001,
    ],
)
def test_yaml_that_nests_or_grows_without_end_is_refused(text):
    with pytest.raises(RulebookRefused) as refused:
        load_rulebook(text, source="t")
    assert {one.code for one in refused.value.findings} <= {"yaml", "too-large"}


def test_a_table_and_a_case_of_thousands_of_rows():
    steps = ", ".join(f"{{from: {n}, value: {n}}}" for n in range(5_000))
    whens = " ".join(f"WHEN money_a > UNIT({n}, 'CNY') THEN money_b" for n in range(400, 0, -1))
    text = HEAD.replace("tables:\n", f"tables:\n  long: {{kind: tier, input_unit: CNY, unit: CNY, values: {{2020-01-01: [{steps}]}}}}\n")
    told = load_rulebook(text + "variables:\n" + variable("x", "money CNY", f"CASE {whens} ELSE TIER(money_a, :long) END"), source="t")
    assert codes(told) == set()
