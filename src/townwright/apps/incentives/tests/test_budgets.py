"""Budgets are never exceeded, whatever the amounts and the order."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from townwright.apps.incentives.domain import Claimant, exclude_doubles, give_by_priority, share_pro_rata

MONEY = st.integers(1, 10**10).map(lambda cents: Decimal(cents).scaleb(-2))
FIRMS = st.lists(st.tuples(MONEY, st.one_of(st.none(), st.integers(0, 100).map(Decimal))), min_size=1, max_size=12).map(
    lambda rows: [Claimant(f"f{n:02d}", "p", amount, score=score) for n, (amount, score) in enumerate(rows)]
)


@given(FIRMS, MONEY)
def test_pro_rata_spends_the_budget_to_the_cent_and_no_more(claimants, budget):
    grants = share_pro_rata(claimants, budget)
    total = sum(one.amount for one in claimants)
    assert sum(one.granted for one in grants) == min(total, budget)
    assert all(0 <= one.granted <= one.claimant.amount for one in grants)
    other = {one.claimant.firm: one.granted for one in share_pro_rata(claimants[::-1], budget)}
    assert other == {one.claimant.firm: one.granted for one in grants}


@given(FIRMS, MONEY, st.booleans())
def test_priority_never_exceeds_the_budget(claimants, budget, descending):
    grants = give_by_priority(claimants, budget, descending=descending)
    assert sum(one.granted for one in grants) <= budget
    assert all(one.granted in (0, one.claimant.amount) for one in grants)


def test_thirds_of_a_hundred():
    claimants = [Claimant(firm, "p", Decimal(100)) for firm in "abc"]
    assert [one.granted for one in share_pro_rata(claimants, Decimal(100))] == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


def test_the_higher_of_two_is_kept():
    rows = [
        Claimant("a", "x", Decimal(5), "rent"),
        Claimant("a", "y", Decimal(7), "rent"),
        Claimant("a", "z", Decimal(9)),
        Claimant("b", "x", Decimal(1), "rent"),
    ]
    assert [one.granted for one in exclude_doubles(rows)] == [0, 7, 9, 1]


def test_an_award_made_before_holds_its_group():
    before = {("a", "rent"): Claimant("a", "x", Decimal(5), "rent")}
    rows = [Claimant("a", "y", Decimal(7), "rent"), Claimant("b", "y", Decimal(7), "rent")]
    told = exclude_doubles(rows, before)
    assert [one.granted for one in told] == [0, 7]
    assert "x" in told[0].cut.message["en"]
