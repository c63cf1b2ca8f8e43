"""Names that are one, and names that only look it: scores, reasons in both languages, and what is worth comparing."""

import re
from pathlib import Path

import pytest

from townwright.apps.parties.domain import core_name, is_branch_name, likeness, name_keys
from townwright.apps.parties.domain.words import words_of

PAGE = Path(__file__).resolve().parents[5] / "docs" / "algorithms" / "matching-names.md"
SUGGEST_FROM = 85
ONE = [
    ("数梦工厂", "数梦工场"), ("杭州數夢（科技）有限責任公司", "杭州数梦(科技)有限公司"), ("杭州数梦科技股份有限公司", "杭州数梦科技有限公司"),
    ("OOO Oboronnye Initsiativy", "ООО «Оборонные инициативы»"), ("Siemens Aktiengesellschaft", "Siemens AG"), ("J.P. Morgan & Co.", "JPMorgan and Company"),
    ("Société Générale S.A.", "Societe Generale SA"), ("Bowne Global Solutions, L.L.C.", "Bowne Global Solutions LLC"), ("H&M Hennes & Mauritz AB", "H and M Hennes and Mauritz"),
    ("The Coca-Cola Company", "Coca Cola Co."), ("PT Astra International Tbk", "P.T. Astra International"), ("Stripe Limited Liability Company", "Stripe LLC"),
    ("Exxor Mobil Corporation", "Exxon Mobil Corp."), ("First Bank Int'l", "1st International Bank"), ("FABERLIC EUROPE Sp. z o.o.", "Faberlic Europe"),
    ("Hewlett Packard", "HewlettPackard Inc."), ("华为技术有限公司", "Huawei Technologies Co., Ltd."), ("杭州市数梦有限公司", "Hangzhou Shumeng Co Ltd"), ("阿里巴巴", "Alibaba Group"),
]  # fmt: skip
TWO = [
    ("中国电信", "中国电信杭州分公司"), ("杭州数梦科技有限公司", "杭州元梦网络有限公司"), ("Deutsche Bank AG", "Deutsche Bank GmbH"),
    ("Apollo Fund VIII L.P.", "Apollo Fund IX L.P."), ("Sample Firm 001 Sdn Bhd", "Sample Firm 002 Sdn Bhd"), ("Bank of Estonia", "Bank of Ethiopia"),
    ("China Railway Engineering Corporation", "China Railroad Engineering Corporation"), ("Banco Santander S.A.", "Banco Santander Chile S.A."),
    ("Bank of China (Hong Kong) Limited", "Bank of China (Singapore) Limited"), ("杭州数梦科技有限公司", "Hangzhou Yuanmeng Technology Co., Ltd."),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), ONE)
def test_one_firm_in_two_spellings_is_suggested(left, right):
    told = likeness(left, right)
    assert told.score >= SUGGEST_FROM
    assert told == likeness(right, left) or told.score == likeness(right, left).score
    assert all(reason["zh"] and reason["en"] for reason in told.reasons)


@pytest.mark.parametrize(("left", "right"), TWO)
def test_two_firms_are_not(left, right):
    told = likeness(left, right)
    assert told.score < SUGGEST_FROM
    assert told.score == likeness(right, left).score
    assert all(reason["zh"] and reason["en"] for reason in told.reasons)


def test_the_worked_example_of_the_page():
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| (\d+) \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) >= 8
    for left, right, score, why in rows:
        told = likeness(left.strip(), right.strip())
        assert (told.score, why.strip()) == (int(score), told.reasons[-1]["en"]), (left, right)


def test_reasons_name_the_words_that_differ():
    told = likeness("China Railway Engineering Corporation", "China Railroad Engineering Corporation")
    assert "railway, railroad" in told.reasons[0]["en"]
    assert "railway, railroad" in told.reasons[0]["zh"]
    assert "甲骨文" in likeness("甲骨文", "甲古文").reasons[0]["zh"]


def test_legal_forms_come_off_both_ends_and_never_leave_nothing():
    assert words_of("OOO Gazprom Neft JSC").core == ("gazprom", "neft")
    assert words_of("Gesellschaft mit beschränkter Haftung").core
    assert words_of("AG Insurance").core == ("ag", "insurance")
    assert words_of("Limited Brands Inc.").core == ("limited", "brands")
    assert core_name("杭州数梦科技有限公司") == "杭州数梦科技"
    assert core_name("有限公司") == "有限公司"


BRANCHES = [
    "某某银行转塘支行", "中国人寿保险股份有限公司杭州市西湖支公司", "杭州示例茶叶有限公司黄龙路店", "示例贸易有限公司加工厂", "示例集团有限公司杭州动力研发中心", "城北供销合作社农具部",
]  # fmt: skip
WHOLE = [
    "杭州煤气公司",
    "杭州制氧机厂",
    "公司宝科技有限公司",
    "杭州示例科技有限公司(杭州)",
    "示例设计中心",
    "示例电子集团公司",
    "浙江图书馆",
]


def test_a_name_that_goes_on_after_its_legal_form_is_a_branch():
    assert [name for name in BRANCHES if not is_branch_name(name)] == []
    assert [name for name in WHOLE if is_branch_name(name)] == []


def test_names_in_two_scripts_meet_in_one_sound():
    chinese, latin = name_keys("杭州数梦科技有限公司"), name_keys("Hangzhou Shumeng Technology Co., Ltd.")
    assert chinese[1] == latin[1] == "hangzhoushumengkeji"
    assert name_keys("Siemens AG")[1] == name_keys("SIEMENS Aktiengesellschaft")[1] == "siemens"
