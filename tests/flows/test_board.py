"""The board: its figures are the close's, no firm is on it, and its stream never holds a worker for long."""

import json
import re
import time
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation

from tests.flows.conftest import AT, DIRECTOR
from townwright.apps.incentives.selectors import awards
from townwright.apps.incentives.services import decide_awards
from townwright.apps.indicators import selectors as indicators
from townwright.apps.parties.models import Identifier, Party
from townwright.apps.snapshots import selectors as snapshots
from townwright.apps.zones.selectors import wall_token
from townwright.apps.zones.services import make_wall_link, revoke_wall_link
from townwright.frame import recent
from townwright.frame.clock import now
from townwright.frame.models import RoleAssignment
from townwright.site.board import stream
from townwright.site.board.tiles import board


@pytest.fixture
def wall(demo, db):
    """A link to the town's board."""
    return make_wall_link(zone=demo[0].zone, name="hall", actor=DIRECTOR, at=AT)


def _charts(page):
    return json.loads(re.search(r'<script id="charts" type="application/json">(.*?)</script>', page)[1])


def test_the_board_shows_what_the_close_measured(demo, db):
    with translation.override("en"):
        told = board(demo[0].zone, at=now())
    shown = {one.code: (one.number, one.unit, one.exact) for one in told.headlines}
    assert shown["firms"] == ("481", "firms", "481 firms") and shown["cloud_output"] == ("8.04 billion", "CNY", "8,036,000,000 CNY")
    assert {one.code: str(one.change) for one in told.headlines if one.change is not None} == {
        "cloud_output": "0.243",
        "fiscal_revenue": "0.580",
    }
    trend = told.tiles["trend"]
    # The contributions of 2015 that the article's growth implies, and of 2016: from the returns in the snapshot of 2016.
    assert [row[0] for row in trend.rows] == ["2014", "2015", "2016"]
    assert [row[3] for row in trend.rows[1:]] == ["212,660,000 CNY", "336,020,000 CNY"]
    tree = told.tiles["industries"].chart["nodes"]
    assert sum(one["value"] for one in tree) == 481 == sum(child["value"] for one in tree for child in one["children"])
    assert tree[0]["name"].startswith("Information Transmission")
    filed = {row[0]: row for row in told.tiles["filings"].rows}
    assert filed["Yearly return"][1:] == ("481", "481", "0", "498")


def test_years_that_were_not_closed_are_told_only_where_records_carry_their_period(demo, db):
    zone = demo[0].zone
    frozen = snapshots.latest(zone)
    told = indicators.trend(zone, frozen, ["fiscal_revenue", "firms", "coverage"])
    assert [(one.year, one.measured) for one in told["fiscal_revenue"]] == [(2013, False), (2014, False), (2015, False), (2016, True)]
    assert told["fiscal_revenue"][0].value is None  # no return of 2013: missing, not zero
    assert [one.year for one in told["firms"]] == [one.year for one in told["coverage"]] == [2016]
    before = next(row.value for row in indicators.figures(zone, frozen) if row.code == "fiscal_revenue_before")
    assert told["fiscal_revenue"][2].value == before


def test_awards_add_up_and_follow_a_decision(demo, db):
    zone = demo[0].zone
    one = awards(zone, status="proposed", policy="sample-rent-relief").first()
    with translation.override("en"):
        before = {row[0]: row for row in board(zone, at=now()).tiles["awards"].rows}
        version = recent.version(zone)
        decide_awards(zone=zone, award_ids=[one.pk], approve=True, actor=DIRECTOR, at=AT + timedelta(days=90))
        after = board(zone, at=AT + timedelta(days=90))
    assert before["Rent relief (sample)"][2] == "0 CNY"
    assert {row[0]: row for row in after.tiles["awards"].rows}["Rent relief (sample)"][2] == f"{one.granted_amount:,.2f}".rstrip(
        "0"
    ).rstrip(".") + " CNY"
    assert after.version != version
    assert after.tiles["live"].rows[0] == ("2017-04-05 17:00", "Awards approved")
    assert [one["value"] for one in after.tiles["live"].chart["counters"]] == [0, 0, 1]


def test_who_opens_the_board_and_what_the_link_opens(demo, db, wall):
    zone, token = demo[0].zone, wall_token(wall)
    user = get_user_model().objects.create_user("reception")
    RoleAssignment.records.create(zone=zone, user=user, role="reception")
    client = Client()
    client.force_login(user)
    assert client.get("/z/yunqi/board/").status_code == 200
    assert client.get("/z/yunqi/board/open/firms/").status_code == 200
    page = client.get("/z/yunqi/board/open/awards/").content.decode()
    assert "/z/yunqi/awards/" not in page  # reception holds no assessments.view
    assert "/z/yunqi/figures/firms/" in client.get("/z/yunqi/board/open/firms/").content.decode()
    stranger = Client()
    for path in ("", "open/firms/", "open/trend/", "open/places/"):
        answer = stranger.get(f"/board/{token}/{path}")
        assert (answer.status_code, answer.headers["Cache-Control"], answer.cookies.output()) == (200, "no-store", "")
        assert "noindex" in answer.headers["X-Robots-Tag"] and "/z/" not in answer.content.decode()
        assert stranger.post(f"/board/{token}/{path}").status_code == 405
    assert stranger.get(f"/board/{token}/open/nothing/").status_code == 404
    revoke_wall_link(zone=zone, pk=wall.pk, actor=DIRECTOR, at=AT)
    assert {stranger.get(f"/board/{token}/{path}").status_code for path in ("", "stream/", "open/firms/")} == {404}


