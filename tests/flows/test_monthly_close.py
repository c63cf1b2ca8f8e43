"""The demo's November 2016: what a month's close can tell, and what it must not."""

from datetime import date

import pytest
from click.testing import CliRunner

from tests.flows.conftest import AT, CLERK
from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.models import Assessment, Award
from townwright.apps.incentives.services import assess
from townwright.apps.indicators import selectors as indicators
from townwright.apps.snapshots import selectors as snapshots
from townwright.kernel.values.period import Period
from townwright.site.close import close_period
from townwright.site.demo.records import yunqi

NOVEMBER = Period.parse("2016-11")


@pytest.fixture
def closed(demo, db):
    """The month's snapshot, closed after the year's."""
    return close_period(zone=demo[0].zone, period=NOVEMBER, actor=CLERK, at=AT)


def test_the_month_counts_what_the_records_hold_at_its_end(demo, closed):
    records, end = yunqi().registry, date(2016, 12, 1)
    here = [row for row in records if row["arrived_on"] < end and (row["left_on"] is None or row["left_on"] >= end)]
    told = {row.code: row.value for row in indicators.figures(demo[0].zone, closed.snapshot)}
    assert (len(here), sum("涉云企业" in row["tags"] for row in here)) == (481, 362)
    assert (told["firms"], told["cloud_firms"], told["star_firms"]) == (481, 362, 210)
    assert told["arrivals"] == sum(date(2016, 11, 1) <= row["arrived_on"] for row in here) == 1
    october = close_period(zone=demo[0].zone, period=Period.parse("2016-10"), actor=CLERK, at=AT)
    before = {row.code: row.value for row in indicators.figures(demo[0].zone, october.snapshot)}
    assert (before["firms"], before["cloud_firms"], before["arrivals"]) == (480, 361, 2)
    # Of 481 firms every fortieth files monthly: 0, 40, … 480.
    rows = snapshots.tables(closed.snapshot)["monthly_return"].to_pylist()
    assert (len(rows), {(row["year"], row["month"]) for row in rows}) == (13, {(2016, 11)})


def test_what_the_year_has_not_told_yet_is_unknown_and_never_zero(demo, closed):
    told = {row.code: row.value for row in indicators.figures(demo[0].zone, closed.snapshot)}
    unknown = ("output", "cloud_output", "fiscal_revenue", "fiscal_growth", "rd_share", "staff")
    assert {code: told[code] for code in unknown} == dict.fromkeys(unknown)
    assert (told["fiscal_revenue_before"], told["returns_filed"]) == (212_660_000, 0)


def test_claims_of_the_years_end_are_not_held_against_november(demo, closed):
    rows = {row["uid"]: row for row in indicators.reconciliation_rows(demo[0].zone, closed.snapshot, "en")}
    for uid in ("firms-2016", "cloud-firms-2016", "star-firms", "alliance-members"):
        assert (rows[uid]["verdict"], rows[uid]["why"]) == (
            "cannot be measured here",
            "The figure is of 2016-12-31, this snapshot of 2016-11.",
        )
    assert rows["fiscal-2016"]["verdict"] == "cannot be measured here"
    assert rows["fiscal-2016-base"]["verdict"] == "agrees after rounding"


def test_a_claim_of_the_month_is(demo, closed):
    december = close_period(zone=demo[0].zone, period=Period.parse("2016-12"), actor=CLERK, at=AT)
    rows = {row["uid"]: row["verdict"] for row in indicators.reconciliation_rows(demo[0].zone, december.snapshot, "en")}
    assert rows["firms-2016"] == "agrees"


def test_no_firm_is_judged_by_a_month(demo, closed):
    zone = demo[0].zone
    assert (closed.assessed, closed.proposed, Assessment.records.filter(snapshot=closed.snapshot).count()) == ({}, 0, 0)
    assert [step["step"] for step in closed.steps] == ["snapshot", "measure", "reconcile"]
    row, before = incentives.rulebook(zone, "sample-rent-relief"), Award.records.count()
    with pytest.raises(incentives.UnableToAssess, match=r"judged at the close of a year.*Close 2016"):
        assess(zone=zone, snapshot=closed.snapshot, rulebook=row, actor=CLERK, at=AT)
    with pytest.raises(incentives.UnableToAssess):
        incentives.explain_firm(zone, party_key=yunqi().registry[0]["uscc"], code=row.code, period="2016-11")
    assert (Assessment.records.filter(snapshot=closed.snapshot).count(), Award.records.count()) == (0, before)


def test_the_newest_snapshot_is_the_one_that_ended_last(demo, closed):
    zone = demo[0].zone
    assert snapshots.latest(zone).period == "2016"
    for text in ("2016-12", "2016Q4", "2017-01"):
        close_period(zone=zone, period=Period.parse(text), actor=CLERK, at=AT)
    assert snapshots.latest(zone).period == "2017-01"
    assert snapshots.latest(zone, grain="year").period == "2016"
    assert snapshots.latest(zone, grain="quarter").period == "2016Q4"
    # The page of a policy shows whom the year found eligible, although a month was closed since.
    assert snapshots.asked(zone, None, grain="year").period == "2016"
    with pytest.raises(snapshots.UnknownSnapshot, match="no snapshot of 2015"):
        snapshots.latest(zone, "2015")


def test_closing_the_month_again_changes_nothing(demo, closed):
    again = close_period(zone=demo[0].zone, period=NOVEMBER, actor=CLERK, at=AT)
    assert (again.snapshot.pk, again.snapshot.revision) == (closed.snapshot.pk, 1)


def test_the_command_line_says_why_a_month_is_not_judged(demo, closed):
    from townwright.site.cli.verbs import townwright

    done = CliRunner().invoke(townwright, ["assess", "--zone", "yunqi", "--period", "2016-11"])
    assert done.exit_code == 1
    assert "Policies are judged at the close of a year" in done.output
