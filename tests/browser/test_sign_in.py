"""A person signs in, changes the language, finds a firm and opens its file, in a real browser."""

import os
import re
import shutil

import pytest
from django.contrib.auth import get_user_model

from tests.flows.conftest import AT, CLERK
from townwright.apps.zones.services import open_zone
from townwright.frame.models import RoleAssignment
from townwright.frame.workbooks.pipeline import run_import
from townwright.site.datasets import handler_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
sync_api = pytest.importorskip("playwright.sync_api")
PASSWORD = "only-for-this-test"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
REGISTER = (
    "企业名称,统一社会信用代码,成立日期,入驻日期\n示例甲云计算有限公司,,2015-03-01,2015-04-01\n示例乙咨询有限公司,,2014-05-01,2015-06-01\n"
)


@pytest.fixture
def town(transactional_db, tmp_path):
    """A town with two firms and a registrar who can sign in."""
    zone = open_zone(
        code="here", name_zh="此地", name_en="Here", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai",
        actor=CLERK, at=AT,
    )  # fmt: skip
    sheet = tmp_path / "register.csv"
    sheet.write_text(REGISTER, encoding="utf-8")
    report = run_import(sheet, dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT)
    assert report.landed, report.as_dict()
    user = get_user_model().objects.create_user("registrar", password=PASSWORD)
    RoleAssignment.records.create(zone=zone, user=user, role="registrar")
    return zone


@pytest.fixture
def page(live_server, town):
    """A page of an English browser at the live server, which may ask no other host for anything."""
    program = os.environ.get("TOWNWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGS)
        context = browser.new_context(base_url=live_server.url, locale="en-GB")
        one = context.new_page()
        one.asked, one.faults = [], []
        one.on("request", lambda request: one.asked.append(request.url))
        one.on("pageerror", lambda fault: one.faults.append(str(fault)))
        yield one
        browser.close()


def _sign_in(page, name="registrar"):
    page.goto("/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")


def test_a_wrong_password_stays_outside(page):
    page.goto("/sign-in/")
    page.fill("input[name=login]", "registrar")
    page.fill("input[name=password]", "wrong")
    page.click("main button")
    sync_api.expect(page.locator("main input[name=password]")).to_be_visible()
    assert page.url.endswith("/sign-in/")


def test_from_sign_in_to_a_firms_file(page, live_server):
    _sign_in(page)
    page.click("text=Here")
    page.click("nav >> text=Firms")
    page.fill("#q", "云计算")
    page.click("main form button")
    rows = page.locator("main table tbody tr")
    sync_api.expect(rows).to_have_count(1)
    page.click("text=示例甲云计算有限公司")
    sync_api.expect(page.locator("h1")).to_contain_text("示例甲云计算有限公司")
    sync_api.expect(page.locator("main")).to_contain_text("2015-04-01")
    assert page.faults == []
    assert [url for url in page.asked if not url.startswith((live_server.url, "data:"))] == []


def test_the_language_changes_and_stays(page):
    _sign_in(page)
    page.goto("/z/here/firms/")
    sync_api.expect(page.locator("html")).to_have_attribute("lang", "en")
    page.click("header >> text=中文")
    sync_api.expect(page.locator("html")).to_have_attribute("lang", re.compile("zh-hans", re.IGNORECASE))
    sync_api.expect(page.locator("h1")).to_contain_text("企业")
    page.goto("/z/here/")
    sync_api.expect(page.locator("html")).to_have_attribute("lang", re.compile("zh-hans", re.IGNORECASE))


def test_who_may_not_is_not_shown_the_place(page):
    _sign_in(page)
    page.goto("/z/here/firms/")
    sync_api.expect(page.locator("nav >> text=Audit")).to_have_count(0)
    assert page.goto("/z/here/audit/").status == 403
