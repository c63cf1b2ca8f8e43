"""A director closes the year in a real browser, in both languages."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from townwright.site.demo.build import PASSWORD, build_demo

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture
def page(live_server, transactional_db):
    """A page of headless Chromium; an error in its console fails the test."""
    build_demo(home=Path(settings.TOWNWRIGHT_HOME), tell=lambda _text: None)
    executable = os.environ.get("TOWNWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=ARGS)
        made = browser.new_page(base_url=live_server.url)
        errors = []
        made.on("pageerror", lambda fault: errors.append(str(fault)))
        yield made
        browser.close()
    assert errors == []


def _sign_in(page, user):
    page.goto("/sign-in/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")


def _heading(page):
    return " ".join(page.inner_text("h1").split())


@pytest.mark.browser
def test_from_the_report_to_the_rows_and_from_a_firm_to_its_working(page):
    _sign_in(page, "director")
    page.goto("/z/yunqi/")
    page.click("text=Cloud firms >> nth=0")
    assert _heading(page).startswith("Cloud firms: 362")
    assert "COUNT(firms) FILTER (WHERE firms.cloud)" in page.inner_text("main")
    assert page.locator("main table tbody tr").count() >= 50
    page.click("text=中文")
    assert _heading(page).startswith("涉云企业: 362")
    page.goto("/z/yunqi/firms/?at=2016-12-31&status=present&tag=cloud")
    assert "362" in page.inner_text("main")
    page.click("main table tbody a >> nth=4")
    page.click("text=IT基础设施与后勤保障补助（示例） >> nth=0")
    assert "条件" in page.inner_text("main")
    assert page.locator("details").count() > 3


@pytest.mark.browser
def test_a_second_person_approves_and_the_first_may_not(page):
    _sign_in(page, "policy")
    page.goto("/z/yunqi/awards/?policy=sample-rent-relief&status=proposed")
    assert page.locator("input[name=award]").count() == 0
    page.context.clear_cookies()
    _sign_in(page, "director")
    page.goto("/z/yunqi/awards/?policy=sample-rent-relief&status=proposed")
    page.check("input[name=award] >> nth=0")
    page.click("button[value=approve]")
    assert page.locator(".alert-success").count() == 1


@pytest.mark.browser
def test_an_import_is_previewed_before_it_lands(page, tmp_path):
    _sign_in(page, "statistics")
    (tmp_path / "r.csv").write_text("企业名称,统一社会信用代码\n试点企业,91350203M0001QAY9B\n", encoding="utf-8")
    page.goto("/z/yunqi/import/")
    page.set_input_files("#file", str(tmp_path / "r.csv"))
    page.click("text=Preview")
    assert "Preview: nothing is written yet" in page.inner_text("main")
    assert "should be" in page.inner_text("main")
    page.click("button[value=land]")
    assert "Landed" in page.inner_text("main")