def test_no_firm_is_on_the_board(demo, db, wall):
    zone, client = demo[0].zone, Client()
    secrets = [*Party.records.filter(zone=zone).values_list("name", flat=True), *Party.records.filter(zone=zone).values_list("key", flat=True), *Identifier.records.filter(zone=zone).values_list("value", flat=True)]  # fmt: skip
    with translation.override("en"):
        told = board(zone, at=now())
    for name in ("", *(f"open/{one}/" for one in (*told.tiles, *(each.code for each in told.headlines)))):
        text = client.get(f"/board/{wall_token(wall)}/{name}").content.decode()
        assert [one for one in secrets if one and one in text] == [], name


def test_each_chart_has_its_twin_in_words(demo, db, wall):
    for language in ("zh", "en"):
        page = Client().get(f"/board/{wall_token(wall)}/?lang={language}").content.decode()
        charts = _charts(page)
        assert set(charts) == {"trend", "industries", "awards", "filings", "places", "live"}
        for name in charts:
            twin = page.partition(f'data-part="{name}"')[2].partition("</section>")[0]
            assert "<table>" in twin and "<caption" in twin and twin.count("<tr>") > 1
        assert f'<html lang="{"zh-hans" if language == "zh" else "en"}"' in page
    light = Client().get(f"/board/{wall_token(wall)}/?theme=light&lang=en").content.decode()
    assert 'data-bs-theme="light"' in light and "open/firms/?lang=en&amp;theme=light" in light
    assert 'data-bs-theme="dark"' in Client().get(f"/board/{wall_token(wall)}/?theme=x&lang=x").content.decode()


def test_a_zone_without_a_close_has_a_board(zone):
    row = make_wall_link(zone=zone, name="hall", actor=DIRECTOR, at=AT)
    page = Client().get(f"/board/{wall_token(row)}/?lang=en").content.decode()
    assert "No period is closed yet" in page
    assert set(_charts(page)) == {"filings", "places", "live"}
    assert not any(one["own"] for one in _charts(page)["places"]["points"])


def _read(version, **told):
    return list(stream.events(version, **{"hold": 0.2, "look": 0.05, **told}))


def test_a_stream_tells_at_once_is_held_a_while_and_ends():
    begun = time.monotonic()
    chunks = _read(lambda: "7")
    assert 0.15 < time.monotonic() - begun < 2
    assert chunks[0] == b"retry: 1000\nid: 7\nevent: version\ndata: 7\n\n"
    assert set(chunks[1:]) == {b":\n\n"}


def test_a_stream_ends_when_something_changed():
    told = iter(["7", "7", "8"])
    chunks = _read(lambda: next(told), hold=5)
    assert [one for one in chunks if b"data" in one] == [stream._event("7", 1000), stream._event("8", 1000)]


def test_only_so_many_streams_are_held_and_each_gives_its_place_back():
    held = [stream.events(lambda: "1", hold=30, look=10) for _one in range(stream.HELD)]
    assert [next(one) for one in held] == [stream._event("1", stream.AGAIN_MS)] * stream.HELD
    begun = time.monotonic()
    assert _read(lambda: "1", hold=30) == [stream._event("1", stream.LATER_MS)]
    assert time.monotonic() - begun < 1
    held.pop().close()  # its client has gone
    again = stream.events(lambda: "1", hold=30, look=10)
    assert next(again) == stream._event("1", stream.AGAIN_MS)
    for one in (*held, again):
        one.close()
    assert len(_read(lambda: "1")) > 1


def test_a_stream_that_fails_gives_its_place_back():
    def broken():
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("the database is gone")
        return "1"

    for _again in range(stream.HELD + 1):
        calls = []
        with pytest.raises(RuntimeError):
            _read(broken)
    assert len(_read(lambda: "1")) > 1


def test_a_stream_is_answered_as_one(demo, db, wall, monkeypatch):
    monkeypatch.setattr(stream, "HOLD_SECONDS", 0.1)
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.05)
    answer = Client().get(f"/board/{wall_token(wall)}/stream/")
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        200,
        "text/event-stream; charset=utf-8",
        "no-store",
    )
    assert f"data: {recent.version(demo[0].zone)}".encode() in b"".join(answer.streaming_content)
