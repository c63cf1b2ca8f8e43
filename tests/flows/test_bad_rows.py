"""Rows, verbs and rulebooks that are wrong: refused or asked about with what, where, whose and what to do, changing nothing."""

import json
from datetime import date
from decimal import Decimal

import pytest

from tests.flows.conftest import AT, CLERK
from tests.flows.sheets import RETURN, book, bring, codes, state, tells
from townwright.apps.filings.models import Filing
from townwright.apps.filings.services import UnableToFile, accept, save_draft, submit
from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.models import Assessment, Award, ZoneRulebook
from townwright.apps.incentives.services import UnableToAdoptRulebook, adopt_rulebook, assess
from townwright.apps.parties.models import Party
from townwright.apps.snapshots.services import freeze
from townwright.kernel.formula import RulebookRefused
from townwright.kernel.values.period import Period
from townwright.site.close import close_period
from townwright.site.demo.records import sample_code

YEAR = Period.parse("2016")
FIRM = "甲科技有限公司"
AREA = ["企业名称", "年度", "用地面积（亩）"]
ROWS = [
    ("error-cell", RETURN, [FIRM, 2016, "#DIV/0!"], "revenue", (FIRM, "营业收入", "公式错误", "更正"), (FIRM, "营业收入", "formula error", "mend it")),
    ("formula", RETURN, [FIRM, 2016, "=1+1"], "revenue", (FIRM, "营业收入", "没有计算结果", "打开并保存"), (FIRM, "营业收入", "without a stored result", "open and save")),
    ("number", RETURN, [FIRM, 2016, "很多"], "revenue", (FIRM, "很多", "只填数字"), (FIRM, "很多", "figures only")),
    ("minimum", AREA, [FIRM, 2016, -3], "land_area", (FIRM, "用地面积", "-3", "下限0", "更正"), (FIRM, "用地面积", "-3", "least value, 0", "correct it")),
    ("minimum", RETURN, [FIRM, 2016, -5], "revenue", (FIRM, "营业收入", "-5", "更正"), (FIRM, "营业收入", "-5", "correct it")),
    ("range", RETURN, [FIRM, 2016, 10**16], "revenue", (FIRM, "过大", "核对单位"), (FIRM, "too large", "check the unit")),
    ("period", RETURN, [FIRM, "去年", 5], "", (FIRM, "去年", "写成2016或2016-03"), (FIRM, "去年", "write 2016 or 2016-03")),
    ("grain", RETURN, [FIRM, "2016-03", 5], "", (FIRM, "2016-03", "申报"), (FIRM, "2016-03", "filed for a")),
    ("unknown-firm", RETURN, ["丙科技有限公司", 2016, 5], "", ("丙科技有限公司", "名录", "先导入名录或更正"), ("丙科技有限公司", "register", "Import the register first")),
    ("not-here", RETURN, ["乙科技有限公司", 2016, 5], "", ("乙科技有限公司", "2015-06-30迁出", "不应申报", "请删去本行"), ("乙科技有限公司", "left on 2015-06-30", "nothing to file", "Take the row out")),
    ("not-here", RETURN, [FIRM, 2013, 5], "", (FIRM, "2014-03-01才入驻", "不应申报"), (FIRM, "arrived on 2014-03-01", "nothing to file")),
    ("nobody", RETURN, [None, 2016, 5], "", ("没有企业名称和代码",), ("names no firm and no code",)),
    ("conflict", RETURN, [FIRM, 2015, 8], "", (FIRM, "第2行", "营业收入", "只留一行"), (FIRM, "row 2", "Revenue", "Keep one")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "header", "row", "column", "zh", "en"), ROWS, ids=[f"{one[0]} {one[2][1]} {one[2][2]}" for one in ROWS])
def test_one_bad_row_keeps_the_whole_file_out(firms, tmp_path, code, header, row, column, zh, en):
    path, before = book(tmp_path / "y.xlsx", [header, [FIRM, 2015, 7], row]), state()
    report = bring(firms, path, "yearly-return")
    assert codes(report) == {("refused", code)}
    found = report.findings[0]
    assert (found.row, found.column, report.landed) == (3, column, False)
    assert tells(found.message, zh, en)
    assert state() == before
    # A person may say that the refused row stays out; the good one lands, and only it.
    kept = bring(firms, path, "yearly-return", options={"skip_refused": True})
    assert (kept.landed, Filing.records.get().period) == (True, "2015")


