"""Forms as statistics stations send them: titles with a body, capital in 万元, a firm twice, headers nobody knew."""

from datetime import date

import pytest
from click.testing import CliRunner

from tests.flows.sheets import book, bring, codes
from townwright.apps.filings.models import Filing
from townwright.apps.parties.models import IndustryCode, Party, Tag, ZoneMembership
from townwright.site.cli.verbs import townwright
from townwright.site.demo.records import sample_code

FIRM = "甲科技有限公司"
YEARLY = ["企业名称", "年度", "营业收入"]


def test_a_row_that_a_hard_check_refuses_stays_out_and_the_counts_add_up(firms, tmp_path):
    rows = [["企业名称", "年度", "从业人员", "研发人员"], [FIRM, 2015, 10, 3], [FIRM, 2016, 10, 12]]
    path = book(tmp_path / "y.xlsx", rows)
    assert bring(firms, path, "yearly-return").landed is False
    report = bring(firms, path, "yearly-return", options={"skip_refused": True})
    assert report.counts == {"read": 2, "created": 1, "updated": 0, "unchanged": 0, "warned": 0, "refused": 1}
    assert (report.landed, codes(report), Filing.records.get().period) == (True, {("refused", "check")}, "2015")
    bring(firms, book(tmp_path / "z.xlsx", [rows[0], [FIRM, 2015, 10, 11]]), "yearly-return", options={"skip_refused": True})
    assert (Filing.records.get().values["rd_staff"], Filing.records.get().version) == (3, 1)


@pytest.mark.parametrize(
    ("titles", "revenue"),
    [
        (["填报单位：某某统计站"], "5.00"),
        (["单位：某某统计站"], "5.00"),
        (["填报单位：某某统计站", "单位：万元"], "50000.00"),
        (["主管单位：万家", "金额单位：万元、人"], "50000.00"),
        (["单位：人民币万元"], "50000.00"),
        (["填报单位：某某统计站   计量单位：千元"], "5000.00"),
    ],
)
def test_the_unit_of_a_table_is_a_unit_and_no_body(firms, tmp_path, titles, revenue):
    report = bring(firms, book(tmp_path / "y.xlsx", [*[[title] for title in titles], YEARLY, [FIRM, 2016, 5]]), "yearly-return")
    assert (report.landed, Filing.records.get().values["revenue"]) == (True, revenue)


@pytest.mark.parametrize("unit", ["万美元", "万英镑", "万"])
def test_money_that_the_dataset_does_not_keep_is_refused_from_the_title_too(firms, tmp_path, unit):
    report = bring(firms, book(tmp_path / "y.xlsx", [[f"单位：{unit}"], YEARLY, [FIRM, 2016, 5]]), "yearly-return")
    assert (report.landed, ("refused", "unit") in codes(report)) == (False, True)


@pytest.mark.parametrize(
    ("header", "cell", "amount", "currency"),
    [
        ("注册资本（万元）", 1000, "10000000.00", "CNY"),
        ("注册资本（万元）", "1,000.5", "10005000.00", "CNY"),
        ("注册资本（万美元）", 1000, "10000000.00", "USD"),
        ("注册资本（人民币万元）", "１０００", "10000000.00", "CNY"),
        ("注册资本（元）", 1000, "1000.00", "CNY"),
        ("注册资本（USD million）", 2, "2000000.00", "USD"),
        ("注册资本（万元）", "50万美元", "500000.00", "USD"),
        ("注册资本（认缴）", 1000, "1000.00", ""),
        ("注册资本", 1000, "1000.00", ""),
    ],
)
def test_a_bare_number_of_capital_takes_the_unit_of_its_header(zone, tmp_path, header, cell, amount, currency):
    assert bring(zone, book(tmp_path / "r.xlsx", [["企业名称", header], [FIRM, cell]]), "registry").landed
    party = Party.records.get()
    assert (str(party.capital_amount), party.capital_currency) == (amount, currency)


TWICE = ["企业名称", "统一社会信用代码", "入驻日期", "迁出日期", "标签", "行业代码", "行业版本", "住所"]
FIRST = ["甲科技有限公司", sample_code(1), "2014-03-01", None, "涉云", "6513", "2017", "甲路1号"]


def held():
    """Stays, tags and industries as (from, to), and the address."""
    return (
        list(ZoneMembership.records.order_by("arrived_on").values_list("arrived_on", "left_on")),
        list(Tag.records.values_list("from_on", "to_on")),
        list(IndustryCode.records.values_list("from_on", "to_on")),
        Party.records.get().address,
    )


