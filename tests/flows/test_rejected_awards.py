"""An award that was rejected is kept, and proposed again by the next close that still finds the firm eligible."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.flows.conftest import AT, CLERK, DIRECTOR
from townwright.apps.filings.services import accept, correct, hand_in
from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.models import Award, PolicyBudget
from townwright.apps.incentives.services import UnableToAward, adopt_rulebook, decide_award
from townwright.apps.parties.models import Party
from townwright.frame.actors import Actor
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.site.close import close_period
from townwright.site.datasets import handler_for

PERIOD = Period.parse("2016")
SECOND = Actor("web:second", "Second clerk")
BOOK = """rulebook: rent
version: "1"
kind: policy
status: sample
title: rent
in_force: {from: 2016-01-01}
entities:
  firm: {key: key, columns: {present: bool}}
  support_application: {key: [firm, period], columns: {firm: text, year: int, rent_paid: money CNY}}
links: {firm.applications: {to: support_application, on: firm}}
parameters:
  purse: {unit: CNY, values: {2016-01-01: 100}}
variables:
  firm.support: {type: money CNY, formula: "ONLY(applications.rent_paid) FILTER (WHERE applications.year = PERIOD_YEAR())"}
policy:
  entity: firm
  amount: support
  budget: {parameter: purse, rule: pro_rata}
  eligible: [{name: asked, formula: support > 0}]
"""


@pytest.fixture
def closed(zone, tmp_path):
    """Two firms that each ask for 80 of a purse of 100, closed: each is proposed 50."""
    (tmp_path / "r.csv").write_text("企业名称,入驻日期\n甲,2014-01-01\n乙,2014-01-01\n", encoding="utf-8")
    run_import(tmp_path / "r.csv", dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT)
    adopt_rulebook(zone=zone, text=BOOK, source="rent.yaml", actor=CLERK, at=AT)
    for party in Party.records.all():
        row = hand_in(
            zone=zone, party=party, dataset="support-application", period=PERIOD, values={"rent_paid": Decimal(80)}, answers={}, actor=CLERK, at=AT
        )  # fmt: skip
        accept(zone=zone, filing_id=row.pk, actor=DIRECTOR, at=AT)
    close(zone)
    assert standing() == {"甲": ("proposed", 50), "乙": ("proposed", 50)}
    return zone


def close(zone, actor=CLERK):
    return close_period(zone=zone, period=PERIOD, actor=actor, at=AT)


def standing():
    rows = Award.records.exclude(status="rejected").values_list("party_name", "status", "granted_amount")
    return {name: (status, granted) for name, status, granted in rows}


def award(name):
    return Award.records.filter(status__in=["proposed", "approved"]).get(party_name=name)


def decide(zone, name, approve, actor=DIRECTOR):
    return decide_award(zone=zone, award_id=award(name).pk, approve=approve, actor=actor, at=AT, reason="the lease is missing")


def test_a_rejected_award_is_proposed_again_within_what_is_left_and_the_old_one_is_kept(closed):
    first = decide(closed, "甲", approve=False)
    again = close(closed, SECOND)
    assert (again.snapshot.revision, again.proposed) == (1, 1)
    # 80 is asked for; of 100 the other firm's proposal holds 50.
    assert standing() == {"甲": ("proposed", 50), "乙": ("proposed", 50)}
    new = award("甲")
    assert (new.assessment_id, new.proposed_by, new.cut["code"]) == (first.assessment_id, "web:second", "pro_rata")
    first.refresh_from_db()
    assert (first.status, first.decided_by, first.reason) == ("rejected", "web:director", "the lease is missing")
    told = {one.pk: one.rejected_before for one in incentives.awards(closed, policy="rent")}
    assert (told[new.pk], told[first.pk]) == ("the lease is missing", None)
    assert incentives.firm_assessments(closed, new.party_key)[0].award == new


def test_closing_again_proposes_it_once_and_two_persons_still_decide(closed):
    decide(closed, "甲", approve=False)
    assert [close(closed, SECOND).proposed, close(closed, SECOND).proposed] == [1, 0]
    with pytest.raises(UnableToAward, match="another person"):
        decide(closed, "甲", approve=True, actor=SECOND)
    decide(closed, "甲", approve=True)
    decide(closed, "乙", approve=True)
    assert PolicyBudget.records.get().approved == 100
    assert close(closed).proposed == 0
    assert Award.records.count() == 3


def test_it_can_be_rejected_more_than_once(closed):
    for _ in range(2):
        decide(closed, "甲", approve=False)
        close(closed)
    rows = Award.records.filter(party_name="甲").order_by("pk").values_list("status", flat=True)
    assert list(rows) == ["rejected", "rejected", "proposed"]


def test_who_is_no_longer_eligible_is_not_proposed_again(closed):
    decide(closed, "甲", approve=False)
    row = Party.records.get(name="甲").filings.get()
    correct(zone=closed, filing_id=row.pk, version=1, values={"rent_paid": Decimal(0)}, reason="paid none", actor=CLERK, at=AT)
    assert close(closed).proposed == 0
    assert standing() == {"乙": ("proposed", 50)}


def test_the_database_admits_one_award_that_stands(closed):
    held = award("甲")
    held.pk, held._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        held.save()
    held.status, held.decided_by, held.decided_at = "rejected", "web:director", AT
    held.save()
    assert Award.records.filter(party_name="甲").count() == 2
