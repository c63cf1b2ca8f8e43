"""Dates: award years, fiscal years, working days, overlaps; hand-computed, by both executors."""

from datetime import date
from decimal import Decimal

import pytest

from tests.kernel.town import HEAD, one, town, variables
from townwright.kernel.formula import UnableToEvaluate, check_rulebook, evaluate, load_rulebook, tables_of_rows
from townwright.kernel.formula.executors.interpreter import Interpreter, Rows
from townwright.kernel.values import workdays

D = date


def days(*pairs):
    return {"firm": [{"key": str(n), "first": first, "day": day} for n, (first, day) in enumerate(pairs)]}


def test_an_award_year_runs_from_its_first_day_to_the_day_before_the_anniversary():
    first = D(2019, 3, 15)
    pairs = [
        (first, D(2019, 3, 14)),
        (first, first),
        (first, D(2020, 3, 14)),
        (first, D(2020, 3, 15)),
        (first, D(2022, 3, 14)),
        (first, None),
        (None, first),
    ]
    assert one("int", "AWARD_YEAR(first, day)", days(*pairs)) == [0, 1, 1, 2, 3, None, None]


def test_an_award_year_that_begins_on_the_leap_day_ends_with_february():
    leap = D(2020, 2, 29)
    assert one(
        "int",
        "AWARD_YEAR(first, day)",
        days((leap, D(2021, 2, 27)), (leap, D(2021, 2, 28)), (leap, D(2024, 2, 28)), (leap, D(2024, 2, 29))),
    ) == [1, 2, 4, 5]


def test_without_a_day_it_is_the_award_year_of_the_last_day_of_the_period():
    assert one("int", "AWARD_YEAR(first)", days((D(2019, 12, 31), None), (D(2020, 1, 1), None), (D(2021, 1, 1), None))) == [2, 1, 0]


def test_a_sum_since_the_first_claim_within_its_award_year():
    data = {
        "firm": [{"key": "a"}, {"key": "b"}],
        "lease": [{"id": "L", "firm": "a"}],
        "payment": [
            {"id": "1", "lease": "L", "amount": 10, "paid_on": D(2019, 7, 1)},
            {"id": "2", "lease": "L", "amount": 20, "paid_on": D(2020, 6, 30)},
            {"id": "3", "lease": "L", "amount": 40, "paid_on": D(2020, 7, 1)},
        ],
    }
    more = (("firm.began", "date", "MIN(leases.payments.paid_on)"),)
    assert one(
        "money CNY", "SUM(leases.payments.amount) FILTER (WHERE AWARD_YEAR(began, leases.payments.paid_on) = 1)", data, more=more
    ) == [30, 0]
    since = "SUM(leases.payments.amount) FILTER (WHERE leases.payments.paid_on >= began AND leases.payments.paid_on < PERIOD_END())"
    assert one("money CNY", since, data, more=more) == [70, 0]


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("FISCAL_YEAR(day, 4, 'start')", [2019, 2020]),
        ("FISCAL_YEAR(day, 4, 'end')", [2020, 2021]),
        ("FISCAL_YEAR(day, 1, 'start')", [2020, 2020]),
        ("FISCAL_YEAR(day, 1, 'end')", [2020, 2020]),
        ("QUARTER(day)", [1, 2]),
        ("DAY(day)", [31, 1]),
        ("YEAR(YEAR_START(day)) * 10000 + MONTH(YEAR_START(day)) * 100 + DAY(YEAR_START(day))", [20200101, 20200101]),
        ("MONTH(MONTH_START(day)) * 100 + DAY(MONTH_START(day))", [301, 401]),
        ("DAY(ADD_DAYS(day, 1))", [1, 2]),
        ("DAY(ADD_DAYS(day, count - 31))", [29, 30]),
    ],
)
def test_parts_of_a_date(formula, wanted):
    data = {"firm": [{"key": "a", "day": D(2020, 3, 31), "count": 29}, {"key": "b", "day": D(2020, 4, 1), "count": 29 + 31 - 31}]}
    wanted = [29, 30] if "count" in formula else wanted
    assert one("int", formula, data) == wanted


