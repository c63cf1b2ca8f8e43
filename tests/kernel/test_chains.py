"""Aggregates along chains of links, and medians and means: hand-computed, by both executors."""

from datetime import date
from decimal import Decimal

import pytest

from tests.kernel.town import HEAD, one, town, variables
from townwright.kernel.formula import check_rulebook, load_rulebook

DATA = {
    "building": [{"id": "B1", "grade": "A", "floors": 9}],
    "unit": [{"id": "U1", "building": "B1", "size": 100}, {"id": "U2", "building": "B1", "size": 50}],
    "firm": [{"key": "a", "unit": "U1", "area": 10}, {"key": "b", "unit": "U9"}, {"key": "c"}],
    "lease": [
        {"id": "L1", "firm": "a", "unit": "U1", "rent": 10, "kind": "office"},
        {"id": "L2", "firm": "a", "unit": "U2", "rent": 20, "kind": "flat"},
        {"id": "L3", "firm": "b", "unit": "U2", "rent": 7, "kind": "office"},
    ],
    "payment": [
        {"id": "P1", "lease": "L1", "amount": 5, "settled": True},
        {"id": "P2", "lease": "L1", "amount": 6, "settled": False},
        {"id": "P3", "lease": "L2", "amount": 8, "settled": True},
        {"id": "P4", "lease": "L3", "settled": True},
        {"id": "P5", "lease": "nowhere", "amount": 99, "settled": True},
        {"id": "P6", "amount": 99, "settled": True},
    ],
}


@pytest.mark.parametrize(
    ("type_", "formula", "wanted"),
    [
        ("money CNY", "SUM(leases.payments.amount)", [19, None, 0]),
        ("int", "COUNT(leases.payments)", [3, 1, 0]),
        ("int", "COUNT(leases.payments.amount)", [3, 0, 0]),
        ("money CNY", "MAX(leases.payments.amount)", [8, None, None]),
        ("money CNY", "SUM(leases.payments.amount) FILTER (WHERE leases.payments.settled)", [13, None, 0]),
        ("money CNY", "SUM(leases.payments.amount) FILTER (WHERE leases.kind = 'office')", [11, None, 0]),
        ("bool", "ANY(leases.payments.amount > leases.rent)", [False, None, False]),
        ("bool", "ANY(leases.payments.amount < leases.rent)", [True, None, False]),
        ("number m2", "SUM(leases.of_unit.size)", [150, 50, 0]),
        ("int", "SUM(leases.of_unit.building_of.floors)", [18, 9, 0]),
        ("int", "COUNT(home.leases)", [1, None, None]),
        ("money CNY", "SUM(home.leases.payments.amount) FILTER (WHERE home.leases.rent > UNIT(9, 'CNY'))", [11, None, None]),
        ("number m2", "SUM(home.leases.of_unit.size) FILTER (WHERE home.size > UNIT(60, 'm2'))", [100, None, None]),
        ("int", "COUNT(leases.payments) FILTER (WHERE name IS NULL)", [3, 1, 0]),
        ("money CNY", "MEDIAN(leases.payments.amount)", [6, None, None]),
        ("money CNY", "MEDIAN(leases.rent)", [15, 7, None]),
    ],
)
def test_a_chain_reaches_each_row_once(type_, formula, wanted):
    rounding = ("half_up 0.01",) if "MEDIAN" in formula else ()
    assert one(type_, formula, DATA, rounding=rounding) == wanted


def test_a_mean_is_a_quotient_and_is_rounded_where_it_says():
    assert one("money CNY", "MEAN(leases.payments.amount)", DATA, rounding=("half_up 0.01",)) == [Decimal("6.33"), None, None]


def test_a_chain_from_the_zone_runs_over_everything_below():
    assert one("money CNY", "SUM(firms.leases.rent)", DATA, entity="zone") == [37]
    assert one("int", "COUNT(firms.leases.payments)", DATA, entity="zone") == [4]


def test_the_owner_can_be_named_inside_a_chain():
    assert one("int", "COUNT(leases.payments) FILTER (WHERE leases.payments.amount > UNIT(5, 'CNY') AND area IS NOT NULL)", DATA) == [
        2,
        0,
        0,
    ]


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("COUNT(leases.of_unit.leases)", "chain-turn"),
        ("COUNT(home.leases) FILTER (WHERE area > UNIT(1, 'm2'))", "chain-bare"),
        ("SUM(leases.payments)", "aggregate-value"),
        ("SUM(leases.payments.amuont)", "unknown-name"),
        ("SUM(SUM(leases.rent))", "aggregate-nested"),
        ("SUM(leases.rent * MAX(leases.rent))", "aggregate-nested"),
        ("ONLY(area)", "aggregate-link"),
    ],
)
def test_a_way_that_could_count_twice_or_leads_nowhere_is_refused(formula, code):
    told = load_rulebook(HEAD + variables(("firm.x", "int", formula)), source="t")
    assert code in [one.code for one in check_rulebook(told)]


