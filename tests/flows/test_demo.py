"""The close of the demo towns, from workbooks to verdicts."""

from decimal import Decimal

import pytest
from django.test import Client

from tests.flows.conftest import AT, CLERK, DIRECTOR
from townwright.apps.filings.models import Filing
from townwright.apps.filings.services import UnableToFile, accept, correct
from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.models import Award
from townwright.apps.incentives.services import UnableToAdoptRulebook, UnableToAward, adopt_rulebook, decide_award, recompute
from townwright.apps.indicators import selectors as indicators
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.snapshots.models import UnableToChangeSnapshot
from townwright.kernel.values.period import Period
from townwright.site.close import close_period
from townwright.site.demo.build import PASSWORD
from townwright.site.report import render_html


def _figures(zone, snapshot):
    return {row.code: row.value for row in indicators.figures(zone, snapshot)}


def test_counting_and_summing_gives_the_published_figures(demo, db):
    town, abroad = demo
    told = _figures(town.zone, town.close.snapshot)
    assert (told["firms"], told["cloud_firms"], told["star_firms"], told["alliance_founders"], told["alliance_members"]) == (
        481,
        362,
        210,
        33,
        63,
    )
    assert told["cloud_share"] == Decimal("0.7526")
    verdicts = {row["uid"]: row["verdict"] for row in indicators.reconciliation_rows(town.zone, town.close.snapshot, "zh")}
    assert verdicts["firms-2016"] == verdicts["cloud-output-2016"] == "agrees"
    assert verdicts["fiscal-2016"] == verdicts["fiscal-growth-2016"] == verdicts["fiscal-2016-base"] == "agrees after rounding"
    assert verdicts["roadshows"] == "cannot be measured here"
    overseas = {row["uid"]: row["verdict"] for row in indicators.reconciliation_rows(abroad.zone, abroad.close.snapshot, "en")}
    assert overseas["bri-tax-2017-12"] == overseas["bri-tax-2018-04"] == "conflicts"
    assert overseas["bri-tax"] == "cannot be measured here"
    assert (overseas["jobs-2016"], overseas["going-abroad"]) == ("agrees", "agrees")


def test_closing_again_changes_nothing(demo, db):
    town = demo[0]
    digest = incentives.awards_digest(town.zone, town.close.snapshot)
    again = close_period(zone=town.zone, period=Period.parse("2016"), actor=CLERK, at=AT)
    assert (again.snapshot.pk, again.proposed, incentives.awards_digest(town.zone, again.snapshot)) == (town.close.snapshot.pk, 0, digest)
    snapshots.verify(again.snapshot)


def test_one_corrected_return_changes_the_report(demo, db):
    town = demo[0]
    row = Filing.records.filter(zone=town.zone, dataset="yearly-return", period="2016").first()
    values = {**row.values, "fiscal_contribution": str(Decimal(row.values["fiscal_contribution"]) + 5_000_000)}
    typed = {name: None if value is None else Decimal(value) for name, value in values.items()}
    correct(zone=town.zone, filing_id=row.pk, version=row.version, values=typed, reason="typing error", actor=CLERK, at=AT)
    with pytest.raises(UnableToFile, match="corrected meanwhile"):
        correct(zone=town.zone, filing_id=row.pk, version=row.version, values=typed, reason="again", actor=CLERK, at=AT)
    with pytest.raises(UnableToFile, match="is accepted"):
        accept(zone=town.zone, filing_id=row.pk, actor=CLERK, at=AT)
    again = close_period(zone=town.zone, period=Period.parse("2016"), actor=CLERK, at=AT)
    assert (again.snapshot.revision, _figures(town.zone, again.snapshot)["fiscal_revenue"]) == (2, Decimal(341_020_000))
    changed = snapshots.changes(town.close.snapshot, again.snapshot)["yearly_return"]
    assert (changed["changed"], changed["rows"][0]["columns"]["fiscal_contribution"][1]) == (1, values["fiscal_contribution"])
    told = {one["uid"]: one["verdict"] for one in indicators.reconciliation_rows(town.zone, again.snapshot, "en")}
    assert told["fiscal-2016"] == "conflicts"


def test_a_snapshot_never_changes(demo, db):
    with pytest.raises(UnableToChangeSnapshot):
        demo[0].close.snapshot.save()


def test_awards_take_two_persons_and_stay_within_the_budget(demo, db):
    zone = demo[0].zone
    budget = incentives.budgets(zone, "sample-rent-relief")[0]
    proposed = Award.records.filter(zone=zone, policy="sample-rent-relief")
    assert sum(proposed.values_list("granted_amount", flat=True)) <= budget["amount"]
    first = proposed.filter(granted_amount__gt=0).first()
    with pytest.raises(UnableToAward, match="another person"):
        decide_award(zone=zone, award_id=first.pk, approve=True, actor=type(CLERK)(first.proposed_by, "same"), at=AT)
    decide_award(zone=zone, award_id=first.pk, approve=True, actor=DIRECTOR, at=AT)
    with pytest.raises(UnableToAward, match="was approved by"):
        decide_award(zone=zone, award_id=first.pk, approve=True, actor=CLERK, at=AT)
    with pytest.raises(UnableToAward, match="Say why"):
        decide_award(zone=zone, award_id=first.pk, approve=False, actor=DIRECTOR, at=AT)
    cut = proposed.filter(cut__code="pro_rata").first()
    assert cut.granted_amount < cut.eligible_amount
    assert "按比例核减" in cut.cut["zh"]


def test_a_decision_recomputes_bit_for_bit(demo, db):
    for row in incentives.assessments(demo[0].zone, snapshot=demo[0].close.snapshot)[:3]:
        assert recompute(row) == {}


def test_a_rulebook_with_a_cycle_is_not_adopted(demo, db):
    text = "rulebook: loop\nversion: '1'\nkind: policy\nstatus: draft\ntitle: t\nin_force: {from: 2020-01-01}\nentities: {firm: {columns: {}}}\nvariables:\n  firm.a: {type: money CNY, formula: b}\n  firm.b: {type: money CNY, formula: a}\npolicy: {entity: firm, amount: a, eligible: [{name: x, formula: a > 0}]}\n"
    with pytest.raises(UnableToAdoptRulebook, match=r"firm\.a → firm\.b → firm\.a"):
        adopt_rulebook(zone=demo[0].zone, text=text, source="loop.yaml", actor=CLERK, at=AT)


def test_the_report_is_one_file_that_asks_for_nothing(demo, db):
    html = render_html(demo[0].zone, demo[0].close.snapshot, "zh")
    assert "涉云企业" in html
    assert "http" not in html.replace("http-equiv", "")
    assert "src=" not in html


def test_pages_open_for_who_may_and_not_for_others(demo, db):
    signed = Client()
    signed.login(username="registrar", password=PASSWORD)
    assert signed.get("/z/yunqi/").status_code == 200
    assert signed.get("/z/yunqi/firms/?q=cl&at=2016-12-31").status_code == 200
    assert signed.get("/z/yunqi/awards/").status_code == 403
    assert signed.get("/z/nowhere/").status_code == 404
    assert Client().get("/z/yunqi/").status_code == 302
