"""In a real browser: a form whose session ended comes back as it was typed, with and without scripts; a passkey signs in."""

import os
import shutil

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.models import Party
from townwright.apps.zones.services import open_zone
from townwright.frame.models import RoleAssignment

pytestmark = [pytest.mark.browser, pytest.mark.slow]
sync_api = pytest.importorskip("playwright.sync_api")
PASSWORD = "only-for-this-test"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAME = "示例丙科技有限公司"


@pytest.fixture
def town(transactional_db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    zone = open_zone(
        code="here", name_zh="此地", name_en="Here", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai",
        actor=CLERK, at=AT,
    )  # fmt: skip
    user = get_user_model().objects.create_user("registrar", password=PASSWORD)
    RoleAssignment.records.create(zone=zone, user=user, role="registrar")
    return zone


@pytest.fixture
def browser():
    program = os.environ.get("TOWNWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_api.sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=program, args=ARGS)
        yield one
        one.close()


def page_of(browser, live_server, **told):
    page = browser.new_context(base_url=live_server.url, locale="en-GB", **told).new_page()
    page.set_default_timeout(15_000)
    return page


def sign_in(page):
    page.fill("input[name=login]", "registrar")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit] >> nth=0")


def type_and_lose_the_session(page):
    """Sign in, fill the form of a new party, let the session end, and save."""
    page.goto("/z/here/parties/new/")
    sign_in(page)
    page.fill("input[name=name]", NAME)
    page.select_option("select[name=kind]", "institution")
    page.fill("textarea[name=business_scope]", "软件 <b>开发</b>\n第二行")
    page.check("input[name=tags] >> nth=0")
    page.fill("input[name=arrived_on]", "2016-05-01")
    Session.objects.all().delete()
    page.click("main form button.btn-primary")


def test_what_was_typed_is_back_in_the_form_after_sign_in(town, live_server, browser):
    page = page_of(browser, live_server)
    type_and_lose_the_session(page)
    page.wait_for_url("**/sign-in/**")
    assert not Party.records.exists()
    sign_in(page)
    page.wait_for_url("**/parties/new/")
    sync_api.expect(page.locator("input[name=name]")).to_have_value(NAME)
    sync_api.expect(page.locator("select[name=kind]")).to_have_value("institution")
    sync_api.expect(page.locator("textarea[name=business_scope]")).to_have_value("软件 <b>开发</b>\n第二行")
    sync_api.expect(page.locator("input[name=tags] >> nth=0")).to_be_checked()
    sync_api.expect(page.locator("input[name=tags] >> nth=1")).not_to_be_checked()
    sync_api.expect(page.locator("input[name=arrived_on]")).to_have_value("2016-05-01")
    sync_api.expect(page.locator("#held-told")).to_contain_text("What you typed is back")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/firms/**")
    party = Party.records.get()
    assert (party.name, party.kind, party.business_scope.replace("\r\n", "\n")) == (NAME, "institution", "软件 <b>开发</b>\n第二行")
    page.goto("/z/here/parties/new/")
    sync_api.expect(page.locator("input[name=name]")).to_have_value("")


def test_without_scripts_it_is_sent_again_by_a_button(town, live_server, browser):
    page = page_of(browser, live_server, java_script_enabled=False)
    type_and_lose_the_session(page)
    sign_in(page)
    page.wait_for_url("**/held/")
    page.click("main button.btn-primary")
    page.wait_for_url("**/firms/**")
    assert Party.records.get().name == NAME


def test_a_passkey_is_added_and_signs_in_alone(town, live_server, browser):
    page = page_of(browser, live_server)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/account/2fa/webauthn/add/")
    sign_in(page)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit] >> nth=0")
    page.wait_for_url("**/webauthn/add/")
    page.fill("input[name=name]", "Desk")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/account/")
    sync_api.expect(page.locator("main")).to_contain_text("yes")
    page.click("header >> text=Sign out")
    page.wait_for_url("**/sign-in/")
    page.click("#passkey_login")
    page.wait_for_url(live_server.url + "/")
    sync_api.expect(page.locator("main")).to_contain_text("Here")
