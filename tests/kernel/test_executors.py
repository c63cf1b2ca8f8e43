"""The numpy executor and the interpreter agree, row by row, to the last digit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.books import book, variable
from townwright.kernel.formula import UnableToEvaluate, compile_rulebook, evaluate, tables_of_rows
from townwright.kernel.formula.executors.interpreter import Interpreter, Rows
from townwright.kernel.values.period import Period

BOOK = book(
    variable("product", "money CNY", "money_a * :rate", "half_up 0.01")
    + variable("away", "money CNY", "money_a * 0.5", "half_away 0.01")
    + variable("even", "money CNY", "money_a * 0.5", "half_even 0.01")
    + variable("share", "ratio", "money_a / money_b - 1", "half_up 0.000001")
    + variable("marginal", "money CNY", "BRACKET(money_a, :scale)", "floor 0.01")
    + variable("tiered", "money CNY", "TIER(money_a, :over)")
    + variable("least", "money CNY", "LEAST(money_a, money_b, money_a + money_b)")
    + variable("chosen", "money CNY", "CASE WHEN flag THEN money_a WHEN other THEN money_b ELSE 0 END")
    + variable("logic", "bool", "(flag OR money_a > money_b) AND NOT other")
    + variable("known", "money CNY", "COALESCE(money_a, money_b, 0)")
    + variable("rents", "money CNY", "SUM(leases.rent) FILTER (WHERE leases.kind = 'office')")
    + variable("highest", "money CNY", "MAX(leases.rent)")
    + variable("any_big", "bool", "ANY(leases.rent > money_a)")
    + variable("count", "int", "COUNT(leases) FILTER (WHERE leases.rent > money_a)")
)
NAMES = [name for _, name in BOOK.variables]
COMPILED = compile_rulebook(BOOK, period=Period.parse("2020"))
MONEY = st.one_of(
    st.none(), st.integers(-(10**17), 10**17), st.sampled_from([0, 1, -1, 5, -5, 10**15, 2**62, -(2**62), 100_000_000, 500_000_005])
)
BOOLS = st.sampled_from([None, True, False])


def _decimal(cents):
    return None if cents is None else Decimal(cents).scaleb(-2)


ROW = st.fixed_dictionaries({"money_a": MONEY.map(_decimal), "money_b": MONEY.map(_decimal), "flag": BOOLS, "other": BOOLS})
LEASE = st.fixed_dictionaries(
    {"firm": st.sampled_from(["0", "1", "9", None]), "rent": MONEY.map(_decimal), "kind": st.sampled_from(["office", "flat", None])}
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=4), st.lists(LEASE, max_size=6))
def test_both_executors_agree(rows, leases):
    data = {
        "firm": [{"key": str(n), **row} for n, row in enumerate(rows)],
        "lease": [{"id": str(n), **row} for n, row in enumerate(leases)],
    }
    tables = tables_of_rows(BOOK, data)
    fast, slow = evaluate(COMPILED, tables), Interpreter(COMPILED, Rows(COMPILED, tables))
    for name in NAMES:
        for place, value in enumerate(fast.values("firm", name)):
            wanted = slow.variable("firm", name, place)
            assert (Fraction(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value) == wanted, (name, place)


def _one(name, **row):
    return evaluate(COMPILED, tables_of_rows(BOOK, {"firm": [{"key": "a", **row}]})).values("firm", name)[0]


def test_ten_to_the_fifteen_cents_times_a_rate_of_eight_decimals_is_exact():
    assert _one("product", money_a=Decimal("9999999999999.99")) == Decimal("1234567800000.00")


def test_ties_at_half_a_cent():
    assert (_one("away", money_a=Decimal("-0.01")), _one("even", money_a=Decimal("-0.01"))) == (Decimal("-0.01"), Decimal("0.00"))
    assert (_one("away", money_a=Decimal("0.03")), _one("even", money_a=Decimal("0.05"))) == (Decimal("0.02"), Decimal("0.02"))


def test_zeros_times_a_factor_beyond_64_bits_are_zeros():
    told = book(variable("x", "money CNY", "money_a * 0.1234567890123456789012345 / 0.000000000000000001", "half_up 0.01"))
    compiled = compile_rulebook(told, period=Period.parse("2020"))
    tables = tables_of_rows(told, {"firm": [{"key": "a", "money_a": 0}, {"key": "b"}]})
    assert evaluate(compiled, tables).values("firm", "x") == [0, None]


def test_division_by_zero_is_missing_never_infinite():
    assert _one("share", money_a=5, money_b=0) is None


def test_anhui_marginal_brackets():
    # 90 % of 1-2 million, 95 % of 2-5 million, 98 % above: 900,000 + 2,850,000 + 980,000 of six million.
    assert _one("marginal", money_a=6_000_000) == Decimal("4730000.00")
    assert _one("marginal", money_a=1_000_000) == 0


def test_over_is_strict_where_the_text_says_over():
    assert (
        _one("tiered", money_a=Decimal("20000000.00")),
        _one("tiered", money_a=Decimal("20000000.01")),
        _one("tiered", money_a=49_990_000),
    ) == (0, 20_000, 20_000)


def test_missing_is_three_valued():
    assert _one("logic", flag=None, money_a=1, money_b=2, other=True) is False
    assert _one("logic", flag=None, money_a=1, money_b=2, other=False) is None
    assert _one("chosen", flag=None, money_a=1) is None
    assert _one("known", money_b=7) == 7


def test_only_over_two_rows_is_an_error_that_names_the_firm():
    told = book(variable("x", "money CNY", "ONLY(leases.rent)"))
    tables = tables_of_rows(
        told, {"firm": [{"key": "a"}], "lease": [{"id": "1", "firm": "a", "rent": 1}, {"id": "2", "firm": "a", "rent": 2}]}
    )
    with pytest.raises(UnableToEvaluate, match="2 rows of lease for firm a"):
        evaluate(compile_rulebook(told, period=Period.parse("2020")), tables).values("firm", "x")


def test_a_sum_with_a_missing_member_is_missing():
    tables = tables_of_rows(
        BOOK,
        {
            "firm": [{"key": "a"}, {"key": "b"}],
            "lease": [{"id": "1", "firm": "a", "rent": None, "kind": "office"}, {"id": "2", "firm": "b", "rent": 3, "kind": "office"}],
        },
    )
    assert evaluate(COMPILED, tables).values("firm", "rents") == [None, Decimal(3)]
