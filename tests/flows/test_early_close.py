"""A period that is not over is closed on a person's word only, by the zone's own day: at the command line and on the page."""

from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.test import Client

from townwright.apps.snapshots.models import Snapshot
from townwright.frame import clock
from townwright.frame.models import Job
from townwright.kernel.values.period import Period
from townwright.site.cli import closing
from townwright.site.cli.verbs import townwright
from townwright.site.close import UnableToClose, demand_over

# 2016 is over from 1 January 2017 on; so are its last quarter and its December.
LAST, FIRST = date(2016, 12, 31), date(2017, 1, 1)


@pytest.mark.parametrize("text", ["2016", "2016Q4", "2016-12"])
def test_a_period_is_over_on_the_day_after_its_last(text):
    period = Period.parse(text)
    assert (period.is_over(LAST), period.is_over(FIRST)) == (False, True)
    demand_over(period, FIRST, confirmed=False)
    demand_over(period, LAST, confirmed=True)
    with pytest.raises(UnableToClose, match=f"{text} is not over: today is 2016-12-31, and it is over on 2017-01-01"):
        demand_over(period, LAST, confirmed=False)


def test_one_that_has_not_begun_is_told_apart():
    with pytest.raises(UnableToClose, match="2018 has not begun: today is 2016-12-31") as told:
        demand_over(Period.parse("2018"), LAST, confirmed=False)
    assert set(told.value.args[0].texts) == {"zh", "en"}
    with pytest.raises(UnableToClose, match="is not over"):
        demand_over(Period.parse("2017"), FIRST, confirmed=False)  # its first day


@pytest.fixture
def on_new_years_eve(zone, monkeypatch):
    """15:30 UTC on 31 December: in Shanghai the year has half an hour left."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2016, 12, 31, 15, 30, tzinfo=UTC))
    return zone


def run(*words, language="en", **told):
    return CliRunner().invoke(townwright, ["close", "--zone", "here", *words, "--language", language], **told)


def test_without_a_person_to_ask_it_is_refused(on_new_years_eve):
    told = run("--period", "2016")
    assert (told.exit_code, told.stdout) == (1, "")
    assert "2016 is not over" in told.stderr
    assert "--yes" in told.stderr
    assert "2016尚未结束" in run("--period", "2016", language="zh").stderr
    assert "2017 has not begun" in run("--period", "2017").stderr
    assert Snapshot.records.count() == 0
    assert run("--period", "2016-11", "--json").exit_code == 0
    assert run("--period", "2016", "--yes").exit_code == 0
    assert sorted(Snapshot.records.values_list("period", flat=True)) == ["2016", "2016-11"]


def test_by_the_zones_own_day_it_is_over(zone, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2016, 12, 31, 16, 0, tzinfo=UTC))  # midnight in Shanghai
    assert run("--period", "2016").exit_code == 0


@pytest.mark.parametrize(("answer", "code"), [(True, 0), (False, 1)])
def test_a_person_at_the_terminal_is_asked(on_new_years_eve, monkeypatch, answer, code):
    asked = []
    monkeypatch.setattr(closing, "stdin_is_a_terminal", lambda: True)
    monkeypatch.setattr(closing.click, "confirm", lambda text, **_told: asked.append(text) or answer)
    told = run("--period", "2016")
    assert told.exit_code == code
    assert "2016 is not over" in asked[0]
    assert asked[0].endswith("Close it all the same?")
    assert Snapshot.records.count() == (1 if answer else 0)
    assert ("Nothing was closed." in told.stderr) is not answer


def test_the_page_asks_likewise(on_new_years_eve):
    get_user_model().objects.create_superuser("boss", password="x")
    page = Client()
    page.force_login(get_user_model().objects.get())
    assert 'name="early"' in page.get("/z/here/close/?period=2016").content.decode()
    assert 'name="early"' not in page.get("/z/here/close/?period=2016-11").content.decode()
    refused = page.post("/z/here/close/", {"period": "2016"}, follow=True)
    assert "2016 is not over yet. Nothing was closed" in refused.content.decode()
    assert refused.redirect_chain[0][0].endswith("/close/?period=2016")
    assert Job.records.count() == 0
    page.post("/z/here/close/", {"period": "2016", "early": "yes"})
    assert Job.records.get().arguments == {"period": "2016"}
