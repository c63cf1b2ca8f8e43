"""Comparison, budget curves and the split of a change: by hand, and sums by property."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townwright.kernel.formula import (
    Execution,
    RulebookRefused,
    UnableToChange,
    UnableToCompare,
    budget_curve,
    clauses_between,
    compare,
    compile_rulebook,
    evaluate,
    load_rulebook,
    rulebook_hash,
    split_change,
    tables_of_rows,
    with_parameters,
)
from townwright.kernel.formula.outcomes import OUTCOMES
from townwright.kernel.values.period import Period

P = Period.parse("2020")
BOOLS = st.sampled_from([None, True, False])
OLD_TEXT = """rulebook: rent
version: "1"
kind: policy
status: draft
title: rent
in_force: {from: 2019-01-01, to: 2021-01-01}
entities:
  firm: {key: key, columns: {rent: money CNY, section: text, listed: bool}}
parameters:
  share: {unit: ratio, values: {2019-01-01: 0.5}}
  cap: {unit: CNY, values: {2019-01-01: 100}}
tables:
  extra: {kind: tier, input_unit: CNY, unit: CNY, values: {2019-01-01: [{from: 150, value: 10}]}}
variables:
  firm.support: {type: money CNY, round: half_up 0.01, formula: "LEAST(rent * :share, :cap) + TIER(rent, :extra)"}
policy:
  entity: firm
  eligible:
    - {name: pays, formula: "rent >= UNIT(60, 'CNY')"}
  amount: support
