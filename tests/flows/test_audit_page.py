"""The audit page: searched by who, what, whose, text and days; in the reader's words; exported, which is noted."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.flows.conftest import AT, CLERK, DIRECTOR
from tests.repo.source import python_files
from townwright.apps.parties.models import Party
from townwright.apps.parties.services import PartyDetails, edit_party, register_party
from townwright.frame.audit import write
from townwright.frame.models import AuditEntry, RoleAssignment
from townwright.frame.terms import verbs

LATE = datetime(2017, 1, 5, 16, 30, tzinfo=UTC)  # the 6th in the town, 00:30


@pytest.fixture
def town(firms):
    party = Party.records.get(zone=firms, name="甲科技有限公司")
    edit_party(zone=firms, party=party, changes={"address": "乙路2号", "capital": "100万元人民币"}, actor=DIRECTOR, at=LATE)
    register_party(zone=firms, details=PartyDetails(kind="person", name="王小明", token="t"), actor=CLERK, at=AT)
    for role in ("auditor", "director", "registrar"):
        user = get_user_model().objects.create_user(role)
        RoleAssignment.records.create(zone=firms, user=user, role=role)
    return firms


def page(role="auditor", language="en", **told):
    client = Client(headers={"accept-language": language})
    client.force_login(get_user_model().objects.get(username=role))
    return client.get(reverse("audit", args=["here"]), told)


def found(**told):
    return sorted(row.record.verb for row in page(**told).context["table"].page.object_list)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({}, ["import.registry", "parties.edit", "parties.register"]),
        ({"who": "Director"}, ["parties.edit"]),
        ({"who": "web:clerk"}, ["import.registry", "parties.register"]),
        ({"verb": "parties.edit"}, ["parties.edit"]),
        ({"verb": "import"}, ["import.registry"]),
        ({"subject": "甲科技有限公司"}, ["parties.edit"]),
        ({"subject": "r.xlsx"}, ["import.registry"]),
        ({"q": "乙路2号"}, ["parties.edit"]),
        ({"q": "修改资料"}, ["parties.edit"]),
        ({"q": "no such thing"}, []),
        ({"since": "2017-01-06"}, ["parties.edit"]),
        ({"until": "2017-01-05"}, ["import.registry", "parties.register"]),
        ({"since": "2017-01-06", "until": "2017-01-06"}, ["parties.edit"]),
        ({"since": "2017-01-05", "until": "2017-01-06", "who": "clerk", "q": "person"}, ["parties.register"]),
    ],
)
def test_a_search_leaves_what_it_should(town, told, wanted):
    assert found(**told) == wanted


def test_a_day_that_is_none_is_told_and_no_file_given(town):
    said = page(since="yesterday", export="csv")
    assert ("valid date" in said.content.decode(), "attachment" in str(said.headers)) == (True, False)


def test_entries_read_in_the_readers_language_and_lead_to_the_firm(town):
    key = Party.records.get(name="甲科技有限公司").key
    told = page(language="zh-hans", verb="parties.edit").content.decode()
    assert "修改资料" in told
    assert re.search(rf'<a href="/z/here/firms/{key}/">甲科技有限公司', told)
    assert re.search(r"地址</span>\s*乙路2号", told)
    row = page(verb="parties.edit").context["table"].page.object_list[0]
    assert row.record.told_changes[0] == ("address", "", "乙路2号")
    assert "Facts edited" in row.get_cell("verb")


def test_people_are_named_only_to_who_may_see_people(town):
    assert "王小明" not in page("auditor").content.decode()
    assert "王小明" in page("director").content.decode()


def test_an_export_is_what_the_search_leaves_and_is_itself_an_entry(town):
    assert page("registrar").status_code == 403
    said = page(subject="甲科技有限公司", export="csv")
    rows = list(csv.DictReader(io.StringIO(said.content.decode("utf-8-sig"))))
    assert [(one["When"], one["Signed in as"], one["What"], one["Whose"]) for one in rows] == [
        ("2017-01-06 00:30", "web:director", "Facts edited", "甲科技有限公司")
    ]
    assert '"address": "乙路2号"' in rows[0]["New"]
    entry = AuditEntry.records.order_by("-pk").first()
    assert (entry.verb, entry.subject, entry.actor, entry.new) == ("export", "audit", "web:auditor", {"rows": 1, "format": "csv"})
    assert page(export="xlsx").content[:2] == b"PK"


def test_the_page_runs_as_many_queries_for_many_entries(town):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert page().status_code == 200
        return len(seen)

    few = queries()
    key = Party.records.get(name="甲科技有限公司").key
    for number in range(120):
        with write(verb="parties.tag", subject=f"{key} {number}", zone=town, actor=CLERK, at=AT) as told:
            told.new = {"tag": str(number)}
    assert (queries(), page().context["table"].paginator.num_pages) == (few, 3)


def test_every_verb_of_the_house_has_words():
    named = {code for code, _words in verbs("en")}
    texts = [path.read_text(encoding="utf-8") for path in python_files("src/townwright") if "tests" not in path.parts]
    used = {verb for text in texts for verb in re.findall(r'write\(\s*verb="([a-z.-]+)"', text)}
    assert len(used) > 30
    assert used - named == set()
