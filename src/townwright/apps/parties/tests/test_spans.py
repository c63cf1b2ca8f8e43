"""Half-open spans."""

from datetime import date

import pytest

from townwright.apps.parties.domain import Span, edition_told, first_overlap
from townwright.apps.parties.domain.industries import UnknownIndustry


def _day(text):
    return date.fromisoformat(text) if text else None


def _span(start, end):
    return Span(_day(start), _day(end))


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (("2014-01-01", "2015-01-01"), ("2015-01-01", "2016-01-01"), False),
        (("2014-01-01", "2015-01-02"), ("2015-01-01", "2016-01-01"), True),
        (("2014-01-01", ""), ("2013-01-01", "2014-01-01"), False),
        (("2014-01-01", ""), ("2013-01-01", "2014-01-02"), True),
        (("", "2014-01-01"), ("2014-01-01", ""), False),
        (("", ""), ("2014-01-01", "2014-01-02"), True),
    ],
)
def test_overlap_is_the_same_from_both_sides(one, other, shared):
    assert _span(*one).overlaps(_span(*other)) is shared
    assert _span(*other).overlaps(_span(*one)) is shared


def test_the_first_day_is_in_and_the_last_is_out():
    span = _span("2014-01-01", "2014-01-03")
    assert [span.holds(date(2014, 1, day)) for day in (1, 2, 3)] == [True, True, False]
    assert not span.holds(date(2013, 12, 31))
    assert not _span("2014-01-01", "2014-01-01").runs_forward


def test_the_first_overlap_is_told():
    others = [_span("2013-01-01", "2014-01-01"), _span("2014-06-01", ""), _span("2015-01-01", "")]
    assert first_overlap(_span("2014-01-01", "2016-01-01"), others) == others[1]
    assert first_overlap(_span("2014-01-01", "2014-06-01"), others) is None


@pytest.mark.parametrize(
    ("told", "edition"),
    [
        ("", ("GB/T4754", "2017")),
        ("GB/T 4754-2011", ("GB/T4754", "2011")),
        ("国民经济行业分类2017版", ("GB/T4754", "2017")),
        ("ISIC", ("ISIC", "Rev.4")),
        ("ISIC Rev. 4", ("ISIC", "Rev.4")),
    ],
)
def test_editions(told, edition):
    assert edition_told(told) == edition


@pytest.mark.parametrize("told", ["GB/T4754 2002", "ISIC Rev.3.1", "NACE"])
def test_an_edition_that_is_not_kept_is_refused(told):
    with pytest.raises(UnknownIndustry, match="not an edition known here"):
        edition_told(told)
