"""Cells looked at one by one, and rows found by search, tell what whole columns do."""

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townwright.kernel.formula.executors.cells import SEARCHES, Cells, Index, exact
from townwright.kernel.formula.executors.keys import places

WORDS = st.one_of(st.none(), st.sampled_from(["a", "b", "杭", "", "a "]))
WHOLE = st.one_of(st.none(), st.integers(-3, 3))


def _chunked(values, type_, cut):
    cut = min(cut, len(values))
    return pa.chunked_array([pa.array(values[:cut], type_), pa.array(values[cut:], type_)])


@settings(max_examples=80, deadline=None)
@given(
    st.one_of(
        st.tuples(st.lists(WORDS, max_size=40), st.sampled_from([pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])),
        st.tuples(st.lists(WHOLE, max_size=40), st.sampled_from([pa.int64(), pa.int8(), pa.decimal128(9, 2)])),
    ),
    st.integers(0, 5),
    st.lists(st.one_of(WORDS, WHOLE.map(exact), st.just(Fraction(1, 2)), st.just(Fraction(10**30))), max_size=2 * SEARCHES),
)
def test_every_row_with_a_value_is_found(told, cut, wanted):
    values, type_ = told
    column = _chunked(values, type_, cut)
    plain = [exact(value) for value in column.to_pylist()]
    cells = Cells(column)
    index = Index(cells)
    for place in (*range(len(plain)), *range(len(plain))):
        assert cells[place] == plain[place]
    assert list(Cells(column)) == plain and len(cells) == len(plain)
    for key in wanted:
        rows = [place for place, value in enumerate(plain) if value == key and value is not None]
        assert index.rows(key) == rows
        assert index.last(key) == (rows[-1] if rows else None)


def test_numbers_are_exact_and_truth_is_not_a_number():
    assert [exact(value) for value in (True, 2, Decimal("0.10"), None, "x")] == [True, Fraction(2), Fraction(1, 10), None, "x"]
    assert exact(True) is True


@pytest.mark.parametrize("type_", [pa.int8(), pa.uint8(), pa.int64(), pa.uint64()])
@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 127), max_size=6), st.lists(st.one_of(st.none(), st.integers(0, 127)), max_size=8), st.booleans())
def test_positions_of_keys_that_count_or_do_not(type_, keys, wanted, counted):
    keys = list(range(min(keys), min(keys) + len(keys))) if counted and keys else keys
    keys = [key for key in keys if key < 128]
    found = places(pa.chunked_array([pa.array(keys, type_)]), pa.chunked_array([pa.array(wanted, type_)]))
    assert found.tolist() == [max((place for place, key in enumerate(keys) if key == one), default=-1) for one in wanted]


def test_positions_where_differences_would_leave_the_width():
    every = [*range(1, 128), *range(-128, 1)]
    found = places(pa.chunked_array([pa.array(every, pa.int8())]), pa.chunked_array([pa.array([127, -128, 0, 1], pa.int8())]))
    assert [every[place] for place in found.tolist()] == [127, -128, 0, 1]
    around = [*range(1, 256), 0]
    found = places(pa.chunked_array([pa.array(around, pa.uint8())]), pa.chunked_array([pa.array([0, 1, 255], pa.uint8())]))
    assert [around[place] for place in found.tolist()] == [0, 1, 255]
    far = [2**64 - 2, 2**64 - 1]
    found = places(pa.chunked_array([pa.array(far, pa.uint64())]), pa.chunked_array([pa.array([2**64 - 1, 5], pa.uint64())]))
    assert found.tolist() == [1, -1]
