"""``townwright party``: the same verbs at the command line; JSON alone on standard output, exit codes 0, 1, 2."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from townwright.apps.parties.models import Party, Relation, Tag
from townwright.frame import clock
from townwright.frame.models import AuditEntry
from townwright.site.cli.verbs import townwright

GOOD, FAILING = "91110000600037341L", "91350203M0001QAY9B"


@pytest.fixture
def run(zone):
    """Run ``townwright party …`` in the zone; return exit code, JSON or text, and standard error."""

    def call(*words, code=0):
        done = CliRunner().invoke(townwright, ["party", *words, "--zone", "here", "--language", "en"])
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if "--json" in words else done.stdout if code == 0 else done.stderr

    return call


def test_add_show_relate_tag_and_leave(run):
    added = run("add", "--name", "示例甲科技有限公司", "--code", FAILING, "--arrived-on", "2015-01-01", "--industry", "6513", "--edition", "2011",
                "--tag", "涉云企业", "--tag", "star", "--capital", "50万", "--json")  # fmt: skip
    assert added["key"] == f"uscc:{FAILING}"
    assert ["should be" in one["en"] or "read as CNY" in one["en"] for one in added["warnings"]] == [True, True]
    person = run("add", "--kind", "person", "--name", "王小明", "--json")
    assert person["key"].startswith("person:")
    related = run("relate", "王小明", "legal_representative", "示例甲科技有限公司", "--from", "2015-01-01", "--json")
    assert related["id"] == Relation.records.get().pk
    assert (related["first"], related["second"]) == (person["key"], added["key"])
    assert run("tag", FAILING, "high-tech", "--from", "2016-01-01", "--json")["to"] is None
    assert run("tag", FAILING, "cloud", "--end", "--to", "2016-01-01", "--json")["to"] == "2016-01-01"
    assert run("leave", added["key"], "--on", "2016-10-01", "--json") == {
        "key": added["key"],
        "arrived_on": "2015-01-01",
        "left_on": "2016-10-01",
    }
    told = {day: run("show", FAILING, "--at", day, "--json") for day in ("2014-12-31", "2015-06-01", "2016-10-01")}
    assert [one["present"] for one in told.values()] == [False, True, False]
    assert [[tag["tag"] for tag in one["tags"]] for one in told.values()] == [[], ["cloud", "star"], ["high-tech", "star"]]
    assert told["2015-06-01"]["industries"] == [{"scheme": "GB/T4754", "edition": "2011", "code": "6513", "from": "2015-01-01", "to": None}]
    assert [(one["kind"], one["party"], one["holds"]) for one in told["2015-06-01"]["relations"]] == [
        ("legal_representative", "王小明", True)
    ]
    assert told["2015-06-01"]["capital"] == "500000.00"
    assert run("arrive", added["key"], "--on", "2017-01-01", "--json")["left_on"] is None


def test_what_a_person_reads(run):
    assert "示例甲 · uscc:" in run("add", "--name", "示例甲", "--code", GOOD, "--arrived-on", "2015-01-01")
    assert "! A unified" in run("add", "--name", "示例乙", "--code", "123")
    assert "示例甲" in run("show", GOOD)
    assert "2016-01-01" in run("leave", GOOD, "--on", "2016-01-01")


def test_refusals(run):
    run("add", "--name", "示例甲", "--code", GOOD)
    before = AuditEntry.records.count()
    assert f"{GOOD} belongs to 示例甲 already" in run("add", "--name", "示例丙", "--code", GOOD, code=1)
    assert "Did you mean 示例甲?" in run("show", "示例", code=1)
    assert "has no stay that is open" in run("leave", GOOD, "--on", "2016-01-01", code=1)
    assert "not a kind of relation" in run("relate", GOOD, "friend", GOOD, code=1)
    assert "not a date" in run("show", GOOD, "--at", "2016-13-40", code=2)
    assert "takes --to" in run("tag", GOOD, "cloud", "--end", code=2)
    assert (AuditEntry.records.count(), Party.records.count()) == (before, 1)


def test_one_name_for_two_people_is_asked_back(run):
    keys = [run("add", "--kind", "person", "--name", "王小明", "--json")["key"] for _time in range(2)]
    told = run("show", "王小明", code=1)
    assert "Several parties answer to" in told
    assert all(key in told for key in keys)
    assert run("show", keys[1], "--json")["key"] == keys[1]


def test_today_is_the_zones_day(run, monkeypatch):
    # 17:30 UTC on 31 December 2016 is 1:30 on 1 January 2017 in Shanghai.
    monkeypatch.setattr(clock, "now", lambda: datetime(2016, 12, 31, 17, 30, tzinfo=UTC))
    run("add", "--name", "示例甲", "--code", GOOD)
    assert run("tag", GOOD, "cloud", "--json")["from"] == "2017-01-01"
    assert Tag.records.get().from_on.isoformat() == "2017-01-01"
    assert run("show", GOOD, "--json")["at"] == "2017-01-01"
