"""Why not: the fewest things that fail, by how much, and the nearest single change; by hand, and against brute force."""

import time
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townwright.kernel.formula import (
    Explanations,
    UnableToEvaluate,
    compile_rulebook,
    evaluate,
    explain_many,
    explain_verdict,
    load_rulebook,
    tables_of_rows,
    why_not,
)
from townwright.kernel.values.period import Period

BOOLS = st.sampled_from([None, True, False])
BOOK = load_rulebook(
    """rulebook: support
version: "1"
kind: policy
status: draft
title: support
in_force: {from: 2015-01-01, to: null}
entities:
  firm:
    key: key
    columns: {area: number m2, price: money CNY, staff: int person, listed: bool, section: text, since: date, note: text}
  yearly: {key: [firm, period], columns: {firm: text, year: int, revenue: money CNY, spend: money CNY}}
links:
  firm.returns: {to: yearly, on: firm}
parameters:
  most_area: {unit: m2, values: {2015-01-01: 1000}}
  least_revenue: {unit: CNY, values: {2015-01-01: 20000000}}
  least_share: {unit: ratio, values: {2015-01-01: 0.05}}
variables:
  firm.revenue: {type: money CNY, label: {zh: 营业收入, en: revenue}, formula: ONLY(returns.revenue) FILTER (WHERE returns.year = PERIOD_YEAR())}
  firm.spend: {type: money CNY, label: {zh: 研发支出, en: R&D spend}, formula: ONLY(returns.spend) FILTER (WHERE returns.year = PERIOD_YEAR())}
  firm.big: {type: bool, label: {zh: 大, en: big}, formula: "staff >= UNIT(100, 'person') AND price > UNIT(5, 'CNY')"}
  firm.amount: {type: money CNY, round: half_up 0.01, label: {zh: 补贴, en: support}, formula: "revenue * 0.01"}
policy:
  entity: firm
  eligible:
    - {name: area, label: {zh: 面积, en: area}, formula: "area <= :most_area"}
    - {name: revenue, label: {zh: 规模, en: size}, formula: "revenue >= :least_revenue"}
    - {name: research, label: {zh: 研发, en: research}, formula: "spend / revenue >= :least_share OR listed"}
    - {name: kind, label: {zh: 行业, en: kind}, formula: "section IN ('I', 'M') AND since < DATE '2016-01-01'"}
    - {name: big_or_listed, label: {zh: 大或上市, en: big or listed}, formula: "big OR (listed AND section = 'I') OR NOT (price > UNIT(1, 'CNY'))"}
  amount: amount
""",
    source="support.yaml",
)
COMPILED = compile_rulebook(BOOK, period=Period.parse("2016"))
GOOD = {"key": "a", "area": 900, "price": 6, "staff": 120, "listed": False, "section": "I", "since": date(2015, 3, 1)}
RETURN = {"firm": "a", "year": 2016, "revenue": 30_000_000, "spend": 1_500_000}


def _tables(firm=(), **told):
    return tables_of_rows(BOOK, {"firm": [{**GOOD, **dict(firm)}], "yearly": [{**RETURN, **told}]})


def _why(firm=(), **told):
    return why_not(COMPILED, _tables(firm, **told), key="a")


def test_an_eligible_firm_has_nothing_to_mend():
    told = _why()
    assert (told.verdict, told.shortfalls, told.changes, told.sentences("en")) == ("eligible", (), (), [])


def test_an_area_too_large():
    told = _why({"area": Decimal("1012.4")})
    (short,) = told.shortfalls
    assert (short.condition, short.gap, short.unit, short.direction) == ("area", Fraction("12.4"), "m2", "over")
    assert told.sentences("en") == [
        "area: area is 1,012.4 m2, at most 1,000 m2 is asked: 12.4 m2 too much.",
        "If area of firm a were 1,000 m2 instead of 1,012.4 m2 (12.4 m2 less), it would be eligible.",
    ]
    assert told.sentences("zh") == [
        "面积：area为 1,012.4 ㎡，要求不超过 1,000 ㎡，超出 12.4 ㎡。",
        "若 firm a 的 area 由 1,012.4 ㎡ 变为 1,000 ㎡（减少 12.4 ㎡），即可符合条件。",
    ]


def test_a_revenue_that_is_short():
    told = _why(revenue=19_820_000, spend=1_500_000)
    (short,) = told.shortfalls
    assert (short.gap, short.unit, short.direction) == (180_000, "CNY", "short")
    assert "revenue is 19,820,000.00 CNY, at least 20,000,000.00 CNY is asked: 180,000.00 CNY short." in told.sentences("en")[0]
    (change,) = told.changes
    assert (change.entity, change.column, change.key, change.then, change.solved) == ("yearly", "revenue", "a", 20_000_000, True)
    assert told.to_dict()["changes"][0]["then"] == "20000000"


