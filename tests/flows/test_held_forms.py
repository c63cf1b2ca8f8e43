"""A session that ends in the middle of a form: nothing typed is lost, and nobody else gets it."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.test import Client
from django.urls import reverse

from townwright.apps.parties.models import Party
from townwright.frame.accounts.held import COOKIE, KEY, MOST_BYTES
from townwright.frame.models import RoleAssignment

PASSWORD = "long-enough-and-odd-7"
FORM = {
    "name": "丙科技有限公司",
    "kind": "firm",
    "scheme": "uscc",
    "edition": "GB/T4754 2017",
    "token": "abc",
    "tags": ["cloud"],
    "arrived_on": "2016-01-01",
}


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def town(zone):
    for name in ("registrar", "director"):
        user = get_user_model().objects.create_user(name, password=PASSWORD)
        RoleAssignment.records.create(zone=zone, user=user, role=name)
    return zone


def browser(name="registrar", **told):
    """A browser that has signed in and looked at a page."""
    client = Client(headers={"accept-language": "en"}, **told)
    sign_in(client, name)
    client.get(reverse("firm-list", args=["here"]))
    return client


def sign_in(client, name, address=None):
    address = address or reverse("sign-in")
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get(address).content.decode())[1]
    return client.post(
        address,
        {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": str(token), "next": address.partition("next=")[2].replace("%2F", "/")},
    )


def end_session(client):
    """Let the session end on the server, as time does; cookies stay."""
    client.session.flush()


def form_page():
    return reverse("register-party", args=["here"])


def test_what_was_sent_too_late_is_given_back_after_sign_in_and_can_be_sent(town):
    client = browser()
    end_session(client)
    sent = client.post(form_page(), FORM, headers={"referer": f"http://testserver{form_page()}"})
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{reverse('sign-in')}?next=%2Fheld%2F")
    assert not Party.records.exists()
    back = sign_in(client, "registrar", sent.headers["Location"])
    assert back.headers["Location"] == "/held/"
    held = client.get("/held/")
    assert (held.context["held"]["path"], "Send it now" in held.content.decode()) == (form_page(), True)
    shown = client.get(form_page()).content.decode()
    assert ('id="held-form"' in shown, "丙科技有限公司" in shown.encode().decode("unicode_escape", "ignore") or "\\u4e19" in shown) == (
        True,
        True,
    )
    assert 'id="held-form"' not in client.get(reverse("firm-list", args=["here"])).content.decode()
    told = dict(held.context["held"]["fields"])
    assert told["tags"] == ["cloud"]
    assert client.post(form_page(), told).status_code == 302
    assert Party.records.get().name == FORM["name"]
    assert KEY not in client.session


def test_control_without_holding_it_would_be_lost(town, settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "held" not in one]
    client = browser()
    end_session(client)
    sent = client.post(form_page(), FORM)
    sign_in(client, "registrar", sent.headers["Location"])
    assert KEY not in client.session


def test_it_can_be_thrown_away(town):
    client = browser()
    end_session(client)
    client.post(form_page(), FORM)
    sign_in(client, "registrar")
    assert client.post("/held/").status_code == 302
    assert client.get("/held/").status_code == 302
    assert 'id="held-form"' not in client.get(form_page()).content.decode()


def test_another_account_at_the_same_browser_does_not_get_it(town):
    client = browser()
    end_session(client)
    client.post(form_page(), FORM)
    sign_in(client, "director")
    assert client.get("/held/").status_code == 302
    assert 'id="held-form"' not in client.get(form_page()).content.decode()


# The signed one is made anew each time: an id of its own keeps the processes of a run agreed on what there is to run.
@pytest.mark.parametrize("cookie", [None, "1", signing.dumps("1"), "1:x:y"], ids=["none", "bare", "signed", "forged"])
def test_a_stranger_leaves_nothing_in_the_store_of_sessions(town, cookie):
    client = Client()
    if cookie:
        client.cookies[COOKIE] = cookie
    sent = client.post(form_page(), FORM)
    assert sent.headers["Location"].startswith(f"{reverse('sign-in')}?next=/z/")
    assert KEY not in client.session


def test_more_than_can_be_kept_is_not_kept(town):
    client = browser()
    end_session(client)
    client.post(form_page(), {**FORM, "business_scope": "x" * MOST_BYTES})
    assert KEY not in client.session


def test_a_file_is_named_since_it_cannot_be_kept(town):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = browser()
    end_session(client)
    client.post(reverse("import", args=["here"]), {"dataset": "registry", "file": SimpleUploadedFile("r.csv", b"x")})
    sign_in(client, "registrar")
    told = client.get("/held/").content.decode()
    assert ("choose them again (r.csv)" in told, "Send it now" in told) == (True, False)


@pytest.mark.parametrize("referer", ["http://elsewhere.example.org/x", "javascript:alert(1)", "//evil.example.org/x", ""])
def test_the_way_back_stays_on_this_site(town, referer):
    client = browser()
    end_session(client)
    client.post(form_page(), FORM, headers={"referer": referer})
    sign_in(client, "registrar")
    assert client.get("/held/").context["held"]["page"] == form_page()


def test_a_fragment_of_a_page_sends_the_whole_browser_to_sign_in(town):
    client = browser()
    end_session(client)
    said = client.get(
        reverse("close", args=["here"]), headers={"hx-request": "true", "hx-current-url": "http://testserver/z/here/firms/?q=x"}
    )
    assert said.headers["HX-Redirect"] == f"{reverse('sign-in')}?next=%2Fz%2Fhere%2Ffirms%2F%3Fq%3Dx"


def forged_post(client, **headers):
    return client.post(form_page(), {**FORM, "csrfmiddlewaretoken": "x" * 64}, headers=headers)


def test_a_form_of_another_site_is_refused_and_not_held(town):
    client = browser(enforce_csrf_checks=True)
    for headers in ({}, {"origin": "http://evil.example.org"}, {"origin": "null"}, {"origin": "https://testserver"}):
        said = forged_post(client, **headers)
        assert (said.status_code, "was not taken" in said.content.decode()) == (403, True), headers
    assert KEY not in client.session
    assert not Party.records.exists()
    end_session(client)
    assert forged_post(client, origin="http://testserver").status_code == 403
    assert not Party.records.exists()


def test_a_form_of_our_own_whose_mark_is_too_old_is_held_to_be_sent_again(town):
    client = browser(enforce_csrf_checks=True)
    said = forged_post(client, origin="http://testserver")
    assert (said.status_code, said.headers["Location"]) == (302, "/held/")
    assert not Party.records.exists()
    held = client.get("/held/")
    told = dict(held.context["held"]["fields"])
    sent = client.post(
        form_page(), {**told, "csrfmiddlewaretoken": re.search(r'csrfmiddlewaretoken" value="(\w+)"', held.content.decode())[1]}
    )
    assert (sent.status_code, Party.records.get().name) == (302, FORM["name"])
    assert KEY not in client.session
