"""The register: codes, names, capital, merges, any past date."""

from datetime import date
from decimal import Decimal

import pytest

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.domain import check_uscc, industry_section, is_branch_name, likeness, parse_capital
from townwright.apps.parties.models import Identifier, IndustryCode, MergeSuggestion, Party, PartyAlias, Tag, ZoneMembership
from townwright.apps.parties.selectors import count_firms, party_by_ref
from townwright.apps.parties.services import UnableToMerge, accept_identifier_warning, edit_party, merge_parties, undo_merge
from townwright.apps.parties.services.facts import UnableToChangeParty
from townwright.frame.workbooks.pipeline import run_import
from townwright.site.datasets import handler_for

VALID = "91110000600037341L 91110108551385082Q 91440101MA5CJQ4N59 91350200776049653A 91350200MA2YJ1XR9G 123502001549897397 9135021359498494XQ 91350100M000100Y43 N21101085513850828 A1110000551385082Y"


@pytest.mark.parametrize("code", VALID.split())
def test_valid_codes(code):
    assert check_uscc(code.lower()).ok


@pytest.mark.parametrize(
    ("code", "wrong"),
    [("91350100M000100Y4Z", "alphabet"), ("91350203M0001QAY9B", "check"), ("91350100M0001TGQXM", "check"), ("9111000060003734", "length")],
)
def test_codes_that_fail(code, wrong):
    assert wrong in [warning.code for warning in check_uscc(code).warnings]


def test_the_standards_worked_example_is_mended():
    assert "91350100M000100Y43" in check_uscc("91350100M000100Y4Z").warnings[0].message["en"]


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("100(万元人民币)", 10**6, "CNY"),
        ("43.12万人民币", 431_200, "CNY"),
        ("50(万)", 500_000, "CNY"),
        ("500万美元", 5 * 10**6, "USD"),
        ("USD 1,000,000", 10**6, "USD"),
        ("１，０００万港元", 10**7, "HKD"),
        ("1.5亿日元", 15 * 10**7, "JPY"),
        ("3", 3, None),
    ],
)
def test_capital(text, amount, currency):
    told = parse_capital(text)
    assert (told.amount, told.currency) == (Decimal(amount), currency)


def test_names():
    assert likeness("数梦工厂", "数梦工场").score >= 85
    assert likeness("杭州數夢（科技）有限責任公司", "杭州数梦(科技)有限公司").score >= 95
    assert likeness("中国电信", "中国电信杭州分公司").score == 0
    assert is_branch_name("某某银行转塘支行")


def test_the_edition_decides_the_meaning():
    assert (industry_section("8010", edition="2011"), industry_section("8010", edition="2017")) == ("O", "O")
    assert (industry_section("7910", edition="2011"), industry_section("7910", edition="2017")) == ("O", "N")


def _bring(zone, tmp_path, text):
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8")
    return run_import(path, dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT)


def test_a_failing_code_lands_with_a_warning_and_is_accepted_with_a_reason(zone, tmp_path):
    report = _bring(zone, tmp_path, "企业名称,统一社会信用代码\n试点企业,91350203M0001QAY9B\n")
    assert (report.landed, report.counts["warned"]) == (True, 1)
    row = Identifier.records.get()
    with pytest.raises(UnableToChangeParty):
        accept_identifier_warning(zone=zone, identifier_id=row.pk, reason=" ", actor=CLERK, at=AT)
    assert accept_identifier_warning(zone=zone, identifier_id=row.pk, reason="licence seen", actor=CLERK, at=AT).status == "accepted"


def test_one_code_under_two_names_is_one_firm(zone, tmp_path):
    report = _bring(zone, tmp_path, "企业名称,统一社会信用代码\n甲公司,91110000600037341L\n甲集团,91110000600037341L\n")
    assert (report.landed, Party.records.count(), PartyAlias.records.get().name) == (True, 1, "甲集团")


def test_a_firm_that_was_renamed_is_found_by_the_name_it_had(zone, tmp_path):
    _bring(zone, tmp_path, "企业名称\n甲科技有限公司\n")
    edit_party(zone=zone, party=Party.records.get(), changes={"name": "甲云有限公司"}, actor=CLERK, at=AT)
    report = _bring(zone, tmp_path, "企业名称,住所\n甲科技有限公司,某路1号\n")
    assert (report.landed, report.counts["created"], report.counts["updated"]) == (True, 0, 1)
    row = Party.records.get()
    assert (row.name, row.address) == ("甲云有限公司", "某路1号")


def test_an_edition_that_is_not_kept_is_told_and_not_read_as_another(zone, tmp_path):
    report = _bring(zone, tmp_path, "企业名称,入驻日期,行业代码,行业分类版本\n甲,2014-01-01,6513,GB/T4754-2002\n")
    assert (report.landed, [one.code for one in report.findings], IndustryCode.records.count()) == (True, ["industry"], 0)


def test_any_past_date_can_be_recounted(zone, tmp_path):
    _bring(zone, tmp_path, "企业名称,入驻日期,迁出日期,标签\n甲,2014-01-01,2016-06-30,涉云企业\n乙,2016-06-30,,\n")
    days = [date(2013, 12, 31), date(2014, 1, 1), date(2016, 6, 29), date(2016, 6, 30)]
    assert [count_firms(zone, at=day) for day in days] == [0, 1, 1, 1]
    assert [count_firms(zone, at=day, tag="cloud") for day in days] == [0, 1, 1, 0]


def _state():
    models = (Party, Identifier, PartyAlias, Tag, ZoneMembership)
    return [list(model.records.order_by("pk").values()) for model in models]


def test_a_merge_can_be_undone_to_the_last_row(zone, tmp_path):
    _bring(
        zone,
        tmp_path,
        "企业名称,统一社会信用代码,入驻日期,标签\n数梦工厂,91110000600037341L,2014-01-01,涉云企业\n数梦工场,91110108551385082Q,2015-01-01,名企\n",
    )
    suggestion = MergeSuggestion.records.get()
    before = _state()
    merge_parties(zone=zone, suggestion_id=suggestion.pk, actor=CLERK, at=AT)
    assert party_by_ref(zone, "数梦工场").name == "数梦工厂"
    assert count_firms(zone, at=date(2016, 1, 1)) == 1
    with pytest.raises(UnableToMerge):
        merge_parties(zone=zone, suggestion_id=suggestion.pk, actor=CLERK, at=AT)
    undo_merge(zone=zone, suggestion_id=suggestion.pk, actor=CLERK, at=AT)
    assert _state() == before