def test_of_two_ways_the_one_with_fewer_failures_is_told():
    told = _why({"staff": 90, "price": 4})
    assert [one.text for one in told.shortfalls] == ["listed"]
    assert [(one.column, one.then) for one in told.changes] == [("price", 1), ("listed", True)]
    told = _why({"staff": 90})
    assert [(one.text, one.gap) for one in told.shortfalls] == [("staff >= UNIT(100, 'person')", 10)]
    assert told.changes[0].to_dict()["then"] == "100"


def test_a_strict_limit_that_is_just_met_is_said_to_be_just_that():
    told = _why({"price": 5})
    (short,) = told.shortfalls
    assert short.gap == 0
    assert "it is just that, which is not enough" in told.sentences("en")[0]
    assert "恰好相等" in told.sentences("zh")[0]
    assert told.changes[0].then == Fraction("5.01")


def test_a_quotient_is_searched_and_checked():
    told = _why(spend=1_000_000)
    (short,) = told.shortfalls
    assert short.gap == Fraction(5, 100) - Fraction(1, 30)
    found = {one.column: (one.then, one.solved) for one in told.changes}
    assert found == {"spend": (1_500_000, True), "revenue": (20_000_000, False), "listed": (True, True)}
    assert told.changes[0].column == "revenue"  # a third less is nearer than half as much again


def test_a_text_and_a_date():
    told = _why({"section": "C"})
    assert [(one.op, one.have, one.asked) for one in told.shortfalls] == [("in", "C", ("I", "M"))]
    assert [(one.column, one.then) for one in told.changes] == [("section", "I")]
    told = _why({"since": date(2016, 1, 10)})
    assert (told.shortfalls[0].gap, told.changes[0].then) == (9, date(2015, 12, 31))
    assert "9 days too late" in told.sentences("en")[0]


def test_when_no_single_figure_would_do_it_says_so():
    told = _why({"area": 2000}, revenue=1)
    assert told.changes == ()
    assert told.sentences("en")[-1].startswith("No single figure alone would do")
    assert told.sentences("zh")[-1].startswith("没有任何单独一项")


def test_what_is_missing_is_asked_for_first():
    told = _why({"listed": None}, spend=None)
    assert told.verdict == "undecided"
    assert told.sentences("en") == ["It cannot be decided for want of figures; file first: R&D spend, research."]
    assert told.sentences("zh")[0].startswith("缺数，无法判断；请先补报：")


def test_a_town_in_one_table_packs_small_and_tells_the_same():
    rows = [{**GOOD, "key": str(n), "area": 900 + n} for n in range(300)]
    returns = [{**RETURN, "firm": str(n), "revenue": 19_900_000 + n * 1_000} for n in range(300)]
    tables = tables_of_rows(BOOK, {"firm": rows, "yearly": returns})
    told = explain_many(COMPILED, tables)
    assert told.table.column_names == ["key", "verdict", "failing", "gaps", "missing"]
    assert told.reasons("0", "en") == ["size: revenue is 100,000.00 CNY short."]
    assert told.reasons("299", "en") == ["area: area is 199 m2 too much."]
    assert told.reasons("299", "zh") == ["面积：area超出 199 ㎡。"]
    packed = told.pack()
    again = Explanations.unpack(packed)
    assert again.table.equals(told.table)
    assert again.legend == told.legend
    assert len(packed) < 12_000
    with pytest.raises(UnableToEvaluate):
        Explanations.unpack(b"nothing")
    with pytest.raises(UnableToEvaluate):
        told.reasons("nobody", "en")


