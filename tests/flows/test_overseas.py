"""A register of zones abroad whose numbers and words disagree: told row by row, summed only where it can be."""

from decimal import Decimal

import pytest

from tests.flows.conftest import AT, CLERK
from townwright.apps.zones.domain import Entry, areas_in, investments_in, review
from townwright.apps.zones.selectors import overseas_review
from townwright.frame.workbooks.pipeline import run_import
from townwright.site.datasets import handler_for


def entry(number, name="甲园", area="1", area_text="规划面积1平方公里", invest="2", invest_text="计划投资2亿美元", **place):
    return Entry(number, name, Decimal(area), area_text, Decimal(invest), invest_text, **place)


def test_words_give_amount_unit_and_basis():
    assert [(one.amount, one.basis) for one in areas_in("规划600公顷，已开发1.5平方公里，3万平方米")] == [
        (6_000_000, "planned"),
        (1_500_000, "actual"),
        (30_000, "actual"),
    ]
    told = investments_in("计划投资4.6亿美元，累计投资9066万美元；约2亿欧元")
    assert [(one.amount, one.unit, one.basis) for one in told] == [
        (460_000_000, "USD", "planned"),
        (90_660_000, "USD", "actual"),
        (200_000_000, "EUR", "stated"),
    ]


CASES = [
    (entry(1, area="6015", area_text="总体规划面积6.15平方公里"), {"area-contradicts"}),
    (entry(1, area="17", area_text="总规划面积17.28平方公里"), set()),
    (entry(1, area="10", area_text="10"), {"area-no-unit"}),
    (entry(1, area="0", area_text=""), {"area-missing"}),
    (entry(1, invest="30", invest_text="规划总投资25亿欧元"), {"investment-contradicts"}),
    (entry(1, invest="2", invest_text="计划投资2亿美元，实际投资1.96亿美元"), set()),
    (entry(1, invest="80", invest_text=""), {"investment-no-currency"}),
    (entry(1, area_text="规划面积1平方公里，计划投资6000万美元", invest="0.6", invest_text="0.6亿元人民币"), {"currency-contradicts"}),
    (entry(1, latitude=Decimal(0), longitude=Decimal(0)), {"no-place"}),
    (entry(1, latitude=Decimal("0.7"), longitude=Decimal("0.7")), {"place-repeated"}),
]  # fmt: skip


@pytest.mark.parametrize(("one", "codes"), CASES)
def test_each_contradiction_is_found(one, codes):
    assert {doubt.code for doubt in review([one]).doubts} == codes


def test_currencies_and_bases_are_never_added_and_a_zone_counts_once():
    rows = [
        entry(1), entry(2, "乙园", invest="3", invest_text="实际投资3亿美元"), entry(3, "丙园", invest="25", invest_text="25亿元人民币"), entry(4), entry(5, "丁园", area="9", area_text="2公顷"),
    ]  # fmt: skip
    told = review(rows)
    assert told.sums == (
        ("area", "m2", "stated", Decimal(3_000_000), 3), ("investment", "CNY", "stated", Decimal(2_500_000_000), 1),
        ("investment", "USD", "actual", Decimal(300_000_000), 1), ("investment", "USD", "planned", Decimal(400_000_000), 2),
    )  # fmt: skip
    assert {(doubt.number, doubt.code) for doubt in told.doubts} == {(4, "duplicate"), (5, "area-contradicts")}


def test_words_copied_from_another_zone_are_told():
    text = "规划面积1平方公里（土地租赁年限为99年）"
    assert {
        doubt.number for doubt in review([entry(1, area_text=text), entry(2, "乙园", area_text=text)]).doubts if doubt.code == "copied"
    } == {1, 2}


def test_the_register_lands_whole_and_again_changes_nothing(zone, tmp_path):
    path = tmp_path / "z.csv"
    path.write_text(
        "id,name,nation,square,square_detail,invest,invest_detail\n1,甲园,某国,6015,规划6.15平方公里,2,2亿欧元\n", encoding="utf-8"
    )
    counts = []
    for _ in range(2):
        report = run_import(path, dataset="overseas-zones", handler=handler_for("overseas-zones", zone), zone=zone, actor=CLERK, at=AT)
        counts.append((report.landed, report.counts["created"], report.counts["unchanged"], report.counts["warned"]))
    assert counts == [(True, 1, 0, 1), (True, 0, 1, 1)]
    told = overseas_review(zone)
    assert [doubt.code for doubt in told.doubts] == ["area-contradicts"]
    assert told.sums == (("investment", "EUR", "stated", Decimal(200_000_000), 1),)
