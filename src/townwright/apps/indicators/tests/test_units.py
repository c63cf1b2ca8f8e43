"""A printed figure is kept in base units: exactly, with the step of its last digit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from townwright.apps.indicators.domain import in_base_units

KNOWN = frozenset({"1", "ratio", "CNY", "USD", "MYR", "m2", "mu", "person", "firm", "t"})


@pytest.mark.parametrize(
    ("value", "unit", "kept", "step", "base"),
    [
        ("80.36", "亿元", "8036000000", "1000000", "CNY"),
        ("3.36", "亿元", "336000000", "1000000", "CNY"),
        ("21266", "万元", "212660000", "10000", "CNY"),
        ("336020000", "元", "336020000", "1", "CNY"),
        ("1.5", "万USD", "15000", "1000", "USD"),
        ("2.7", "million MYR", "2700000", "100000", "MYR"),
        ("1.2", "billion USD", "1200000000", "100000000", "USD"),
        ("20", "万m²", "200000", "10000", "m2"),
        ("20", "万平方米", "200000", "10000", "m2"),
        ("3", "亩", "2000", "666.666667", "m2"),
        ("1", "亩", "666.666667", "666.666667", "m2"),
        ("3.5", "平方公里", "3500000", "100000", "m2"),
        ("4", "万人", "40000", "10000", "person"),
        ("4", "万person", "40000", "10000", "person"),
        ("481", "家", "481", "1", "firm"),
        ("58", "%", "0.58", "0.01", "ratio"),
        ("0.58", "ratio", "0.58", "0.01", "ratio"),
        ("12.5", "mu", "12.5", "0.1", "mu"),
        ("300", "1", "300", "1", "1"),
        ("-2.5", "万元", "-25000", "1000", "CNY"),
    ],
)
def test_worked_values(value, unit, kept, step, base):
    told = in_base_units(Decimal(value), unit, known=KNOWN)
    assert (told.value, told.step, told.unit) == (Decimal(kept), Decimal(step), base)
    assert "E" not in str(told.value)


def test_a_step_is_in_the_unit_given():
    told = in_base_units(Decimal("80"), "亿元", step=Decimal("1"), known=KNOWN)
    assert (told.value, told.step) == (8_000_000_000, 100_000_000)


@pytest.mark.parametrize("unit", ["", "万", "万furlong", "furlong", "元/㎡", "亿亿元", "billion"])
def test_an_unknown_unit_is_refused(unit):
    with pytest.raises(ValueError):
        in_base_units(Decimal(1), unit, known=KNOWN)


def test_what_has_no_finite_decimal_says_so():
    assert [in_base_units(Decimal(value), "亩", known=KNOWN).exact for value in ("1", "3", "4.5", "0.1")] == [False, True, True, False]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from(["元", "万元", "亿元", "m2", "万m2", "人", "万人"]))
def test_times_a_power_of_ten_is_exact(value, unit):
    factor = {"万": 10**4, "亿": 10**8}.get(unit[0], 1)
    told = in_base_units(value, unit, known=KNOWN)
    assert told.exact
    assert Fraction(told.value) == Fraction(value) * factor


@given(st.decimals(min_value=0, max_value=10**7, places=2))
def test_a_mu_is_kept_to_the_nearest_millionth(value):
    told = in_base_units(value, "亩", known=KNOWN)
    assert abs(Fraction(told.value) - Fraction(value) * Fraction(10_000, 15)) <= Fraction(1, 2 * 10**6)
