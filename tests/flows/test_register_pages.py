"""The register's pages: who may, whose rows, what is refused where, what is kept."""

import re
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.models import (
    AllianceMembership,
    Identifier,
    IndustryCode,
    MergeSuggestion,
    Party,
    Relation,
    Tag,
    ZoneMembership,
)
from townwright.apps.parties.services import PartyDetails, register_party, relate
from townwright.apps.zones.services import open_zone
from townwright.frame import clock, permissions
from townwright.frame.models import AuditEntry, RoleAssignment
from townwright.frame.permissions import roles, table

GOOD, OTHER, FAILING = "91110000600037341L", "91110108551385082Q", "91350203M0001QAY9B"
NUMBER, FIRM, PERSON = "33010619900101123X", f"uscc:{GOOD}", "person:a1"


def _register(zone, **told):
    return register_party(zone=zone, details=PartyDetails(**told), actor=CLERK, at=AT).party


@pytest.fixture
def town(zone):
    """A firm with a person as its legal representative, and an alliance."""
    firm = _register(zone, kind="firm", name="示例甲科技有限公司", code=GOOD, arrived_on=date(2015, 1, 1))
    person = _register(zone, kind="person", name="王小明", scheme="resident-id", code=NUMBER, token="a1")
    _register(zone, kind="alliance", name="示例联盟")
    relate(zone=zone, first=person, second=firm, kind="legal_representative", from_on=date(2015, 1, 1), actor=CLERK, at=AT)
    return zone


