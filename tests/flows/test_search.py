"""One search over a zone: what is found, in which order, and by whom."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.selectors import merge_suggestions, search_parties
from townwright.apps.parties.services import PartyDetails, merge_parties, register_party
from townwright.frame.models import RoleAssignment
from townwright.site.searching import search

pytestmark = pytest.mark.django_db
NAMES = ("云栖科技有限公司", "杭州云栖科技有限公司", "云栖小镇建设发展有限公司", "海康数字技术有限公司", "Yunfan Software Ltd")


def _register(zone, name, kind="firm", **told):
    return register_party(zone=zone, details=PartyDetails(kind, name, **told), actor=CLERK, at=AT).party


def _user(zone, role):
    user = get_user_model().objects.create_user(f"search-{role}", password="x")
    RoleAssignment.records.create(zone=zone, user=user, role=role)
    return user


def _names(zone, q, **told):
    return [row.name for row in search_parties(zone, q, **told)]


@pytest.fixture
def town(zone):
    for name in NAMES:
        _register(zone, name)
    _register(zone, "李雷", "person")
    return zone


def test_whole_names_come_first_then_beginnings_then_the_middle(town):
    assert _names(town, "云栖科技有限公司") == ["云栖科技有限公司", "杭州云栖科技有限公司"]
    assert _names(town, "云栖") == ["云栖科技有限公司", "云栖小镇建设发展有限公司", "杭州云栖科技有限公司"]
    # Traditional characters and another word for a limited company are the same name.
    assert _names(town, "雲棲科技有限責任公司")[0] == "云栖科技有限公司"


def test_initials_codes_keys_english_and_other_names_find_a_firm(town):
    assert _names(town, "yqxz") == ["云栖小镇建设发展有限公司"]
    assert _names(town, "YQKJ") == ["云栖科技有限公司", "杭州云栖科技有限公司"]
    assert _names(town, "yunfan") == ["Yunfan Software Ltd"]
    coded = _register(town, "有码科技有限公司", code="91330106MA27XXXX1A", other_names=("旧名信息有限公司",))
    assert _names(town, "91330106ma27") == [coded.name]
    assert _names(town, coded.key) == [coded.name]
    assert _names(town, "旧名信息") == [coded.name]


@pytest.mark.parametrize("q", ["", " ", "%", "_", "（）", "没有这家"])
def test_nothing_and_wildcards_find_nothing(town, q):
    assert _names(town, q) == []


def test_people_are_apart_and_merged_parties_answer_as_who_stands_for_them(town):
    assert _names(town, "李雷") == []
    assert _names(town, "ll", people=True) == ["李雷"]
    _register(town, "云栖科技股份有限公司")
    proposed = next(one for one in merge_suggestions(town) if {one.kept.name, one.other.name} == {NAMES[0], "云栖科技股份有限公司"})
    merge_parties(zone=town, suggestion_id=proposed.pk, actor=CLERK, at=AT)
    assert _names(town, proposed.other.name) == [proposed.kept.name]


def test_each_role_finds_what_it_may_see(demo):
    zone = demo[0].zone
    kinds = {role: [one.kind for one in search(_user(zone, role), zone, "云", "zh-hans")] for role in ("director", "reception", "leasing")}
    assert "firms" in kinds["reception"] and "awards" not in kinds["reception"] and "filings" not in kinds["reception"]
    assert {"firms", "filings", "awards"} <= set(kinds["director"])
    assert "people" not in kinds["leasing"]


def test_policies_figures_and_claims_answer_in_both_languages_and_by_initials(demo):
    zone, user = demo[0].zone, _user(demo[0].zone, "director")
    for q in ("rent relief", "租金", "fwzj", "sample-rent"):
        found = {one.kind: [hit.url for hit in one.hits] for one in search(user, zone, q, "en")}
        assert any(url.endswith("/policies/sample-rent-relief/") for url in found["policies"]), q
    found = {one.kind: one for one in search(user, zone, "企业", "zh-hans")}
    assert "figures" in found and "claims" in found


def test_the_page_is_the_zones_own_and_asks_no_more_with_more_firms(demo):
    zone = demo[0].zone
    client = Client()
    address = reverse("search", args=[zone.code])
    client.force_login(_user(zone, "director"))

    def asked(q, **headers):
        with CaptureQueriesContext(
            connection,
        ) as held:
            told = client.get(address, {"q": q}, headers=headers)
        assert told.status_code == 200
        return len(held), told.content.decode()

    few, _ = asked("没有这家")
    many, page = asked("公司")
    assert many <= few + 2
    assert page.count("<li>") >= 20
    _, part = asked("公司", **{"HX-Request": "true"})
    assert "<html" not in part
    assert "Nothing answers to “&lt;b&gt;没有”" in asked("<b>没有")[1]
    assert client.get(reverse("search", args=["nowhere"])).status_code == 404


def test_every_page_of_the_zone_has_the_box_for_who_may_search(zone):
    for role in ("reception", "registrar"):
        client = Client()
        client.force_login(_user(zone, role))
        assert 'class="search-box"' in client.get(reverse("firm-list", args=[zone.code])).content.decode()


def test_without_a_role_that_may_search_the_page_is_refused(zone):
    client = Client()
    client.force_login(_user(zone, "guest"))
    assert client.get(reverse("search", args=[zone.code]), {"q": "x"}).status_code == 403


def test_a_firm_that_left_long_ago_is_found_as_well(town):
    _register(town, "离开科技有限公司", arrived_on=date(2010, 1, 1))
    assert _names(town, "离开") == ["离开科技有限公司"]
