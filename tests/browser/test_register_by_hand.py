"""A registrar keeps the register by hand in a real browser, in both languages."""

import os
import re
import shutil
from datetime import date

import pytest
from django.contrib.auth import get_user_model

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.models import Identifier, Party, Relation, Tag, ZoneMembership
from townwright.apps.parties.services import PartyDetails, register_party
from townwright.apps.zones.services import open_zone
from townwright.frame.models import RoleAssignment

pytestmark = [pytest.mark.browser, pytest.mark.slow]
sync_api = pytest.importorskip("playwright.sync_api")
PASSWORD = "only-for-this-test"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FAILING = "91350203M0001QAY9B"


@pytest.fixture
def town(transactional_db):
    """A town without firms, and a registrar who can sign in."""
    zone = open_zone(
        code="here", name_zh="此地", name_en="Here", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai",
        actor=CLERK, at=AT,
    )  # fmt: skip
    user = get_user_model().objects.create_user("registrar", password=PASSWORD)
    RoleAssignment.records.create(zone=zone, user=user, role="registrar")
    return zone


def _page(browser, live_server, locale):
    page = browser.new_context(base_url=live_server.url, locale=locale).new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.goto("/sign-in/")
    page.fill("input[name=login]", "registrar")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    return page


@pytest.fixture
def signed_in(live_server, town):
    """Open a page of a browser of some language, signed in as the registrar."""
    program = os.environ.get("TOWNWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGS)
        pages = []

        def run(locale):
            pages.append(_page(browser, live_server, locale))
            return pages[-1]

        yield run
        faults = [fault for page in pages for fault in page.faults]
        browser.close()
    assert faults == []


def _act(page, verb, button="button", **fields):
    """Open one of the small forms of the file, fill it in and send it."""
    form = page.locator(f"details:has(form[action$='/do/{verb}/'])").first
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator(button).click()


def test_from_registering_to_leaving(signed_in):
    page = signed_in("en-GB")
    page.goto("/z/here/firms/")
    page.click("text=Register a party")
    page.fill("[name=name]", "试点企业有限公司")
    page.fill("[name=code]", FAILING)
    page.fill("[name=capital]", "很多")
    page.fill("[name=arrived_on]", "2016-03-01")
    page.click("main button")
    wrong = page.locator("#div_id_capital")
    sync_api.expect(wrong).to_contain_text("No amount can be read")
    sync_api.expect(page.locator("[name=code]")).to_have_value(FAILING)
    assert Party.records.count() == 0
    page.fill("[name=capital]", "100万元人民币")
    page.click("main button")
    sync_api.expect(page.locator(".alert-success")).to_contain_text("is registered")
    sync_api.expect(page.locator(".alert-warning")).to_contain_text("should be")
    _act(page, "accept", reason="licence seen")
    sync_api.expect(page.locator(".alert-success")).to_contain_text("accepted")
    assert Identifier.records.get().status == "accepted"

    page.goto("/z/here/people/")
    sync_api.expect(page.locator("main")).to_contain_text("Nobody is on record yet")
    page.click("text=Register a person")
    page.fill("[name=name]", "王小明")
    page.click("main button")
    _act(page, "relate", kind="legal_representative:first", other="试点企业", from_on="2016-03-01")
    sync_api.expect(page.locator(".invalid-feedback")).to_contain_text("Did you mean 试点企业有限公司?")
    _act(page, "relate", other="试点企业有限公司")
    page.click("main >> text=试点企业有限公司")
    sync_api.expect(page.locator("main")).to_contain_text("Legal representative 王小明")
    assert Relation.records.values_list("kind", "from_on").get() == ("legal_representative", date(2016, 3, 1))

    _act(page, "tag", tag="Cloud firm", from_on="2016-03-01")
    sync_api.expect(page.locator("main .badge >> text=Cloud firm")).to_be_visible()
    assert Tag.records.get().tag == "cloud"
    _act(page, "leave", left_on="2016-01-01")
    sync_api.expect(page.locator(".invalid-feedback, .alert-danger").first).to_contain_text("began before 2016-01-01")
    _act(page, "leave", left_on="2016-10-01")
    sync_api.expect(page.locator(".alert-success")).to_be_visible()
    assert ZoneMembership.records.get().left_on == date(2016, 10, 1)
    for day, rows in (("2016-09-30", 1), ("2016-10-01", 0)):
        page.goto(f"/z/here/firms/?status=present&tag=cloud&at={day}")
        sync_api.expect(page.locator("main table a >> text=试点企业有限公司")).to_have_count(rows)


def test_an_edit_writes_what_was_changed_and_clears_what_was_cleared(signed_in, town):
    told = PartyDetails(kind="firm", name="试点企业有限公司", code=FAILING, capital="100万元人民币")
    party = register_party(zone=town, details=told, actor=CLERK, at=AT).party
    page = signed_in("en-GB")
    page.goto(f"/z/here/firms/{party.key}/")
    page.click("main >> text=Edit")
    page.fill("[name=address]", "某路1号")
    page.click("main button")
    page.click("main >> text=Edit")
    page.fill("[name=address]", "")
    page.fill("[name=legal_form]", "有限责任公司")
    page.click("main button")
    sync_api.expect(page.locator(".alert-success")).to_contain_text("Saved")
    assert Party.records.values_list("address", "legal_form", "capital_amount").get() == ("", "有限责任公司", 1_000_000)


def test_the_same_form_in_chinese(signed_in):
    page = signed_in("zh-CN")
    page.goto("/z/here/parties/new/")
    sync_api.expect(page.locator("html")).to_have_attribute("lang", re.compile("zh-hans", re.IGNORECASE))
    sync_api.expect(page.locator("label[for=id_name]")).to_contain_text("名称")
    sync_api.expect(page.locator("#id_kind")).to_contain_text("公共机构")
    sync_api.expect(page.locator("#id_scheme")).to_contain_text("统一社会信用代码")
    page.fill("[name=name]", "试点企业有限公司")
    page.fill("[name=code]", FAILING)
    page.fill("[name=arrived_on]", "2016-03-01")
    page.check("text=涉云企业")
    page.click("main button")
    sync_api.expect(page.locator(".alert-warning")).to_contain_text("校验位应为")
    sync_api.expect(page.locator("main")).to_contain_text("校验未通过")
    _act(page, "accept", reason="已查看营业执照")
    sync_api.expect(page.locator("main")).to_contain_text("人工认可")
    sync_api.expect(page.locator("main .badge >> text=涉云企业")).to_be_visible()
    _act(page, "industry", industry_code="0000", from_on="2016-03-01")
    sync_api.expect(page.locator(".invalid-feedback")).to_contain_text("0000")
    kinds = page.locator("details:has(form[action$='/do/relate/']) [name=kind]")
    sync_api.expect(kinds).to_contain_text("法定代表人")
    page.goto("/z/here/firms/?at=2016-13-40")
    sync_api.expect(page.locator("#at")).to_have_value("2016-13-40")
    sync_api.expect(page.locator("#at-fault")).to_contain_text("2016-13-40")
