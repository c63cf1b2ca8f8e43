"""The hash is of content: order does not matter, and missing, empty and zero stay apart."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from townwright.apps.snapshots.domain import canonical_value, content_hash, sort_rows, table_hash
from townwright.kernel.values.offer import ColumnOffer, TableOffer

WORDS = {"zh": "x", "en": "x"}
OFFER = TableOffer(
    "t", ("key",), WORDS,
    (ColumnOffer("key", "text", WORDS), ColumnOffer("note", "text", WORDS), ColumnOffer("sum", "money", WORDS, "CNY", 2),
     ColumnOffer("count", "int", WORDS, "1"), ColumnOffer("day", "date", WORDS), ColumnOffer("flag", "bool", WORDS)),
)  # fmt: skip
ROW = st.tuples(
    st.text(max_size=4), st.one_of(st.none(), st.text(max_size=4)), st.one_of(st.none(), st.integers(-999, 999).map(lambda n: Decimal(n).scaleb(-2))),
    st.one_of(st.none(), st.integers(-3, 3)), st.one_of(st.none(), st.dates()), st.one_of(st.none(), st.booleans()),
)  # fmt: skip


def _hash(rows):
    return table_hash(OFFER, sort_rows(OFFER, rows))


@given(st.lists(ROW, max_size=6), st.randoms())
def test_the_order_of_rows_does_not_matter(rows, chance):
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert _hash(rows) == _hash(shuffled)


@given(ROW, ROW)
def test_different_rows_differ(one, other):
    assert (_hash([one]) == _hash([other])) == (one == other)


def test_missing_empty_and_zero_are_three_things():
    column = OFFER.columns[1]
    assert len({canonical_value(value, column) for value in (None, "", "~", "0")}) == 4
    money = OFFER.columns[2]
    assert canonical_value(Decimal("1.5"), money) == canonical_value(Decimal("1.50"), money) == "n1.50"
    assert canonical_value(None, money) != canonical_value(Decimal(0), money)


def test_a_known_hash_stands_for_the_format():
    """A change of this value is a change of the format: old snapshots would no longer verify."""
    rows = [("b", None, Decimal("2"), 1, date(2016, 12, 31), True), ("a", "", None, None, None, False)]
    text = "townwright-snapshot-1\nt\nkey:text::0|note:text::0|sum:money:CNY:2|count:int:1:0|day:date::0|flag:bool::0\n"
    text += "t1:a\x1ft0:\x1f~\x1f~\x1f~\x1fb0\x1et1:b\x1f~\x1fn2.00\x1fn1\x1fd2016-12-31\x1fb1\x1e"
    assert _hash(rows) == __import__("hashlib").sha256(text.encode()).hexdigest()
    assert content_hash("z", "2016", {"b": "2", "a": "1"}) == content_hash("z", "2016", {"a": "1", "b": "2"})