def test_a_wan_column_read_as_yuan_is_asked_about(firms, tmp_path):
    bring(firms, book(tmp_path / "a.xlsx", [["企业名称", "年度", "营业收入（万元）"], [FIRM, 2015, 5000]]), "yearly-return")
    before = state()
    report = bring(firms, book(tmp_path / "b.xlsx", [["企业名称", "年度", "营业收入"], [FIRM, 2016, 5100]]), "yearly-return", dry_run=True)
    found = report.findings[0]
    assert (found.severity, found.code, found.row, found.column) == ("warned", "check", 2, "revenue")
    assert tells(found.message, (FIRM, "营业收入", "万元", "核对表头单位"), (FIRM, "Revenue", "10,000", "check the unit in the header"))
    assert state() == before


def test_a_factor_of_nineteen_is_believed_and_one_of_twenty_asked_about(firms, tmp_path):
    bring(firms, book(tmp_path / "a.xlsx", [RETURN, [FIRM, 2014, 1900], [FIRM, 2015, 100]]), "yearly-return")
    assert bring(firms, book(tmp_path / "b.xlsx", [RETURN, [FIRM, 2016, 1900]]), "yearly-return", dry_run=True).findings == []
    report = bring(firms, book(tmp_path / "b.xlsx", [RETURN, [FIRM, 2016, 2000]]), "yearly-return", dry_run=True)
    assert tells(report.findings[0].message, ("20倍", "核对"), ("factor of about 20", "Check it"))
    assert "万元" not in report.findings[0].message["zh"]


def test_a_firm_that_left_can_file_nothing_by_hand_either(firms):
    before = state()
    with pytest.raises(UnableToFile, match=r"乙科技有限公司.*left on 2015-06-30"):
        save_draft(
            zone=firms, party=Party.records.get(name="乙科技有限公司"), dataset="yearly-return", period=YEAR, values={"revenue": Decimal(1)}, actor=CLERK, at=AT
        )  # fmt: skip
    assert state() == before
    # For the year in which it left it may.
    save_draft(
        zone=firms, party=Party.records.get(name="乙科技有限公司"), dataset="yearly-return", period=Period.parse("2015"), values={}, actor=CLERK, at=AT
    )  # fmt: skip


BOOK = """rulebook: share
version: "1"
kind: policy
status: sample
title: share
in_force: {{from: 2016-01-01}}
entities:
  firm: {{key: key, columns: {{present: bool}}}}
  support_application: {{key: [firm, period], columns: {{firm: text, year: int, rent_paid: money CNY, it_spend: money CNY}}}}
links: {{firm.applications: {{to: support_application, on: firm}}}}
parameters:
  rate: {{unit: ratio, values: {{{rate}}}}}
variables:
  firm.rent: {{type: money CNY, formula: "ONLY(applications.rent_paid) FILTER (WHERE applications.year = PERIOD_YEAR())"}}
  firm.spend: {{type: money CNY, formula: "ONLY(applications.it_spend) FILTER (WHERE applications.year = PERIOD_YEAR())"}}
  firm.share: {{type: ratio, round: half_up 0.01, formula: {share}}}
  firm.support: {{type: money CNY, round: half_up 0.01, formula: "rent * share * :rate"}}
policy:
  entity: firm
  amount: support
  eligible: [{{name: shared, formula: share > 0, why_not: {{zh: 无, en: none}}}}]
"""


@pytest.fixture
def applied(firms):
    """An accepted application with 100 of rent and no spend on IT."""
    values = {"rent_paid": Decimal(100), "it_spend": Decimal(0)}
    told = {"zone": firms, "actor": CLERK, "at": AT}
    row = save_draft(party=Party.records.get(name=FIRM), dataset="support-application", period=YEAR, values=values, **told)
    submit(filing_id=row.pk, **told)
    accept(filing_id=row.pk, **told)
    return firms


def _adopt(zone, share, rate="2016-01-01: 0.5"):
    return adopt_rulebook(zone=zone, text=BOOK.format(share=share, rate=rate), source="share.yaml", actor=CLERK, at=AT)


def test_a_rulebook_with_a_cycle_is_not_adopted(firms):
    before = state()
    with pytest.raises(UnableToAdoptRulebook, match=r"share\.yaml:\d+.*firm\.share → firm\.support → firm\.share") as fault:
        _adopt(firms, "support / rent")
    assert "Break the loop at one of them" in str(fault.value)
    assert state() == before