def test_days_of_a_lease_in_the_period():
    pairs = [(D(2019, 12, 1), D(2020, 1, 11)), (D(2020, 1, 1), D(2021, 1, 1)), (D(2021, 1, 1), D(2022, 1, 1)), (D(2020, 6, 1), None)]
    assert one("int day", "OVERLAP_DAYS(first, day)", days(*pairs)) == [10, 366, 0, None]
    assert one("bool", "IN_PERIOD(first)", days(*pairs)) == [False, True, False, True]


def test_working_days_around_the_national_day_of_2020():
    # 1 to 8 October were free; Sunday 27 September and Saturday 10 October were worked.
    pairs = [(D(2020, 9, 25), D(2020, 10, 12)), (D(2020, 10, 1), D(2020, 10, 9)), (D(2020, 10, 12), D(2020, 9, 25)), (None, D(2020, 1, 1))]
    assert one("int day", "WORKING_DAYS_BETWEEN(first, day)", days(*pairs)) == [7, 0, -7, None]
    counts = [(D(2020, 9, 30), 1), (D(2020, 9, 30), 0), (D(2020, 10, 3), 2), (D(2020, 10, 9), -1), (D(2020, 10, 3), -3)]
    data = {"firm": [{"key": str(n), "day": day, "count": count} for n, (day, count) in enumerate(counts)]}
    wanted = [D(2020, 10, 9), D(2020, 9, 30), D(2020, 10, 10), D(2020, 9, 30), D(2020, 9, 28)]
    assert one("date", "ADD_WORKING_DAYS(day, count)", data) == wanted


@pytest.mark.parametrize(
    "formula", ["WORKING_DAYS_BETWEEN(first, day)", "WORKING_DAYS_BETWEEN(day, first)", "DAYS_BETWEEN(first, ADD_WORKING_DAYS(day, 1))"]
)
def test_a_year_without_a_notice_is_refused_by_both_executors(formula):
    compiled = town(("firm.x", "int day", formula))
    tables = tables_of_rows(compiled.book, days((D(2020, 1, 1), D(workdays.LAST.year + 1, 1, 2))))
    with pytest.raises(UnableToEvaluate, match="outside the calendar"):
        evaluate(compiled, tables).values("firm", "x")
    with pytest.raises(UnableToEvaluate, match="outside the calendar"):
        Interpreter(compiled, Rows(compiled, tables)).variable("firm", "x", 0)


def test_the_day_after_the_last_known_may_end_a_span():
    after = D(workdays.LAST.year + 1, 1, 1)
    told = one("int day", "WORKING_DAYS_BETWEEN(first, day)", days((D(workdays.LAST.year, 12, 31), after)))
    assert told == [int(workdays.is_working_day(workdays.LAST))]
    compiled = town(("firm.x", "date", "ADD_WORKING_DAYS(day, count)"))
    tables = tables_of_rows(compiled.book, {"firm": [{"key": "a", "day": workdays.LAST, "count": 3}]})
    with pytest.raises(UnableToEvaluate, match="outside the calendar"):
        evaluate(compiled, tables).values("firm", "x")


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("FISCAL_YEAR(day, 13, 'start')", "fiscal-month"),
        ("FISCAL_YEAR(day, 4, 'middle')", "option"),
        ("AWARD_YEAR(count)", "kind"),
        ("YEAR(ADD_DAYS(day, area))", "whole-count"),
        ("AWARD_YEAR(day, day, day)", "arguments"),
        ("BY_YEAR(count / 2, :fade)", "whole-year"),
    ],
)
def test_dates_that_cannot_be_are_refused(formula, code):
    found = check_rulebook(load_rulebook(HEAD + variables(("firm.x", "int", formula)), source="t"))
    assert code in [one.code for one in found], found


def test_floor_and_ceil_are_roundings():
    data = {"firm": [{"key": str(n), "score": Decimal(told)} for n, told in enumerate(["1.5", "-1.5", "7"])]}
    assert one("number point", "FLOOR(score)", data) == [1, -2, 7]
    assert one("number point", "CEIL(score)", data) == [2, -1, 7]
    assert one("number point", "CEIL(score, 5)", data) == [5, 0, 10]
    assert one("number point", "INCREASE(score, UNIT(1, 'point'))", data) == [Decimal("0.5"), 0, 6]