REWARD = load_rulebook(
    """rulebook: reward
version: "1"
kind: policy
status: draft
title: reward
in_force: {from: 2015-01-01, to: null}
entities:
  firm: {key: key, columns: {present: bool, grown: bool}}
  yearly: {key: [firm, period], period: year, columns: {firm: text, year: int, revenue: money CNY}}
links:
  firm.returns: {to: yearly, on: firm}
tables:
  lump: {kind: tier, input_unit: CNY, unit: CNY, values: {2015-01-01: [{from: 20000000, value: 5}, {from: 50000000, value: 9}]}}
variables:
  firm.revenue: {type: money CNY, label: {zh: 营业收入, en: revenue}, formula: ONLY(returns.revenue) FILTER (WHERE returns.year = PERIOD_YEAR())}
  firm.before: {type: money CNY, label: {zh: 上年, en: the year before}, formula: "PRIOR(revenue, 1 year)"}
  firm.scale: {type: money CNY, formula: "TIER(revenue, :lump)"}
  firm.growth:
    type: money CNY
    round: half_up 0.01
    formula: "CASE WHEN before IS NULL THEN 0 WHEN revenue >= before * 1.3 THEN INCREASE(revenue, before) * 0.01 ELSE 0 END"
  firm.reward: {type: money CNY, label: {zh: 奖励, en: reward}, formula: "GREATEST(scale, growth)"}
policy:
  entity: firm
  eligible:
    - {name: some, label: {zh: 有奖, en: something}, formula: "reward > 0 AND COUNT(returns) > 1"}
    - {name: here, formula: present}
  amount: reward
""",
    source="reward.yaml",
)
REWARD_COMPILED = compile_rulebook(REWARD, period=Period.parse("2016"))


def _reward(*revenues, present=True):
    rows = [{"firm": "a", "year": 2016 - place, "revenue": revenue} for place, revenue in enumerate(revenues)]
    return tables_of_rows(REWARD, {"firm": [{"key": "a", "present": present}], "yearly": rows})


def test_a_reward_above_zero_asks_for_the_limits_behind_it():
    told = why_not(REWARD_COMPILED, _reward(19_000_000, 18_000_000), key="a")
    assert told.sentences("en") == [
        "something: revenue is 19,000,000.00 CNY, at least 20,000,000.00 CNY is asked: 1,000,000.00 CNY short.",
        "If revenue of yearly a were 20,000,000.00 CNY instead of 19,000,000.00 CNY (1,000,000.00 CNY more), it would be eligible.",
    ]
    assert [(one.past, one.now, one.then) for one in told.changes] == [
        (False, 19_000_000, 20_000_000),
        (True, 18_000_000, Fraction("14615384.61")),
    ]


def test_the_nearer_way_is_taken_even_if_another_one_fails():
    # To grow by 30 % from 14 million, 18.2 million are enough; the tier of 20 million lies farther.
    told = why_not(REWARD_COMPILED, _reward(18_000_000, 14_000_000), key="a")
    assert told.changes[0].then == 18_200_000


def test_a_count_that_is_short_says_how_many_more():
    told = why_not(REWARD_COMPILED, _reward(30_000_000), key="a")
    assert told.sentences("en")[0] == "something: number of returns is 1, more than 1 is asked: 1 short."


REVENUES = st.lists(st.one_of(st.none(), st.integers(0, 60_000_000), st.sampled_from([0, 1, 20_000_000, 26_000_000])), max_size=3)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(REVENUES, BOOLS), max_size=4))
def test_rewards_of_a_town_are_explained_as_each_firm_is(firms):
    data = {
        "firm": [{"key": str(n), "present": present} for n, (_, present) in enumerate(firms)],
        "yearly": [
            {"firm": str(n), "year": 2016 - place, "revenue": one} for n, (told, _) in enumerate(firms) for place, one in enumerate(told)
        ],
    }
    tables = tables_of_rows(REWARD, data)
    many = explain_many(REWARD_COMPILED, tables)
    for place, row in enumerate(many.table.to_pylist()):
        one = explain_verdict(REWARD_COMPILED, tables, key=str(place))
        asked = [(many.legend["asked"][number]["text"], gap) for number, gap in zip(row["failing"], row["gaps"], strict=True)]
        assert sorted(asked, key=str) == sorted(((short.text, short.gap) for short in one.shortfalls), key=str)
        assert bool(asked) == (one.verdict == "not_eligible")


