"""Every step of the language: the numpy executor equals the interpreter, with missing values, row by row."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.town import town
from townwright.kernel.formula import evaluate, tables_of_rows
from townwright.kernel.formula.executors.interpreter import Interpreter, Rows

R = "half_up 0.0001"
COMPILED = town(
    ("firm.chain_sum", "money CNY", "SUM(leases.payments.amount) FILTER (WHERE leases.payments.settled OR leases.kind = 'office')"),
    ("firm.chain_max", "money CNY", "MAX(leases.payments.amount)"),
    ("firm.chain_min_day", "date", "MIN(leases.payments.paid_on)"),
    ("firm.chain_count", "int", "COUNT(leases.payments) FILTER (WHERE leases.payments.paid_on >= first)"),
    ("firm.chain_any", "bool", "ANY(leases.payments.amount > leases.rent) FILTER (WHERE leases.payments.settled)"),
    ("firm.chain_all", "bool", "ALL(leases.payments.settled)"),
    ("firm.above_bare", "int", "COUNT(leases.payments) FILTER (WHERE exempt)"),
    ("firm.above_link", "number m2", "SUM(leases.of_unit.size) FILTER (WHERE leases.of_unit.building_of.floors > 1)"),
    ("firm.lead", "money CNY", "SUM(home.leases.payments.amount)"),
    ("firm.median", "money CNY", "MEDIAN(leases.rent)", R),
    ("firm.mean", "money CNY", "MEAN(leases.payments.amount) FILTER (WHERE leases.payments.settled)", R),
    ("zone.all_payments", "money CNY", "SUM(firms.leases.payments.amount)"),
    ("firm.group_sum", "number point", "SUM(score, BY(section, county)) FILTER (WHERE NOT exempt)"),
    ("firm.group_count", "int", "COUNT(score, BY(section))"),
    ("firm.group_rows", "int", "COUNT(BY(exempt)) FILTER (WHERE vetoed)"),
    ("firm.group_min", "number point", "MIN(score, BY(county))"),
    ("firm.group_last", "date", "MAX(first, BY(section))"),
    ("firm.group_mean", "number point", "MEAN(score, BY(section)) FILTER (WHERE score IS NOT NULL)", R),
    ("firm.group_median", "number point", "MEDIAN(score, BY()) FILTER (WHERE score IS NOT NULL)", R),
    ("firm.group_any", "bool", "ANY(exempt, BY(section))"),
    ("firm.group_all", "bool", "ALL(vetoed, BY(county)) FILTER (WHERE NOT exempt)"),
    ("firm.share", "ratio", "SHARE(score, BY(section)) FILTER (WHERE NOT exempt)", R),
    ("firm.rank", "int", "RANK(score, BY(section)) FILTER (WHERE score IS NOT NULL)"),
    ("firm.rank_dense", "int", "RANK(score, BY(), 'dense', 'asc') FILTER (WHERE NOT vetoed AND score IS NOT NULL)"),
    ("firm.rank_all", "int", "RANK(score, BY(first))"),
    ("firm.band", "text", "BAND(score, :grades, BY(section)) FILTER (WHERE score IS NOT NULL)"),
    ("firm.band_strict", "text", "BAND(score, :strict, BY(), VETO(vetoed, 'C')) FILTER (WHERE score IS NOT NULL AND NOT exempt)"),
    ("firm.award", "int", "AWARD_YEAR(first, day)"),
    ("firm.award_now", "int", "AWARD_YEAR(first)"),
    ("firm.fiscal", "int", "FISCAL_YEAR(day, 4, 'end')"),
    ("firm.quarter", "int", "QUARTER(day)"),
    ("firm.starts", "int day", "DAYS_BETWEEN(YEAR_START(day), MONTH_START(day))"),
    ("firm.added", "date", "ADD_DAYS(first, count)"),
    ("firm.worked", "int day", "WORKING_DAYS_BETWEEN(first, day)"),
    ("firm.work_added", "date", "ADD_WORKING_DAYS(day, count)"),
    ("firm.overlap", "int day", "OVERLAP_DAYS(first, day)"),
    ("firm.within", "bool", "IN_PERIOD(day)"),
    ("firm.faded", "ratio", "BY_YEAR(count, :fade)"),
    ("firm.more", "number point", "INCREASE(score, UNIT(3, 'point'))"),
    ("firm.up", "number point", "CEIL(score) - FLOOR(score, 0.5)"),
    ("yearly.before", "money CNY", "PRIOR(revenue, 1 year)"),
    ("yearly.steps", "money CNY", "INCREASE(revenue, PRIOR(revenue, 2 years))"),
    ("yearly.doubly", "money CNY", "PRIOR(before, 1 period)"),
    ("firm.revenue", "money CNY", "SUM(returns.revenue) FILTER (WHERE returns.year = PERIOD_YEAR())"),
    ("firm.revenue_before", "money CNY", "PRIOR(revenue, 1 year)"),
    ("firm.growth", "ratio", "revenue / revenue_before - 1", R),
    ("firm.growth_before", "ratio", "PRIOR(growth, 1 year)"),
)  # fmt: skip
DAYS = st.one_of(st.none(), st.dates(date(2018, 1, 1), date(2022, 12, 31)))
BOOLS = st.sampled_from([None, True, False])
SCORES = st.one_of(
    st.none(),
    st.sampled_from([0, 1, 2, 3, 5, 8]).map(lambda n: Decimal(n) / 2),
    st.integers(-(10**14), 10**14),
    st.sampled_from([10**25, -(10**25)]),
)
MONEY = st.one_of(st.none(), st.integers(-(10**17), 10**17).map(lambda cents: Decimal(cents).scaleb(-2)), st.integers(0, 4))
FIRM = st.fixed_dictionaries(
    {
        "section": st.sampled_from([None, "C", "I"]), "county": st.sampled_from([None, 1, 2]), "score": SCORES, "exempt": BOOLS, "vetoed": BOOLS,
        "unit": st.sampled_from([None, "U0", "U1", "U7"]), "first": DAYS, "day": DAYS, "count": st.one_of(st.none(), st.integers(-9, 9)),
    }
)  # fmt: skip
UNIT = st.fixed_dictionaries({"building": st.sampled_from([None, "B0", "B1"]), "size": st.one_of(st.none(), st.integers(0, 500))})
LEASE = st.fixed_dictionaries(
    {
        "firm": st.sampled_from([None, "0", "1", "9"]), "unit": st.sampled_from([None, "U0", "U1"]), "rent": MONEY,
        "kind": st.sampled_from([None, "office", "flat"]),
    }
)  # fmt: skip
PAYMENT = st.fixed_dictionaries({"lease": st.sampled_from([None, "L0", "L1", "L8"]), "amount": MONEY, "paid_on": DAYS, "settled": BOOLS})


@st.composite
def towns(draw):
    data = {
        "building": [{"id": f"B{n}", "floors": draw(st.sampled_from([None, 1, 2]))} for n in range(draw(st.integers(0, 2)))],
        "unit": [{"id": f"U{n}", **row} for n, row in enumerate(draw(st.lists(UNIT, max_size=3)))],
        "firm": [{"key": str(n), **row} for n, row in enumerate(draw(st.lists(FIRM, max_size=7)))],
        "lease": [{"id": f"L{n}", **row} for n, row in enumerate(draw(st.lists(LEASE, max_size=4)))],
        "payment": [{"id": f"P{n}", **row} for n, row in enumerate(draw(st.lists(PAYMENT, max_size=6)))],
    }
    told = draw(st.lists(st.tuples(st.sampled_from(["0", "1", None]), st.integers(2017, 2021)), max_size=6, unique=True))
    data["yearly"] = [{"firm": firm, "period": str(year), "year": year, "revenue": draw(MONEY)} for firm, year in told]
    return data


@settings(max_examples=200, deadline=None)
@given(towns())
def test_both_executors_agree_on_every_step(data):
    tables = tables_of_rows(COMPILED.book, data)
    fast, slow = evaluate(COMPILED, tables), Interpreter(COMPILED, Rows(COMPILED, tables))
    for entity, name in COMPILED.order:
        for row, value in enumerate(fast.values(entity, name)):
            wanted = slow.variable(entity, name, row)
            exact = Fraction(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
            assert exact == wanted, (entity, name, row)


def test_there_is_a_formula_for_every_function():
    from townwright.kernel.formula.functions import AGGREGATES, FUNCTIONS, GROUP_STEPS

    text = COMPILED.book.text
    older = {"LEAST", "GREATEST", "ABS", "COALESCE", "ROUND_TO", "UNIT", "LEFT", "STARTS_WITH", "TIER", "BRACKET", "MONTHS_BETWEEN",
             "YEARS_BETWEEN", "ADD_MONTHS", "YEAR", "MONTH", "DAY", "PERIOD_START", "PERIOD_END", "ONLY"}  # fmt: skip
    assert AGGREGATES | GROUP_STEPS <= FUNCTIONS
    assert [name for name in sorted(FUNCTIONS - older) if f"{name}(" not in text] == []
