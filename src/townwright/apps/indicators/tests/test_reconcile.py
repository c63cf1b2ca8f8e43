"""Verdicts on published figures, by the words they were published in."""

from decimal import Decimal

import pytest

from townwright.apps.indicators.domain import Published, base_value, claims_conflict, reconcile
from townwright.kernel.values.bound import Bound

E, M, N, A = Bound.EXACT, Bound.MORE_THAN, Bound.ALMOST, Bound.ABOUT
TABLE = [
    (481, E, 1, 481, "agrees"), (481, E, 1, 482, "conflicts"), (8 * 10**9, M, 10**8, 8_036_000_000, "agrees"), (8 * 10**9, M, 10**8, 8 * 10**9, "conflicts"),
    (336_000_000, E, 10**6, 336_020_000, "agrees after rounding"), (336_000_000, E, 10**6, 336_500_000, "conflicts"), (336_000_000, E, 10**6, 335_500_000, "agrees after rounding"),
    ("0.58", E, "0.01", "0.5801", "agrees after rounding"), (20_000, N, 10_000, 19_800, "agrees after rounding"), (20_000, N, 10_000, 20_100, "conflicts"),
    (100, A, 100, 104, "agrees after rounding"), (10**7, Bound.AT_MOST, 1, 10**7, "agrees"), (30, Bound.AT_LEAST, 1, 30, "agrees"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "bound", "step", "measured", "verdict"), TABLE)
def test_verdicts(value, bound, step, measured, verdict):
    assert reconcile(Published(Decimal(value), bound, Decimal(step)), Decimal(measured)).verdict == verdict


def test_the_same_fact_after_rounding_is_no_conflict():
    near = Published(Decimal(1_100_000_000), N, Decimal(10**8))
    assert not claims_conflict(near, Published(Decimal(1_070_000_000), E, Decimal(10**7)))
    assert not claims_conflict(Published(Decimal(180_000), E, Decimal(10_000)), Published(Decimal(177_000), E, Decimal(1000)))
    assert claims_conflict(Published(Decimal(40_000), N, Decimal(10_000)), Published(Decimal(40_000), M, Decimal(10_000)))


def test_the_base_year_that_growth_implies():
    middle, low, high = base_value(Decimal(336_000_000), Decimal("0.58"), Decimal(10**6), Decimal("0.01"))
    assert middle == Decimal("212658227.85")
    assert low < Decimal(212_660_000) < high