NUMBERS = st.one_of(st.none(), st.integers(0, 30))
ROW = st.fixed_dictionaries(
    {
        "area": st.one_of(st.none(), st.integers(900, 1100)), "price": NUMBERS, "staff": st.one_of(st.none(), st.integers(90, 110)),
        "listed": st.sampled_from([None, True, False]), "section": st.sampled_from([None, "I", "M", "C"]),
        "since": st.one_of(st.none(), st.dates(date(2015, 12, 1), date(2016, 2, 1))),
    }
)  # fmt: skip
FILED = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"revenue": st.sampled_from([None, 0, 19_999_999, 20_000_000, 40_000_000]), "spend": st.sampled_from([None, 0, 10**6, 2 * 10**6])}
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(ROW, FILED), max_size=5))
def test_a_whole_town_is_explained_as_each_firm_is(rows):
    data = {
        "firm": [{"key": str(n), **row} for n, (row, _) in enumerate(rows)],
        "yearly": [{"firm": str(n), "year": 2016, **filed} for n, (_, filed) in enumerate(rows) if filed is not None],
    }
    tables = tables_of_rows(BOOK, data)
    many = explain_many(COMPILED, tables)
    for place, told in enumerate(many.table.to_pylist()):
        one = explain_verdict(COMPILED, tables, key=str(place))
        assert told["verdict"] == one.verdict
        asked = [many.legend["asked"][number] for number in told["failing"]]
        assert sorted((a["condition"], a["text"]) for a in asked) == sorted((s.condition, s.text) for s in one.shortfalls)
        gaps = {(a["condition"], a["text"]): gap for a, gap in zip(asked, told["gaps"], strict=True)}
        for short in one.shortfalls:
            gap = gaps[short.condition, short.text]
            assert (gap is None) == (short.gap is None)
            assert gap is None or 0 <= Fraction(gap) - short.gap < Fraction(1, 10**6)
        if one.verdict == "undecided":
            labels = {tuple(sorted(many.legend["inputs"][number].items())) for number in told["missing"]}
            assert labels == {tuple(sorted(label.items())) for label in one.missing}
        else:
            assert told["missing"] == []


SMALL = load_rulebook(
    """rulebook: small
version: "1"
kind: policy
status: draft
title: small
in_force: {from: 2015-01-01, to: null}
entities:
  firm: {key: key, columns: {x: int, y: int, z: int}}
tables:
  steps: {kind: tier, values: {2015-01-01: [{from: 3, value: 5}, {from: 9, value: 12}]}}
variables:
  firm.amount: {type: money CNY, formula: "x * UNIT(1, 'CNY')"}
policy:
  entity: firm
  eligible:
    - {name: one, formula: "x * 2 + y >= z"}
    - {name: two, formula: "TIER(x, :steps) + y > 4 OR z = 3"}
    - {name: three, formula: "NOT (y > 20 AND x > 2)"}
  amount: amount
""",
    source="small.yaml",
)
SMALL_COMPILED = compile_rulebook(SMALL, period=Period.parse("2016"))


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 25), st.integers(0, 25), st.integers(0, 40))
def test_the_nearest_change_is_the_nearest_by_brute_force(x, y, z):
    row = {"key": "a", "x": x, "y": y, "z": z}
    told = why_not(SMALL_COMPILED, tables_of_rows(SMALL, {"firm": [row]}), key="a")
    found = {one.column: one.then for one in told.changes}
    if told.verdict == "eligible":
        assert found == {}
        return
    read = {"one": "xyz", "two": "xyz", "three": "xy"}
    inputs = set("".join(read[short.condition] for short in told.shortfalls))
    for column in inputs:
        rows = [{**row, "key": str(value), column: value} for value in range(90)]
        verdicts = evaluate(SMALL_COMPILED, tables_of_rows(SMALL, {"firm": rows})).verdicts()
        able = [value for value, verdict in enumerate(verdicts) if verdict == "eligible"]
        nearest = min((abs(value - row[column]) for value in able), default=None)
        if column in found:
            assert nearest is not None
            assert verdicts[int(found[column])] == "eligible" if found[column] < 90 else True
            assert abs(found[column] - row[column]) >= nearest
        if column in found and _monotone(able):
            assert abs(found[column] - row[column]) == nearest, (column, found, able)


def _monotone(able):
    """Say whether the values that do are one run: then doubling and closing in cannot jump over them."""
    return bool(able) and able == list(range(able[0], able[-1] + 1)) and able[-1] == 89


@pytest.mark.slow
def test_ten_thousand_firms_are_explained_in_seconds():
    count = 10_000
    rows = {
        "key": [str(n) for n in range(count)], "area": [n % 1500 for n in range(count)], "price": [n % 9 for n in range(count)],
        "staff": [n % 150 for n in range(count)], "listed": [n % 7 == 0 for n in range(count)], "section": ["IMC"[n % 3] for n in range(count)],
        "since": [date(2015, 1 + n % 12, 1) for n in range(count)], "note": [None] * count,
    }  # fmt: skip
    yearly = {
        "firm": rows["key"], "period": ["2016"] * count, "year": [2016] * count, "revenue": [n * 7919 % 40_000_000 for n in range(count)],
        "spend": [n * 104_729 % 3_000_000 if n % 11 else None for n in range(count)],
    }  # fmt: skip
    tables = {"firm": pa.table(rows), "yearly": pa.table(yearly)}
    begun = time.perf_counter()
    told = explain_many(COMPILED, tables)
    assert time.perf_counter() - begun < 10
    assert told.table.num_rows == count
    assert len(told.pack()) < 30 * count
