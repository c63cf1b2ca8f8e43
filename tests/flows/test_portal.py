"""The firm portal: a delegate sees and does what concerns their own firm, and nothing of any other."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.flows.sheets import state
from townwright.apps.incentives.models import Assessment
from townwright.frame.models import RoleAssignment
from townwright.frame.permissions import rights, roles
from townwright.site.urls import OWN

PAGES = {one.name: one for one in OWN}
POST_ONLY = set()


@pytest.fixture(scope="module")
def people(demo, django_db_blocker):
    """The demo's delegate; one of another firm with every right; one of the first with none but to look; a signed-in director."""
    zone = demo[0].zone
    with django_db_blocker.unblock():
        own = RoleAssignment.records.get(user__username="delegate")
        other = Assessment.records.filter(zone=zone).exclude(party_key=own.party_key).order_by("party_key").first().party_key
        for name, key, given in (("other", other, list(rights())), ("looks", own.party_key, ["own.view"])):
            user = get_user_model().objects.create_user(name)
            RoleAssignment.records.create(zone=zone, user=user, role="delegate", party_key=key, rights=given)
        for role in roles():
            RoleAssignment.records.create(zone=zone, user=get_user_model().objects.create_user(f"is-{role}"), role=role)
        get_user_model().objects.create_superuser("root")
    return {"zone": zone, "own": own.party_key, "other": other}


def client(name, language="en"):
    one = Client(headers={"accept-language": language})
    one.force_login(get_user_model().objects.get(username=name))
    return one


def arguments(people, name, key):
    """How to fill in an address of a page: the firm's key, and an object of that firm."""
    return {
        "own-working": lambda: {"pk": Assessment.records.filter(zone=people["zone"], party_key=key).order_by("pk").first().pk},
    }.get(name, dict)()


def address(people, name, key, of=""):
    return reverse(name, kwargs={"code": people["zone"].code, "key": key, **arguments(people, name, of or key)})


def test_every_page_asks_for_a_right():
    assert {name: page.callback.permission in rights() for name, page in PAGES.items()} == dict.fromkeys(PAGES, True)


@pytest.mark.parametrize("name", PAGES)
def test_nobody_but_a_delegate_of_that_firm_opens_a_page_of_it(demo, people, db, name):
    opened = 405 if name in POST_ONLY else 200
    own, other = address(people, name, people["own"]), address(people, name, people["other"])
    assert (client("delegate").get(own).status_code, client("other").get(other).status_code) == (opened, opened)
    assert (client("delegate").get(other).status_code, client("other").get(own).status_code) == (404, 404)
    assert client("looks").get(own).status_code == (opened if PAGES[name].callback.permission == "own.view" else 403)
    assert {role: client(f"is-{role}").get(own).status_code for role in roles()} == dict.fromkeys(roles(), 404)
    assert Client().get(own).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_nobody_but_a_delegate_of_that_firm_writes_by_a_page_of_it(demo, people, db, name):
    told = {"do": "submit", "email": "x@example.org", "given": ["own.view"]}
    before = state()
    answers = {
        who: client(who).post(address(people, name, people["own"]), told).status_code for who in ("other", "is-director", "is-statistics")
    }
    assert answers == {"other": 404, "is-director": 404, "is-statistics": 404}
    # An administrator may look at a firm's pages, but does nothing in its name.
    assert client("root").post(address(people, name, people["own"]), told).status_code == 403
    assert state() == before


@pytest.mark.parametrize("name", [name for name in PAGES if "pk" in str(PAGES[name].pattern)])
def test_what_belongs_to_another_firm_is_not_there(demo, people, db, name):
    send = client("delegate").post if name in POST_ONLY else client("delegate").get
    assert send(address(people, name, people["own"], of=people["other"]), {"do": "remove"}).status_code == 404


def test_signing_in_leads_a_delegate_to_their_firm(demo, people, db):
    home = address(people, "own-home", people["own"])
    assert client("delegate").get("/").headers["Location"] == home
    assert client("delegate").get(reverse("own-firms", args=[people["zone"].code])).headers["Location"] == home
    assert client("is-director").get(reverse("own-firms", args=[people["zone"].code])).status_code == 404
    user = get_user_model().objects.get(username="other")
    RoleAssignment.records.create(zone=people["zone"], user=user, role="delegate", party_key=people["own"], rights=["own.view"])
    chosen = client("other").get(reverse("own-firms", args=[people["zone"].code])).content.decode()
    assert home in chosen
    assert address(people, "own-home", people["other"]) in chosen


def test_every_policy_stands_there_with_what_came_out_and_what_needs_no_application(demo, people, db):
    page = client("delegate").get(address(people, "own-entitlements", people["own"]))
    told = {one.rulebook.code: one for one in page.context["year"].policies}
    rows = Assessment.records.filter(zone=people["zone"], party_key=people["own"], rulebook__kind="policy")
    assert {code: one.row.pk for code, one in told.items() if one.row} == {row.rulebook.code: row.pk for row in rows}
    # Scale and growth are read from yearly returns alone; the other samples ask for an application.
    assert {code for code, one in told.items() if one.automatic} == {"sample-scale-growth"}
    assert "10,000,000" in page.content.decode()
    undecided = told["sample-rent-relief"]
    assert undecided.row.verdict == "undecided"
    assert "rent paid in the year" in " ".join(undecided.why_not.sentences("en"))


def test_a_return_that_is_not_filed_is_named_where_a_policy_lacks_it(demo, people, db):
    row = next(
        one
        for one in Assessment.records.filter(zone=people["zone"], rulebook__code="sample-rent-relief", verdict="not_eligible").order_by(
            "pk"
        )
        if one.conditions.get("applied") is False
    )
    user = get_user_model().objects.create_user("third")
    RoleAssignment.records.create(zone=people["zone"], user=user, role="delegate", party_key=row.party_key, rights=["own.view"])
    text = client("third").get(address(people, "own-entitlements", row.party_key)).content.decode()
    assert "Application for support 2016 is not filed." in text