def _client(*held):
    """A browser of somebody who holds roles, told as (zone, role)."""
    user = get_user_model().objects.create_user("-".join(role for _zone, role in held))
    for zone, role in held:
        RoleAssignment.records.create(zone=zone, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def registrar(town):
    """A registrar's browser."""
    return _client((town, "registrar"))


def _act(key, verb):
    return reverse("party-act", args=["here", key, verb])


PAGES = [
    ("get", reverse("firm-list", args=["here"]), {}, "parties.view", 200),
    ("get", reverse("firm-file", args=["here", FIRM]), {}, "parties.view", 200),
    ("get", reverse("register-party", args=["here"]), {}, "parties.edit", 200),
    ("post", reverse("register-party", args=["here"]), {}, "parties.edit", 200),
    ("get", reverse("edit-party", args=["here", FIRM]), {}, "parties.edit", 200),
    ("post", reverse("edit-party", args=["here", FIRM]), {}, "parties.edit", 200),
    ("post", _act(FIRM, "tag"), {"tag": "cloud", "from_on": "2016-01-01"}, "parties.edit", 302),
    ("post", reverse("accept-code", args=["here", 0]), {"reason": "seen"}, "parties.edit", 404),
    ("get", reverse("edit-party", args=["here", PERSON]), {}, "people.edit", 200),
    ("post", _act(PERSON, "code"), {"scheme": "passport", "code": "E1"}, "people.edit", 302),
    ("get", reverse("people", args=["here"]), {}, "people.view", 200),
    ("get", reverse("people", args=["here"]) + "?export=csv", {}, "people.export", 200),
    ("get", reverse("register-person", args=["here"]), {}, "people.edit", 200),
    ("post", reverse("register-person", args=["here"]), {}, "people.edit", 200),
]


@pytest.mark.parametrize(("method", "url", "data", "permission", "answer"), PAGES)
def test_each_page_for_each_role(town, method, url, data, permission, answer):
    told = {}
    for role in roles():
        told[role] = getattr(_client((town, role)), method)(url, data).status_code
    assert told == {role: answer if role in table()[permission] else 403 for role in roles()}


@pytest.mark.parametrize("url", [reverse("firm-file", args=["here", PERSON]), reverse("firm-file", args=["here", NUMBER])])
def test_a_persons_file_for_each_role(town, url):
    told = {role: _client((town, role)).get(url).status_code for role in roles()}
    seen, listed = table()["people.view"], table()["parties.view"]
    assert told == {role: 200 if role in seen else 404 if role in listed else 403 for role in roles()}


def test_a_persons_name_is_on_the_firms_file_only_for_who_may_see_people(town):
    url = reverse("firm-file", args=["here", FIRM])
    told = {role: "王小明" in _client((town, role)).get(url).content.decode() for role in table()["parties.view"]}
    assert told == {role: role in table()["people.view"] for role in table()["parties.view"]}


def test_who_sees_people_but_may_not_change_them_gets_no_forms(town):
    page = _client((town, "policy")).get(reverse("firm-file", args=["here", PERSON])).content.decode()
    assert NUMBER in page
    assert "party-act" not in page
    assert 'method="post" action="/z/here/parties' not in page


@pytest.mark.parametrize(("taken", "answer"), [({"people.edit"}, 403), ({"people.edit", "people.view"}, 404)])
def test_who_may_edit_firms_only_reaches_no_person(town, monkeypatch, taken, answer):
    left = {name: held - {"registrar"} if name in taken else held for name, held in table().items()}
    monkeypatch.setattr(permissions, "table", lambda: left)
    client, before = _client((town, "registrar")), AuditEntry.records.count()
    assert client.get(reverse("edit-party", args=["here", PERSON])).status_code == answer
    assert client.post(_act(PERSON, "code"), {"scheme": "passport", "code": "E1"}).status_code == answer
    relation = {"row": Relation.records.get().pk, "to_on": "2016-01-01", "reason": "x"}
    assert client.post(_act(FIRM, "end-relation"), relation).status_code == 404
    assert client.post(_act(FIRM, "withdraw"), {**relation, "row": f"relation-{relation['row']}"}).status_code == 404
    for other in ("王小明", "王小", NUMBER, PERSON):
        page = client.post(_act(FIRM, "relate"), {"kind": "parent_of:first", "other": other})
        assert "No party of here answers to" in page.content.decode()
        assert "Did you mean 王小明" not in page.content.decode()
    assert AuditEntry.records.count() == before
    assert client.post(_act(FIRM, "tag"), {"tag": "cloud", "from_on": "2016-01-01"}).status_code == 302


WRITES = [_act(FIRM, "tag"), reverse("accept-code", args=["here", 1])]


@pytest.mark.parametrize("url", WRITES)
def test_writes_are_post_only(registrar, url):
    assert registrar.get(url).status_code == 405


def test_nothing_of_another_zone_is_reached(town):
    there = open_zone(
        code="there", name_zh="彼处", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai", actor=CLERK, at=AT
    )
    both = _client((town, "registrar"), (there, "registrar"))
    failing = Identifier.records.create(zone=town, party=Party.records.get(key=FIRM), scheme="uscc", value=FAILING, status="warned")
    proposal = MergeSuggestion.records.create(zone=town, kept=failing.party, other=Party.records.get(key=PERSON), score=90)
    before = AuditEntry.records.count()
    for method, url, data in [
        ("get", reverse("firm-file", args=["there", FIRM]), {}),
        ("get", reverse("edit-party", args=["there", FIRM]), {}),
        ("post", reverse("edit-party", args=["there", FIRM]), {"name": "x"}),
        ("post", reverse("party-act", args=["there", FIRM, "tag"]), {"tag": "cloud", "from_on": "2016-01-01"}),
        ("post", reverse("accept-code", args=["there", failing.pk]), {"reason": "seen"}),
        ("post", reverse("merges", args=["there"]), {"do": "merge", "id": proposal.pk}),
    ]:
        assert getattr(both, method)(url, data).status_code == 404, url
    own = _register(there, kind="firm", name="彼处公司", code=OTHER)
    row = str(Relation.records.get().pk)
    url = reverse("party-act", args=["there", own.key, "end-relation"])
    assert both.post(url, {"row": row, "to_on": "2016-01-01"}).status_code == 404
    url = reverse("party-act", args=["there", own.key, "accept"])
    assert both.post(url, {"row": str(failing.pk), "reason": "seen"}).status_code == 404
    answer = both.post(reverse("party-act", args=["there", own.key, "relate"]), {"kind": "legal_representative:second", "other": "王小明"})
    assert "No party of there answers to" in answer.content.decode()
    assert AuditEntry.records.count() == before + 1
    assert Client().get(reverse("people", args=["here"])).status_code == 302


def test_a_form_that_is_refused_says_so_at_the_field_and_keeps_what_was_typed(registrar):
    told = {
        "kind": "firm",
        "name": "示例乙公司",
        "scheme": "uscc",
        "code": GOOD,
        "capital": "50万",
        "address": "某路9号",
        "token": "t",
        "edition": "GB/T4754 2017",
    }
    answer = registrar.post(reverse("register-party", args=["here"]), told)
    form = answer.context["form"]
    assert list(form.errors) == ["code"]
    assert "belongs to 示例甲科技有限公司 already" in form.errors["code"][0]
    page = answer.content.decode()
    assert all(f'value="{told[name]}"' in page for name in ("name", "code", "capital", "address"))
    answer = registrar.post(reverse("register-party", args=["here"]), {**told, "code": OTHER, "registered_on": "2016-02-30"})
    assert list(answer.context["form"].errors) == ["registered_on"]
    assert re.search(r'<input type="text" name="registered_on" value="2016-02-30"[^>]*is-invalid', answer.content.decode())
    assert Party.records.filter(name="示例乙公司").count() == 0


def test_a_firm_is_registered_with_its_warning_and_the_code_accepted(registrar, town):
    told = {
        "kind": "firm", "name": "试点企业", "other_names": "试点\n\n 老试点 ", "scheme": "uscc", "code": FAILING, "arrived_on": "2016/03/01", "token": "t",
        "industry_code": "6513", "edition": "GB/T4754 2017", "tags": ["cloud"], "own_tags": "重点，试点",
    }  # fmt: skip
    answer = registrar.post(reverse("register-party", args=["here"]), told, follow=True)
    assert answer.redirect_chain[-1][0] == f"/z/here/firms/uscc:{FAILING}/"
    told = [(one.level_tag, str(one)) for one in answer.context["messages"]]
    assert [tag for tag, _text in told] == ["success", "warning"]
    assert "should be" in told[1][1]
    party = Party.records.get(name="试点企业")
    assert sorted(party.tags.values_list("tag", flat=True)) == ["cloud", "试点", "重点"]
    assert sorted(party.aliases.values_list("name", flat=True)) == ["老试点", "试点"]
    row = Identifier.records.get(value=FAILING)
    url = reverse("party-act", args=["here", party.key, "accept"])
    answer = registrar.post(url, {"row": row.pk, "reason": " "})
    assert "This field is required." in answer.content.decode()
    assert registrar.post(reverse("accept-code", args=["here", row.pk]), {"reason": "licence seen"}).status_code == 302
    again = registrar.post(url, {"row": row.pk, "reason": "again"})
    assert [str(one) for one in again.context["messages"]][-1] == f"{FAILING} is not in doubt (Accepted by a person)."
    row.refresh_from_db()
    assert (row.status, row.accepted_reason) == ("accepted", "licence seen")


def test_sent_twice_a_person_is_registered_once(registrar):
    told = {"name": "李小红", "token": "t1", "scheme": "passport"}
    for _time in range(2):
        assert registrar.post(reverse("register-person", args=["here"]), told).status_code == 302
    assert Party.records.filter(name="李小红").count() == 1


ACTS = [
    ("tag", {"tag": "涉云企业", "from_on": "2016-01-01"}, Tag, {"tag": "cloud", "from_on": date(2016, 1, 1), "to_on": None}),
    ("industry", {"industry_code": "6513", "edition": "GB/T4754 2011", "from_on": "2016-01-01"}, IndustryCode, {"code": "6513", "edition": "2011"}),
    ("code", {"scheme": "foreign", "code": "t-1"}, Identifier, {"value": "T1", "scheme": "foreign"}),
    ("leave", {"left_on": "2016-01-01"}, ZoneMembership, {"arrived_on": date(2015, 1, 1), "left_on": date(2016, 1, 1)}),
    ("arrive", {"arrived_on": "2013-01-01", "left_on": "2014-01-01"}, ZoneMembership, {"arrived_on": date(2013, 1, 1)}),
    ("relate", {"kind": "contact:second", "other": "王小明", "from_on": "2016-01-01"}, Relation, {"kind": "contact", "from_on": date(2016, 1, 1)}),
]  # fmt: skip
REFUSED = [
    ("tag", {"tag": "涉云企业", "from_on": "x"}, "from_on"),
    ("industry", {"industry_code": "0000", "edition": "GB/T4754 2011", "from_on": "2016-01-01"}, "industry_code"),
    ("code", {"scheme": "uscc", "code": " "}, "code"),
    ("leave", {"left_on": "2015-01-01"}, "left_on"),
    ("arrive", {"arrived_on": "2016-01-01"}, "arrived_on"),
    ("relate", {"kind": "contact:second", "other": "王大明", "from_on": "2016-01-01"}, "other"),
    ("relate", {"kind": "contact:first", "other": "王小明"}, "kind"),
    ("join", {"alliance": "nowhere", "joined_on": "2016-01-01"}, "alliance"),
]


@pytest.mark.parametrize(("verb", "data", "model", "row"), ACTS)
def test_each_action_on_the_file(registrar, verb, data, model, row):
    answer = registrar.post(_act(FIRM, verb), data, follow=True)
    assert [one.level_tag for one in answer.context["messages"]] == ["success"]
    assert model.records.filter(**row).count() == 1


@pytest.mark.parametrize(("verb", "data", "field"), REFUSED)
def test_each_action_refused_at_its_field(registrar, verb, data, field):
    before = AuditEntry.records.count()
    answer = registrar.post(_act(FIRM, verb), data)
    form = answer.context["forms"][verb]
    assert list(form.errors) == [field]
    assert "<details" in answer.content.decode()
    assert AuditEntry.records.count() == before


def test_what_began_is_ended_on_the_file(registrar, town):
    alliance = Party.records.get(kind="alliance")
    registrar.post(_act(FIRM, "tag"), {"tag": "cloud", "from_on": "2016-01-01"})
    registrar.post(_act(FIRM, "join"), {"alliance": alliance.key, "joined_on": "2016-01-01", "founder": "on"})
    page = registrar.get(reverse("firm-file", args=["here", FIRM])).content.decode()
    assert "Cloud firm" in page
    assert "示例联盟" in registrar.get(reverse("firm-file", args=["here", alliance.key])).content.decode()
    for verb, data in (
        ("end-tag", {"row": "cloud", "to_on": "2016-06-01"}),
        ("leave-alliance", {"row": alliance.key, "left_on": "2016-06-01"}),
        ("end-relation", {"row": Relation.records.get().pk, "to_on": "2016-06-01"}),
    ):
        early = {name: "2010-01-01" if name != "row" else value for name, value in data.items()}
        assert "2010-01-01" in registrar.post(_act(FIRM, verb), early).content.decode()
        assert registrar.post(_act(FIRM, verb), data).status_code == 302
    assert (Tag.records.get().to_on, AllianceMembership.records.get().left_on, Relation.records.get().to_on) == (date(2016, 6, 1),) * 3
    for verb, row in (("end-relation", "999"), ("leave-alliance", "x"), ("accept", "x")):
        assert (
            registrar.post(_act(FIRM, verb), {"row": row, "to_on": "2016-06-01", "left_on": "2016-06-01", "reason": "r"}).status_code == 404
        )
    assert registrar.post(_act(FIRM, "delete"), {}).status_code == 404


def test_a_mistake_is_withdrawn_on_the_file(registrar, town):
    stay, relation = ZoneMembership.records.get(), Relation.records.get()
    url = _act(FIRM, "withdraw")
    answer = registrar.post(url, {"row": f"stay-{stay.pk}", "reason": " "})
    assert list(answer.context["stays"][0][1].errors) == ["reason"]
    for row in ("stay-0", "stay-x", f"code-{stay.pk}", "stay", "relation-0", ""):
        assert registrar.post(url, {"row": row, "reason": "typing error"}).status_code == 404
    for row in (f"stay-{stay.pk}", f"relation-{relation.pk}"):
        assert registrar.post(url, {"row": row, "reason": "typing error"}).status_code == 302
    assert (ZoneMembership.records.count(), Relation.records.count()) == (0, 0)
    assert _client((town, "leasing")).post(url, {"row": "stay-1", "reason": "x"}).status_code == 403


def test_a_relation_is_on_both_files_with_its_dates(registrar):
    firm = registrar.get(reverse("firm-file", args=["here", FIRM])).content.decode()
    person = registrar.get(reverse("firm-file", args=["here", PERSON])).content.decode()
    assert "Legal representative" in firm
    assert "王小明" in firm
    assert "Legal representative of" in person
    assert "示例甲科技有限公司" in person
    assert "2015-01-01" in person


def test_only_what_the_person_changed_is_written(registrar, town):
    url = reverse("edit-party", args=["here", FIRM])
    shown = dict.fromkeys(("name_en", "other_name", "legal_form", "registered_on", "capital", "address", "business_scope"), "")
    stale = {f"initial-{name}": value for name, value in {**shown, "name": "示例甲科技有限公司", "kind": "firm"}.items()}
    Party.records.filter(key=FIRM).update(address="另一人刚改的地址")
    assert registrar.post(url, {**shown, **stale, "name": "示例甲科技有限公司", "kind": "firm", "capital": "60万"}).status_code == 302
    row = Party.records.get(key=FIRM)
    assert (row.address, row.capital_amount) == ("另一人刚改的地址", 600_000)
    answer = registrar.post(url, {**shown, **stale, "name": "示例甲科技有限公司", "kind": "firm", "capital": "很多"})
    assert list(answer.context["form"].errors) == ["capital"]
    assert 'value="很多"' in answer.content.decode()


def test_other_kinds_are_found_in_the_list_and_people_never(registrar, town):
    _register(town, kind="institution", name="示例研究院")
    url = reverse("firm-list", args=["here"])
    told = {
        kind: [row.name for row in registrar.get(url, {"kind": kind}).context["table"].data]
        for kind in ("", "institution", "alliance", "person")
    }
    assert told == {"": ["示例甲科技有限公司"], "institution": ["示例研究院"], "alliance": ["示例联盟"], "person": ["示例甲科技有限公司"]}


@pytest.mark.parametrize("typed", ["2016-13-40", "20161231", "yesterday", "2016-02-30"])
@pytest.mark.parametrize("page", ["firm-list", "firm-file", "people"])
def test_a_day_that_is_none_is_told_and_kept(registrar, page, typed):
    url = reverse(page, args=["here", FIRM] if page == "firm-file" else ["here"])
    before = AuditEntry.records.count()
    for query in ({"at": typed}, {"at": typed, "export": "csv"}):
        answer = registrar.get(url, query)
        told = answer.content.decode()
        assert "is not a date: write it as in 2016-12-31" in told
        assert f'type="text" id="at" name="at" value="{typed}"' in told
        assert answer["Content-Type"].startswith("text/html")
    assert AuditEntry.records.count() == before


def test_today_is_the_zones_day_and_times_are_the_zones(registrar, monkeypatch):
    # 17:30 UTC on 31 December 2016 is 1:30 on 1 January 2017 in Shanghai.
    monkeypatch.setattr(clock, "now", lambda: datetime(2016, 12, 31, 17, 30, tzinfo=UTC))
    assert registrar.get(reverse("firm-list", args=["here"])).context["at"].day == date(2017, 1, 1)
    page = registrar.get(reverse("firm-file", args=["here", FIRM]))
    assert page.context["forms"]["tag"].fields["from_on"].initial == date(2017, 1, 1)


def test_the_audit_page_shows_the_zones_time_and_no_personal_data(town):
    page = _client((town, "auditor")).get(reverse("audit", args=["here"])).content.decode()
    # Written at 9:00 UTC, which is 17:00 in Shanghai.
    assert "2017-01-05 17:00" in page
    assert "(personal)" in page
    assert "王小明" not in page
    assert NUMBER not in page


def test_the_list_of_people_searched_sorted_and_paged(registrar, town):
    for number in range(60):
        _register(town, kind="person", name=f"样本{number:02d}", token=f"p{number}")
    url = reverse("people", args=["here"])
    first = registrar.get(url)
    assert (first.context["table"].paginator.count, len(first.context["table"].page.object_list)) == (61, 50)
    assert len(registrar.get(url, {"page": 2}).context["table"].page.object_list) == 11
    backwards = registrar.get(url, {"sort": "-name", "q": "样本"}).context["table"].page.object_list
    assert [row.get_cell("name") is not None and row.record.name for row in backwards][:2] == ["样本59", "样本58"]
    for q in ("王小", "wxm", NUMBER[:6], "示例甲"):
        assert [row.name for row in registrar.get(url, {"q": q}).context["table"].data] == ["王小明"], q
    assert [row.name for row in registrar.get(url, {"q": "示例甲", "at": "2014-12-31"}).context["table"].data] == []
    assert "Nothing fits" in registrar.get(url, {"q": "没有这个人"}).content.decode()


def test_an_export_of_people_is_noted(registrar, town):
    before = AuditEntry.records.count()
    answer = registrar.get(reverse("people", args=["here"]), {"export": "csv"})
    line = answer.content.decode("utf-8-sig").splitlines()[1]
    assert line.startswith(f"{PERSON},王小明,,") and NUMBER in line
    entry = AuditEntry.records.order_by("pk").last()
    told = (AuditEntry.records.count() - before, entry.verb, entry.subject, entry.new)
    assert told == (1, "export", "people", {"rows": 1, "format": "csv"})


def test_nobody_on_record(zone, registrar):
    Relation.records.all().delete()
    Party.records.filter(kind="person").delete()
    assert "Nobody is on record yet" in registrar.get(reverse("people", args=["here"])).content.decode()


def test_the_list_of_people_asks_as_often_for_many_as_for_one(registrar, town, django_assert_num_queries):
    url, firm = reverse("people", args=["here"]), Party.records.get(key=FIRM)
    registrar.get(url)
    with CaptureQueriesContext(connection) as few:
        registrar.get(url)
    for number in range(20):
        person = _register(town, kind="person", name=f"样本{number:02d}", token=f"p{number}")
        relate(zone=town, first=person, second=firm, kind="contact", actor=CLERK, at=AT)
    with django_assert_num_queries(len(few)):
        registrar.get(url)
