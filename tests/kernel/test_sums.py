"""Sums that add at the parent's place equal sums over sorted children; the one child that a filter leaves is the same one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from townwright.kernel.formula.executors.aggregate import choose_only, reduced
from townwright.kernel.formula.executors.arrays import Flag, Num
from townwright.kernel.formula.executors.links import Joined
from townwright.kernel.formula.executors.sums import quick_sum

CHILD = st.tuples(st.integers(-1, 4), st.integers(-(2**31), 2**31 - 1), st.booleans(), st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.lists(CHILD, max_size=30), st.sampled_from([np.int32, np.int64]), st.booleans(), st.sampled_from(["SUM", "COUNT"]))
def test_in_any_order_and_of_any_width(children, width, filtered, name):
    parents = 5
    joined = Joined(np.asarray([place for place, *_ in children], dtype=np.int64))
    ok = np.asarray([True])
    value = Num(np.asarray([number for _, number, *_ in children], dtype=width), 100, ok, 2**31, 100)
    test = Flag(np.asarray([keep for *_, keep, _ in children], dtype=bool), ok) if filtered else None
    found = quick_sum(name, joined, value if name == "SUM" else None, test, parents)
    told = [
        sum((number if name == "SUM" else 1) for place, number, keep, _ in children if place == parent and (keep or not filtered))
        for parent in range(parents)
    ]
    assert found is not None and found.num.tolist() == told
    wide = Num(value.num.astype(np.int64), 100, ok, 2**31, 100)
    slow = reduced(name, wide if name == "SUM" else None, test, joined, parents, len(children))
    assert slow.num.tolist() == told


def test_a_total_that_may_leave_64_bits_is_left_to_others():
    value = Num(np.asarray([1, 2], dtype=np.int64), 1, np.asarray([True]), 2**61, 1)
    assert quick_sum("SUM", Joined(np.asarray([0, 0])), value, None, 1) is None
    missing = Num(value.num, 1, np.asarray([True, False]), 2, 1)
    assert quick_sum("SUM", Joined(np.asarray([0, 0])), missing, None, 1) is None


@settings(max_examples=100, deadline=None)
@given(st.lists(CHILD, max_size=12), st.booleans())
def test_the_only_child_that_a_filter_leaves(children, filtered):
    parents = 5
    joined = Joined(np.asarray([place for place, *_ in children], dtype=np.int64))
    kept, decided = (np.asarray([child[part] for child in children], dtype=bool) for part in (2, 3))
    chosen = choose_only(joined, Flag(kept, decided) if filtered else None, parents)
    known = np.broadcast_to(chosen.known, (parents,))
    for parent in range(parents):
        mine = [row for row, (place, _, keep, sure) in enumerate(children) if place == parent and (not filtered or (keep and sure))]
        assert chosen.counts[parent] == len(mine)
        assert chosen.places[parent] == (mine[-1] if mine else -1)
        assert known[parent] == (not filtered or all(sure for place, _, _, sure in children if place == parent))
    assert chosen.most == max(chosen.counts, default=0)