def test_division_by_zero_is_undecided_and_gives_no_award(applied):
    _adopt(applied, "rent / spend")
    close_period(zone=applied, period=YEAR, actor=CLERK, at=AT)
    row = Assessment.records.get(party_name=FIRM)
    assert (row.verdict, row.amount, Award.records.count()) == ("undecided", None, 0)
    told = incentives.explain_firm(applied, party_key=row.party_key, code="share")
    assert (told["verdict"], told["conditions"][0]["holds"]) == ("undecided", None)
    working = json.dumps(told["conditions"][0]["working"], ensure_ascii=False)
    assert "除数为零" in working
    assert "the divisor is zero" in working


def test_a_parameter_missing_from_the_first_day_is_refused_at_once(firms):
    before = state()
    with pytest.raises(
        UnableToAdoptRulebook,
        match=r"share\.yaml:\d+.*:rate has no value from 2016-01-01 up to but without 2017-01-01.*Add a value in force",
    ):
        _adopt(firms, "spend / rent", rate="2017-01-01: 0.5")
    assert state() == before


def test_a_parameter_missing_for_the_date_stops_the_judging(applied):
    text = BOOK.format(share="spend / rent", rate="2016-01-01: 0.5, 2016-07-01: null")
    with pytest.raises(UnableToAdoptRulebook, match=r":rate has no value from 2016-07-01.*it ended on 2016-07-01"):
        adopt_rulebook(zone=applied, text=text, source="share.yaml", actor=CLERK, at=AT)
    # A version that was adopted before the checker looked at every day in force.
    rulebook = _adopt(applied, "spend / rent")
    ZoneRulebook.records.filter(pk=rulebook.pk).update(text=text)
    rulebook.refresh_from_db()
    snapshot = freeze(zone=applied, period=YEAR, actor=CLERK, at=AT)
    before = state()
    with pytest.raises(RulebookRefused) as fault:
        assess(zone=applied, snapshot=snapshot, rulebook=rulebook, actor=CLERK, at=AT)
    assert "share.yaml:" in str(fault.value)
    assert ":rate has no value on 2016-12-31" in str(fault.value)
    assert state() == before


def test_a_table_that_the_snapshot_does_not_hold_stops_the_judging(applied):
    text = BOOK.format(share="spend / rent", rate="2016-01-01: 0.5").replace("rent_paid", "rent_payed")
    with pytest.raises(UnableToAdoptRulebook, match=r"rent_payed.*rent_paid"):
        adopt_rulebook(zone=applied, text=text, source="share.yaml", actor=CLERK, at=AT)
    # A version that was adopted before its dataset lost the column.
    rulebook = _adopt(applied, "spend / rent")
    ZoneRulebook.records.filter(pk=rulebook.pk).update(text=text)
    rulebook.refresh_from_db()
    snapshot = freeze(zone=applied, period=YEAR, actor=CLERK, at=AT)
    before = state()
    with pytest.raises(RulebookRefused, match=r"rent_payed.*rent_paid"):
        assess(zone=applied, snapshot=snapshot, rulebook=rulebook, actor=CLERK, at=AT)
    assert state() == before


def test_a_stay_that_ends_before_it_begins(zone, tmp_path):
    rows, before = [["企业名称", "入驻日期", "迁出日期"], ["甲", date(2016, 5, 1), date(2016, 5, 1)]], state()
    report = bring(zone, book(tmp_path / "r.xlsx", rows), "registry")
    assert codes(report) == {("refused", "span")}
    assert tells(report.findings[0].message, ("甲", "2016-05-01", "更正"), ("甲", "2016-05-01", "Correct one"))
    assert state() == before


def test_a_row_that_contradicts_one_above_stays_out_when_a_person_lets_refused_rows_stay_out(zone, tmp_path):
    rows = [["企业名称", "统一社会信用代码", "住所"], ["甲", sample_code(1), "一楼"], ["甲", sample_code(1), "二楼"]]
    path, before = book(tmp_path / "r.xlsx", rows), state()
    report = bring(zone, path, "registry")
    assert (codes(report), report.landed, state()) == ({("refused", "conflict")}, False, before)
    assert bring(zone, path, "registry", options={"skip_refused": True}).landed
    assert Party.records.get().address == "一楼"