"""
NEW_TEXT = (
    OLD_TEXT.replace('version: "1"', 'version: "2"').replace("0.5", "0.4").replace("{2019-01-01: 100}", "{2019-01-01: 120}")
    .replace("rent >= UNIT(60, 'CNY')", "rent >= UNIT(30, 'CNY') AND NOT listed")
)  # fmt: skip
OLD, NEW = load_rulebook(OLD_TEXT, source="old"), load_rulebook(NEW_TEXT, source="new")
ROWS = [
    {"key": "a", "rent": 100, "section": "C", "listed": False},
    {"key": "b", "rent": 50, "section": "I", "listed": False},
    {"key": "c", "rent": 300, "section": "I", "listed": False},
    {"key": "d", "rent": 200, "section": "C", "listed": True},
    {"key": "e", "section": "C", "listed": False},
    {"key": "f", "rent": 10, "section": "I", "listed": False},
]
TABLES = tables_of_rows(OLD, {"firm": ROWS})


def _compiled(book):
    return compile_rulebook(book, period=P)


def test_winners_losers_and_totals():
    told = compare(_compiled(OLD), _compiled(NEW), TABLES, by=["section"])
    rows = {row["key"]: (row["outcome"], row["amount_before"], row["amount_after"]) for row in told.table.to_pylist()}
    assert rows == {
        "a": ("loser", 50, 40), "b": ("newly_eligible", 0, 20), "c": ("winner", 110, 130), "d": ("newly_ineligible", 110, 0),
        "e": ("unknown", None, None), "f": ("unchanged", 0, 0),
    }  # fmt: skip
    assert (told.totals["before"], told.totals["after"], told.totals["difference"]) == (270, 190, -80)
    by = {row["value"]: (row["rows"], row["difference"], row["unknown"]) for row in told.by["section"]}
    assert by == {"C": (3, -120, 1), "I": (3, 40, 0)}
    assert told.to_dict()["totals"]["difference"] == "-80.00"
    assert told.to_dict(rows=False).keys() == {"totals", "by"}


def test_a_column_that_no_rulebook_names_may_still_be_summed_by():
    tables = {"firm": TABLES["firm"].append_column("street", [["x", "x", "y", "y", "y", None]])}
    told = compare(_compiled(OLD), _compiled(NEW), tables, by=["street", "support"])
    assert [(row["value"], row["difference"]) for row in told.by["street"]] == [("x", 10), ("y", -90), (None, 0)]
    with pytest.raises(UnableToCompare, match="Did you mean 'street'"):
        compare(_compiled(OLD), _compiled(NEW), tables, by=["stret"])


def test_other_parameters_are_another_rulebook():
    changed = with_parameters(OLD, {"share": "0.4", "cap": 120})
    assert rulebook_hash(changed) != rulebook_hash(OLD)
    told = compare(_compiled(OLD), _compiled(changed), TABLES)
    assert told.totals["difference"] == -10 + 0 + 20 - 20  # a loses 10, c gains 20 by the cap, d loses 20
    tables = with_parameters(OLD, {"extra": [{"from": "50", "value": 5}]})
    assert compare(_compiled(OLD), _compiled(tables), TABLES).totals["difference"] == 5 - 5 - 5
    later = with_parameters(OLD, {"share": "0.4"}, since=P.end)
    assert compare(_compiled(OLD), _compiled(later), TABLES).totals["difference"] == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"shair": 1}, "Did you mean 'share'"),
        ({"share": 0.5}, "no exact figure"),
        ({"share": "half"}, "no exact figure"),
        ({"extra": [{"at": 1}]}, "takes rows"),
    ],
)
def test_changes_that_cannot_be_are_refused(values, words):
    with pytest.raises(UnableToChange, match=words) as refused:
        with_parameters(OLD, values)
    assert set(refused.value.message) == {"zh", "en"}


def test_a_budget_curve():
    curve = budget_curve(OLD, TABLES, parameter="share", values=["0", "0.25", "0.5", "1"], period=P)
    assert [(point.eligible, point.undecided, point.total) for point in curve] == [
        (3, 1, Decimal("20.00")), (3, 1, Decimal("170.00")), (3, 1, Decimal("270.00")), (3, 1, Decimal("320.00")),
    ]  # fmt: skip


def test_a_change_is_split_by_its_clauses_and_sums_to_the_whole():
    assert [str(one) for one in clauses_between(OLD, NEW)] == ["parameter:share", "parameter:cap", "condition:pays"]
    told = split_change(OLD, NEW, TABLES, period=P)
    # Share 0.5 → 0.4: a −10, d −20, c stays at its cap. Cap 100 → 120: c +20. Condition: b +20, d out −90.
    assert [(str(effect.clauses[0]), effect.difference) for effect in told.effects] == [
        ("parameter:share", -30), ("parameter:cap", 20), ("condition:pays", -70),
    ]  # fmt: skip
    assert (told.before, told.after) == (270, 190)
    assert [(one.newly_eligible, one.newly_ineligible) for one in told.effects] == [(0, 0), (0, 0), (1, 1)]
    other = split_change(OLD, NEW, TABLES, period=P, order=["condition:pays"])
    # Condition first: b +25, d out −110; then share: a −10, b −5, c stays at its cap; then cap: c +20.
    assert [effect.difference for effect in other.effects] == [-85, -15, 20]
    assert other.to_dict()["difference"] == "-80.00"


def test_clauses_that_only_work_together_are_applied_together():
    text = NEW_TEXT.replace("unit: ratio, values: {2019-01-01: 0.4}", "unit: CNY, values: {2019-01-01: 7}").replace(
        "rent * :share", "rent + :share"
    )
    told = split_change(OLD, load_rulebook(text, source="t"), TABLES, period=P)
    assert [str(clause) for clause in told.effects[0].clauses] == [
        "parameter:share",
        "parameter:cap",
        "variable:firm.support",
    ]
    assert told.before + sum(effect.difference for effect in told.effects) == told.after


def test_added_and_removed_conditions_amounts_and_caps_are_clauses():
    text = OLD_TEXT.replace("    - {name: pays,", "    - {name: not_listed, formula: NOT listed}\n    - {name: pays,").replace(
        "amount: support", "amount: twice\n  yearly_cap: most"
    )
    text = text.replace("variables:\n", "variables:\n  firm.twice: {type: money CNY, formula: support + support}\n")
    text = text.replace("  cap: {unit", "  most: {unit: CNY, values: {2019-01-01: 210}}\n  cap: {unit")
    later = load_rulebook(text, source="t")
    there = split_change(OLD, later, TABLES, period=P)
    assert [str(effect.clauses[0]) for effect in there.effects] == ["condition:not_listed", "amount", "yearly_cap"]
    assert [effect.difference for effect in there.effects] == [-110, 160, -10]
    back = split_change(later, OLD, TABLES, period=P)
    assert {str(clause) for effect in back.effects for clause in effect.clauses} == {"condition:not_listed", "amount", "yearly_cap"}
    assert back.after == there.before


def test_what_cannot_be_compared_is_refused():
    other = load_rulebook(OLD_TEXT.replace("CNY", "USD"), source="t")
    with pytest.raises(UnableToCompare, match="other currencies"):
        compare(_compiled(OLD), _compiled(other), TABLES)
    with pytest.raises(UnableToCompare, match="is no clause"):
        split_change(OLD, NEW, TABLES, period=P, order=["parameter:nothing"])
    with pytest.raises(RulebookRefused):
        budget_curve(
            load_rulebook(OLD_TEXT.replace("rent * :share", "rent * :gone"), source="t"), TABLES, parameter="share", values=[1], period=P
        )


AMOUNTS = st.one_of(st.none(), st.integers(0, 500))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries({"rent": AMOUNTS, "section": st.sampled_from([None, "C", "I"]), "listed": st.sampled_from([None, True, False])}), max_size=8),
       st.permutations(["parameter:share", "parameter:cap", "condition:pays"]))  # fmt: skip
def test_in_any_order_the_parts_sum_to_the_whole(rows, order):
    tables = tables_of_rows(OLD, {"firm": [{"key": str(n), **row} for n, row in enumerate(rows)]})
    told = split_change(OLD, NEW, tables, period=P, order=order)
    assert told.before + sum((effect.difference for effect in told.effects), Decimal(0)) == told.after
    whole = compare(_compiled(OLD), _compiled(NEW), tables, by=["section"])
    assert whole.totals["before"] + whole.totals["difference"] == whole.totals["after"]
    for name in ("rows", "before", "after", "difference", "winner", "unknown"):
        assert sum(Fraction(row[name]) for row in whole.by["section"]) == whole.totals[name]


LINKED = """rulebook: linked
version: "1"
kind: policy
status: draft
title: linked
in_force: {from: 2019-01-01, to: 2021-01-01}
entities:
  firm: {key: key, columns: {rent: money CNY, section: text, listed: bool, since: date}}
  yearly: {key: [firm, period], columns: {firm: text, year: int, spend: money CNY, good: bool}}