@pytest.mark.parametrize(
    ("second", "stays", "updated", "found"),
    [
        (["2014-03-01", None], [(date(2014, 3, 1), None)], 1, set()),
        (["2014-03-01", "2016-01-01"], [(date(2014, 3, 1), date(2016, 1, 1))], 1, set()),
        (["2015-05-01", None], [(date(2014, 3, 1), None)], 1, {("warned", "stay-overlaps")}),
        (["2013-05-01", "2014-03-01"], [(date(2013, 5, 1), date(2014, 3, 1)), (date(2014, 3, 1), None)], 1, set()),
    ],
    ids=["same", "left", "overlap", "before"],
)
def test_a_firm_twice_in_a_file_is_one_firm(zone, tmp_path, second, stays, updated, found):
    rows = [TWICE, FIRST, ["甲科技有限责任公司", None, *second, "涉云", "6513", "2017", "乙路2号"]]
    path = book(tmp_path / "r.xlsx", rows)
    report = bring(zone, path, "registry")
    assert report.landed
    assert (report.counts["created"], report.counts["updated"]) == (1, updated)
    assert codes(report) - {("warned", "code")} == {("note", "other-spelling"), ("warned", "told-otherwise"), *found}
    day = [(date(2014, 3, 1), None)]
    assert held() == (stays, day, day, "甲路1号")
    again = bring(zone, path, "registry")
    assert (again.counts["created"], again.counts["updated"], again.counts["unchanged"]) == (0, 0, 2)
    assert held() == (stays, day, day, "甲路1号")


def test_a_name_without_code_is_not_said_to_be_a_code(zone, tmp_path):
    bring(
        zone,
        book(tmp_path / "a.xlsx", [["企业名称", "统一社会信用代码"], [FIRM, sample_code(1)], ["旧名网络有限公司", sample_code(1)]]),
        "registry",
    )
    report = bring(zone, book(tmp_path / "b.xlsx", [["企业名称"], ["旧名网络有限责任公司"]]), "registry")
    message = next(one.message for one in report.findings if one.code == "other-name")
    assert ("代码" in message["zh"], message["en"].startswith("'旧名网络有限责任公司' is taken for")) == (False, True)


MERGED = [
    [None, None, "主要经济指标（万元）", None, None],
    ["企业名称", "年度", "主营业务收入", "工业产值", "备用栏"],
    [FIRM, 2016, 5, 7, "x"],
]


def imported(path, *words):
    """Import returns at the command line, as a person reads it; the lines of the table are joined."""
    said = CliRunner().invoke(
        townwright,
        ["import", str(path), "--dataset", "yearly-return", "--zone", "here", "--language", "en", *words],
        env={"COLUMNS": "200"},
    )
    return said.exit_code, said.output


def test_columns_that_are_not_read_are_told_with_what_they_may_be(firms, tmp_path):
    path = book(tmp_path / "y.xlsx", [["企业名称", "年度", "营业收入额（元）", "备用栏"], [FIRM, 2016, 5, "x"]])
    code, said = imported(path, "--dry-run")
    assert code == 0
    wanted = ("Columns that were not read (2)", "备用栏", "--mapping 'revenue=营业收入额(元)'", "--mapping FIELD=HEADER", "land_area")
    assert [word for word in wanted if word not in said] == []


@pytest.mark.parametrize(
    ("pair", "code", "words"),
    [
        ("revenues=主营业务收入", 1, ("no field revenues", "revenue, ")),
        ("revenue=销售额", 1, ("no header 销售额", "主营业务收入", "备用栏")),
        ("revenue", 2, ("is not FIELD=HEADER",)),
    ],
)
def test_a_mapping_that_names_nothing_is_refused(firms, tmp_path, pair, code, words):
    done, said = imported(book(tmp_path / "y.xlsx", MERGED, "C1:D1"), "--mapping", pair)
    assert (done, [word for word in words if word not in said], Filing.records.count()) == (code, [], 0)


@pytest.mark.parametrize("header", ["主营业务收入", "主要经济指标（万元） 主营业务收入"])
def test_a_child_of_a_merged_header_is_named_alone_and_remembered(firms, tmp_path, header):
    path = book(tmp_path / "y.xlsx", MERGED, "C1:D1")
    assert imported(path, "--mapping", f"revenue={header}")[0] == 0
    assert Filing.records.get().values["revenue"] == "50000.00"
    again = bring(firms, path, "yearly-return")
    assert (again.counts["unchanged"], again.mapping["revenue"]) == (1, "主要经济指标(万元) › 主营业务收入")
