"""A zone's own indicators, and claims entered one by one."""

from datetime import date
from decimal import Decimal

import pytest

from tests.flows.conftest import AT, CLERK
from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import adopt_rulebook, withdraw_rulebook
from townwright.apps.indicators import selectors as indicators
from townwright.apps.indicators.models import Claim, IndicatorBook
from townwright.apps.indicators.services import UnableToAdoptRulebook, UnableToLoadClaims, add_claim, adopt_indicators
from townwright.frame.models import AuditEntry
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.rulebooks import read_text
from townwright.site.close import close_period
from townwright.site.datasets import handler_for

OWN = """
rulebook: our-figures
version: "1"
kind: indicators
status: verified
title: {zh: 本镇指标, en: Our figures}
in_force: {from: 2016-01-01, to: null}
entities:
  zone: {key: key, columns: {area_m2: number m2}}
  firm: {key: key, columns: {present: bool}}
links:
  zone.firms: {to: firm}
indicators:
  NAME: {label: {zh: 期末不在园, en: Not here at the end}, unit: firm, formula: "COUNT(firms) FILTER (WHERE NOT firms.present) * UNIT(1, 'firm')"}
cases:
  - {name: one of two, period: "2016", data: {firm: [{key: a, present: true}, {key: b, present: false}]}, expect: {zone: {zone: {NAME: 1}}}}
"""
REGISTER = "企业名称,入驻日期,迁出日期\n甲有限公司,2014-01-01,\n乙有限公司,2014-01-01,2016-06-30\n"
PACKAGED = read_text("indicators/innovation-town.yaml")


@pytest.fixture
def town(zone, tmp_path):
    (tmp_path / "r.csv").write_text(REGISTER, encoding="utf-8")
    assert run_import(tmp_path / "r.csv", dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT).landed
    return zone


def _adopt(zone, text):
    return adopt_indicators(zone=zone, text=text, source="own.yaml", actor=CLERK, at=AT)


def _close(zone):
    return close_period(zone=zone, period=Period.of_year(2016), actor=CLERK, at=AT).snapshot


def test_a_towns_own_figure_is_measured_beside_the_packaged_ones_and_opens(town):
    _adopt(town, OWN.replace("NAME", "gone"))
    frozen = _close(town)
    told = {row.code: row.value for row in indicators.figures(town, frozen)}
    assert (told["firms"], told["gone"]) == (1, 1)
    opened = indicators.figure(town, frozen, "gone")
    assert opened.compiled.book.code == "our-figures"
    assert opened.rows[0].rows.column("name").to_pylist() == ["乙有限公司"]


def test_a_newer_version_of_the_packaged_book_takes_its_place_and_old_figures_keep_theirs(town):
    frozen = _close(town)
    before = indicators.figure(town, frozen, "firms").compiled.hash
    changed = PACKAGED.replace('version: "1"', 'version: "2"').replace("{from: 2000-01-01", "{from: 2016-06-01").replace(
        "en: Firms}", "en: Firms here}"
    )  # fmt: skip
    _adopt(town, changed)
    again = _close(town)
    assert again.pk == frozen.pk
    opened = indicators.figure(town, again, "firms")
    assert (opened.row.label["en"], opened.row.value) == ("Firms here", 1)
    assert opened.compiled.hash != before


def test_what_is_refused_changes_nothing(town):
    _adopt(town, OWN.replace("NAME", "gone"))
    assert _adopt(town, OWN.replace("NAME", "gone")).pk == IndicatorBook.records.get().pk
    entries = AuditEntry.records.count()
    for text, words in (
        (OWN.replace("NAME", "gone").replace("Not here", "Away"), "another text"),
        (OWN.replace("NAME", "gone").replace('version: "1"', 'version: "2"'), "in force in the same days"),  # begins no later
        (OWN.replace("NAME", "firms").replace("our-figures", "theirs"), "measured by innovation-town already"),
        (OWN.replace("NAME", "gone").replace("our-figures", "theirs").replace("{gone: 1}", "{gone: 2}"), "cases fail"),
        (read_text("policies/sample-rent-relief.yaml"), "of the kind policy"),
    ):
        with pytest.raises(UnableToAdoptRulebook, match=words):
            _adopt(town, text)
    assert (IndicatorBook.records.count(), AuditEntry.records.count()) == (1, entries)


def test_a_claim_is_added_once_and_never_overwritten(town):
    row = {
        "uid": "firms-told", "system": "S1", "label": {"zh": "企业", "en": "Firms"}, "value": "2", "bound": "exact", "unit": "firm",
        "as_of": "2016-12-31", "quote": "两家", "source": "年会", "indicator": "firms",
    }  # fmt: skip
    assert add_claim(zone=town, row=row, actor=CLERK, at=AT).pk == add_claim(zone=town, row=row, actor=CLERK, at=AT).pk
    with pytest.raises(UnableToLoadClaims, match="holds 2 from 年会"):
        add_claim(zone=town, row={**row, "value": "3"}, actor=CLERK, at=AT)
    with pytest.raises(UnableToLoadClaims, match="bound"):
        add_claim(zone=town, row={**row, "uid": "x", "bound": "roughly"}, actor=CLERK, at=AT)
    frozen = _close(town)
    told = indicators.reconciliation_rows(town, frozen, "en")
    assert [(one["uid"], one["measured"], one["verdict"]) for one in told] == [("firms-told", "1", "conflicts")]
    assert "measured 1, published 2, −1 apart" in told[0]["why"]
    assert Claim.records.get().value == Decimal(2)


def _policy(version, start):
    head = read_text("policies/sample-rent-relief.yaml").partition("cases:")[0]
    return head.replace('version: "2015-1"', f'version: "{version}"').replace("in_force: {from: 2015-01-01", f"in_force: {{from: {start}")


def test_a_later_version_takes_over_on_its_first_day_and_a_mistaken_one_can_be_withdrawn(town):
    told = {"zone": town, "actor": CLERK, "at": AT}
    first = adopt_rulebook(text=read_text("policies/sample-rent-relief.yaml"), source="a.yaml", **told)
    second = adopt_rulebook(text=_policy("2017-1", "2017-01-01"), source="b.yaml", **told)
    first.refresh_from_db()
    assert (first.in_force_to, second.in_force_to) == (date(2017, 1, 1), None)
    assert [row.version for row in incentives.newest_rulebooks(town, date(2016, 12, 31))] == ["2015-1"]
    assert [row.version for row in incentives.newest_rulebooks(town, date(2017, 1, 1))] == ["2017-1"]
    with pytest.raises(UnableToAdoptRulebook, match="Say why"):
        withdraw_rulebook(code=first.code, version="2017-1", reason=" ", **told)
    withdraw_rulebook(code=first.code, version="2017-1", reason="the wrong file", **told)
    first.refresh_from_db()
    assert first.in_force_to is None
    _close(town)
    with pytest.raises(UnableToAdoptRulebook, match="has judged firms already"):
        withdraw_rulebook(code=first.code, version="2015-1", reason="no longer wanted", **told)