links:
  firm.returns: {to: yearly, on: firm}
parameters:
  share: {unit: ratio, values: {2019-01-01: 0.5}}
  least: {unit: CNY, values: {2019-01-01: 60}}
variables:
  firm.spend: {type: money CNY, formula: ONLY(returns.spend) FILTER (WHERE returns.year = PERIOD_YEAR() AND returns.good)}
  firm.support: {type: money CNY, round: half_even 0.01, formula: rent * :share + spend}
policy:
  entity: firm
  eligible:
    - {name: spends, formula: "SUM(returns.spend) FILTER (WHERE returns.year = PERIOD_YEAR() AND returns.good) >= :least"}
  amount: support
"""
CENTS = st.one_of(st.none(), st.integers(-(10**15), 10**15).map(lambda cents: Decimal(cents).scaleb(-2)), st.just(Decimal("60")))
DATES = st.sampled_from([None, date(2019, 5, 1), date(2020, 2, 29)])


def _row_by_row(before, after, tables, by):
    """Compare without whole columns: what each rulebook tells of each row, put side by side in Python."""
    old, new = evaluate(before, tables), evaluate(after, tables)
    rows = []
    groups = new.values("firm", by)
    for key, group, was, now, had, has in zip(
        new.keys("firm"), groups, old.verdicts(), new.verdicts(), old.amounts(), new.amounts(), strict=True
    ):
        had, has = (
            amount if verdict == "eligible" else None if verdict == "undecided" else Decimal(0)
            for verdict, amount in ((was, had), (now, has))
        )
        change = None if had is None or has is None else has - had
        outcome = "unknown" if change is None else "winner" if change > 0 else "loser" if change < 0 else "unchanged"
        if change is not None and (was == "eligible") != (now == "eligible"):
            outcome = "newly_eligible" if now == "eligible" else "newly_ineligible"
        rows.append((key, None if group is None else str(group), was, now, had, has, change, outcome))
    return rows


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.fixed_dictionaries({"rent": CENTS, "section": st.sampled_from([None, "C", "I"]), "listed": BOOLS, "since": DATES}), max_size=9),
    st.lists(st.fixed_dictionaries({"firm": st.sampled_from("0123x"), "year": st.sampled_from([2019, 2020]), "spend": CENTS, "good": BOOLS}), max_size=9),
    st.sampled_from(["section", "listed", "since", "rent", "support"]),
    st.sampled_from(["0.5", "0.333", "-1"]),
)  # fmt: skip
def test_whole_columns_tell_what_single_rows_do(firms, returns, by, share):
    book = load_rulebook(LINKED, source="linked")
    told = [{"key": str(place), **row} for place, row in enumerate(firms)]
    yearly = {(row["firm"], row["year"]): {**row, "period": str(row["year"])} for row in returns}
    tables = tables_of_rows(book, {"firm": told, "yearly": list(yearly.values())})
    before, after = _compiled(book), _compiled(with_parameters(book, {"share": share, "least": 50}))
    found = compare(before, after, tables, by=[by], execution=Execution(least=1))
    rows = _row_by_row(before, after, tables, by)
    assert [tuple(row.values()) for row in found.table.to_pylist()] == rows
    both = [row for row in rows if row[6] is not None]
    assert found.totals["difference"] == sum((row[6] for row in both), Decimal(0))
    assert found.totals["before"] == sum((row[4] for row in both), Decimal(0))
    groups = {part["value"]: part for part in found.by[by]}
    assert sorted(groups, key=str) == sorted({row[1] for row in rows}, key=str)
    for value, part in groups.items():
        mine = [row for row in rows if row[1] == value]
        assert part["rows"] == len(mine) and part["difference"] == sum((row[6] for row in mine if row[6] is not None), Decimal(0))
        assert {name: part[name] for name in OUTCOMES} == {name: sum(row[7] == name for row in mine) for name in OUTCOMES}


def test_amounts_beyond_64_bits_and_fine_amounts_stay_exact():
    book = load_rulebook(
        OLD_TEXT.replace("half_up 0.01", "half_up 0.0001").replace("LEAST(rent * :share, :cap) + TIER(rent, :extra)", "rent * :share"),
        source="t",
    )
    rent = Decimal("99999999999999999999.99")
    tables = tables_of_rows(book, {"firm": [{"key": str(n), "rent": rent} for n in range(3)] + [{"key": "x", "rent": Decimal("60.01")}]})
    told = compare(_compiled(book), _compiled(with_parameters(book, {"share": "0.25"})), tables)
    assert told.totals["before"] == (3 * rent + Decimal("60.01")) / 2
    assert told.totals["after"] == (3 * rent + Decimal("60.01")) / 4
    assert told.table.column("amount_after").to_pylist()[-1] == Decimal("15.0025")