PERIODS = {
    "firm": [{"key": "a"}, {"key": "b"}],
    "yearly": [
        {"firm": "a", "period": "2018", "year": 2018, "revenue": 100},
        {"firm": "a", "period": "2019", "year": 2019, "revenue": 150},
        {"firm": "a", "period": "2020", "year": 2020, "revenue": 90},
        {"firm": "b", "period": "2020", "year": 2020, "revenue": 70},
    ],
}


def test_prior_on_rows_of_a_period_is_the_same_key_a_period_earlier():
    assert one("money CNY", "PRIOR(revenue, 1 year)", PERIODS, entity="yearly") == [None, 100, 150, None]
    assert one("money CNY", "PRIOR(revenue, 2 years)", PERIODS, entity="yearly") == [None, None, 100, None]
    assert one("money CNY", "PRIOR(revenue, 1 period)", PERIODS, entity="yearly") == [None, 100, 150, None]
    more = (("yearly.rise", "money CNY", "INCREASE(revenue, PRIOR(revenue, 1 year))"),)
    assert one("money CNY", "rise", PERIODS, entity="yearly", more=more) == [None, 50, 0, None]
    assert one("money CNY", "SUM(returns.rise) FILTER (WHERE returns.year = 2019)", PERIODS, more=more) == [50, 0]


def test_prior_of_a_month_and_of_a_quarter():
    told = ["2019-12", "2020-1", "2020-03", "2020Q1", "2019Q4"]
    months = {"yearly": [{"firm": "a", "period": period, "revenue": place} for place, period in enumerate(told)]}
    assert one("money CNY", "PRIOR(revenue, 1 quarter)", months, entity="yearly") == [None, None, 0, 4, None]
    assert one("money CNY", "PRIOR(revenue, 1 period)", months, entity="yearly") == [None, 0, None, 4, None]


def test_prior_of_a_variable_moves_the_period_back():
    revenue = ("firm.revenue", "money CNY", "ONLY(returns.revenue) FILTER (WHERE returns.year = PERIOD_YEAR())")
    growth = ("firm.growth", "ratio", "revenue / PRIOR(revenue, 1 year) - 1", "half_up 0.0001")
    assert one("money CNY", "PRIOR(revenue, 1 year)", PERIODS, more=(revenue,)) == [150, None]
    assert one("ratio", "growth", PERIODS, more=(revenue, growth)) == [Decimal("-0.4"), None]
    assert one("ratio", "PRIOR(growth, 1 year)", PERIODS, more=(revenue, growth)) == [Decimal("0.5"), None]
    assert one("money CNY", "PRIOR(revenue, 24 month)", PERIODS, more=(revenue,)) == [100, None]


def test_prior_over_a_quarter_moves_first_day_and_year():
    more = (("firm.began", "date", "PERIOD_START()"), ("firm.in_year", "int", "PERIOD_YEAR()"))
    data = {"firm": [{"key": "a"}]}
    assert one("date", "PRIOR(began, 1 quarter)", data, more=more, period="2020Q1") == [date(2019, 10, 1)]
    assert one("int", "PRIOR(in_year, 1 quarter)", data, more=more, period="2020Q1") == [2019]


@pytest.mark.parametrize(
    ("entity", "formula", "code"),
    [
        ("firm", "PRIOR(area, 1 year)", "prior-undated"),
        ("firm", "PRIOR(still, 1 year)", "prior-still"),
        ("firm", "PRIOR(dated, 1 fortnight)", "syntax"),
        ("firm", "PRIOR(dated, '1 fortnight')", "prior-span"),
        ("firm", "PRIOR(dated, 1 period)", "prior-span"),
        ("firm", "PRIOR(dated + dated, 1 year)", "prior-name"),
        ("firm", "PRIOR(mixed, 1 year)", "prior-column"),
        ("firm", "PRIOR(x, 1 year)", "cycle"),
    ],
)
def test_what_prior_cannot_know_is_said(entity, formula, code):
    more = (
        ("firm.still", "number m2", "area"),
        ("firm.dated", "number m2", "CASE WHEN PERIOD_YEAR() > 2000 THEN UNIT(1, 'm2') ELSE UNIT(2, 'm2') END"),
        ("firm.mixed", "number m2", "CASE WHEN PERIOD_YEAR() > 2000 THEN area ELSE 0 END"),
    )
    told = load_rulebook(HEAD + variables((f"{entity}.x", "number m2", formula), *more), source="t")
    assert code in [found.code for found in check_rulebook(told)]


def test_the_copy_of_an_earlier_period_explains_itself():
    from townwright.kernel.formula import explain, tables_of_rows

    compiled = town(
        ("firm.revenue", "money CNY", "ONLY(returns.revenue) FILTER (WHERE returns.year = PERIOD_YEAR())"),
        ("firm.x", "money CNY", "PRIOR(revenue, 1 year)"),
    )
    node = explain(compiled, tables_of_rows(compiled.book, PERIODS), entity="firm", key="a", name="x")
    assert "x = revenue (1 year earlier) 150.00 CNY = 150.00 CNY." in node.sentences("en")
    assert "revenue（早1年）" in "\n".join(node.sentences("zh"))
