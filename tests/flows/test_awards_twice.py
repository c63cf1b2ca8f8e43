"""A second close gives nobody a second benefit of one group."""

from decimal import Decimal

import pytest

from tests.flows.conftest import AT, CLERK
from townwright.apps.filings.services import accept, correct, save_draft, submit
from townwright.apps.incentives.models import Award
from townwright.apps.incentives.services import adopt_rulebook
from townwright.apps.parties.models import Party
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.site.close import close_period
from townwright.site.datasets import handler_for

PERIOD = Period.parse("2016")
BOOK = """rulebook: {code}
version: "1"
kind: policy
status: sample
title: {code}
in_force: {{from: 2016-01-01}}
entities:
  firm: {{key: key, columns: {{present: bool}}}}
  support_application: {{key: [firm, period], columns: {{firm: text, year: int, {column}: money CNY}}}}
links: {{firm.applications: {{to: support_application, on: firm}}}}
variables:
  firm.support: {{type: money CNY, formula: "ONLY(applications.{column}) FILTER (WHERE applications.year = PERIOD_YEAR())"}}
policy:
  entity: firm
  amount: support
  exclusion_group: rent
  eligible: [{{name: asked, formula: support > 0}}]
"""


@pytest.fixture
def applied(zone, tmp_path):
    """One firm that asked for 100 of rent, judged by two policies that exclude each other."""
    path = tmp_path / "r.csv"
    path.write_text("企业名称,入驻日期\n甲,2014-01-01\n", encoding="utf-8")
    run_import(path, dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT)
    for code, column in (("by-rent", "rent_paid"), ("by-it", "it_spend")):
        adopt_rulebook(zone=zone, text=BOOK.format(code=code, column=column), source=f"{code}.yaml", actor=CLERK, at=AT)
    told = {"zone": zone, "actor": CLERK, "at": AT}
    row = save_draft(party=Party.records.get(), dataset="support-application", period=PERIOD, values={"rent_paid": Decimal(100)}, **told)
    submit(filing_id=row.pk, **told)
    return accept(filing_id=row.pk, **told)


def test_the_award_that_stands_keeps_its_group(zone, applied):
    close_period(zone=zone, period=PERIOD, actor=CLERK, at=AT)
    assert list(Award.records.values_list("policy", "granted_amount")) == [("by-rent", Decimal(100))]
    correct(
        zone=zone,
        filing_id=applied.pk,
        version=1,
        values={"rent_paid": Decimal(100), "it_spend": Decimal(900)},
        reason="left out",
        actor=CLERK,
        at=AT,
    )
    close_period(zone=zone, period=PERIOD, actor=CLERK, at=AT)
    late = Award.records.get(policy="by-it")
    assert (late.granted_amount, late.cut["code"]) == (0, "excluded")
    assert "by-rent" in late.cut["en"]
