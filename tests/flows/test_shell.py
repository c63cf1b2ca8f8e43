"""What stands around every page: titles, places, messages, colours, licences."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.messages import constants
from django.test import Client

from tests.flows.conftest import AT, CLERK
from townwright.apps.zones.services import open_zone
from townwright.frame.models import RoleAssignment
from townwright.frame.templatetags.components import split_messages
from townwright.site.navigation import PLACES, places
from townwright.site.urls import ZONE


@pytest.fixture
def director(zone):
    user = get_user_model().objects.create_user("director", is_staff=True)
    RoleAssignment.records.create(zone=zone, user=user, role="director")
    return user


def client_of(user, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def title(client, address):
    return re.search(r"<title>(.*?)</title>", client.get(address).content.decode(), re.DOTALL)[1]


def test_a_title_names_page_zone_and_product(director, zone):
    zone.name_en, zone.name_zh = "Fish & Ships", "<鱼>"
    zone.save()
    assert title(client_of(director), "/z/here/firms/") == "Firms · Fish &amp; Ships · Townwright"
    assert title(client_of(director, "zh-hans"), "/z/here/firms/") == "企业 · &lt;鱼&gt; · Townwright"
    assert title(client_of(director), "/") == "Zones · Townwright"
    assert title(Client(headers={"accept-language": "en"}), "/sign-in/") == "Sign in · Townwright"
    assert title(client_of(director), "/z/here/no-such/") == "Not found · Townwright"


def test_every_place_is_an_address_of_a_zone():
    assert {one.name for one in PLACES} <= {one.name for one in ZONE}


def test_the_places_are_those_of_the_kind_of_zone_and_of_the_role(director, zone):
    def offered(user, where):
        return {name for _group, held in places(user, where) for name, _label, _address in held}

    assert "overseas" not in offered(director, zone)
    abroad = open_zone(
        code="abroad",
        name_zh="海外",
        kind="cooperation_zone",
        country="MY",
        currency="MYR",
        time_zone="Asia/Kuala_Lumpur",
        actor=CLERK,
        at=AT,
    )
    RoleAssignment.records.create(zone=abroad, user=director, role="director")
    user = get_user_model().objects.get(pk=director.pk)
    assert offered(user, abroad) == {one.name for one in PLACES}
    reception = get_user_model().objects.create_user("reception")
    RoleAssignment.records.create(zone=zone, user=reception, role="reception")
    assert offered(reception, zone) == {"report", "firm-list", "claims", "snapshots"}
    assert offered(get_user_model().objects.create_user("nobody"), zone) == set()


def test_the_search_box_stands_where_the_role_may_search(director, zone):
    assert 'role="search"' in client_of(director).get("/z/here/snapshots/").content.decode()
    guest = get_user_model().objects.create_user("guest")
    RoleAssignment.records.create(zone=zone, user=guest, role="guest")
    assert 'role="search"' not in client_of(guest).get("/z/here/snapshots/").content.decode()


class _Message:
    def __init__(self, level):
        self.level_tag = constants.DEFAULT_TAGS[level]


def test_what_went_wrong_stays_and_what_went_well_passes():
    told = [_Message(level) for level in (constants.SUCCESS, constants.ERROR, constants.INFO, constants.WARNING)]
    split = split_messages(told)
    assert (split["standing"], split["passing"]) == ([told[1], told[3]], [told[0], told[2]])


def test_the_drawer_is_given_the_heading_and_the_content_alone(director):
    page = client_of(director).get("/design/drawer/", headers={"HX-Request": "true", "HX-Target": "drawer-body"}).content.decode()
    assert "<html" not in page and page.count("<h2>") == 1 and "LEAST(rent" in page
    assert "<html" in client_of(director).get("/design/drawer/").content.decode()


def test_the_living_page_is_for_staff_in_both_languages(director, zone):
    assert "Design system" in client_of(director).get("/design/").content.decode()
    assert "设计系统" in client_of(director, "zh-hans").get("/design/").content.decode()
    other = get_user_model().objects.create_user("other")
    assert client_of(other).get("/design/").status_code == 302
    assert Client().get("/design/").status_code == 302


def test_a_form_says_first_what_is_wrong_with_links_to_the_fields(director):
    page = client_of(director).post("/design/", {"name": "", "revenue": "-1", "kind": "firm"}).content.decode()
    summary = page[page.index("error-summary") : page.index("</ul>", page.index("error-summary"))]
    assert re.findall(r'href="#(\w+)"', summary) == ["id_name", "id_revenue", "id_agreed"]
    assert "10,000 yuan" in page


def test_an_answer_to_htmx_tells_a_toast(director):
    answer = client_of(director).post("/design/", {"do": "toast"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (204, '{"toast": [{"level": "success", "text": "Saved."}]}')


def test_about_lists_what_is_within_and_its_licences(director):
    page = client_of(director).get("/about/").content.decode()
    for name in ("Django", "duckdb", "@tabler/core", "echarts", "bootstrap", "htmx.org"):
        assert f"<td>{name}" in page, name
    licences = re.findall(r"<td>([^<]*)</td>\s*</tr>", page)
    assert "" not in licences
    assert [one for one in licences if re.search(r"\bA?GPL", one)] == []
    assert Client().get("/about/").status_code == 302
