"""A served installation in a real browser: imports and the close that are watched, returns typed in, who has not filed."""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
sync_api = pytest.importorskip("playwright.sync_api")
PASSWORD = "only-for-this-test"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TOWNWRIGHT = str(Path(sys.executable).with_name("townwright"))
NAMES = ["甲云计算有限公司", "乙咨询有限公司", "丙科技有限公司", "丁软件有限公司"]
PEOPLE = """
import django
django.setup()
from django.contrib.auth import get_user_model
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.models import RoleAssignment
for role in ("statistics", "director"):
    user = get_user_model().objects.create_user(role, password="only-for-this-test")
    RoleAssignment.records.create(zone=zone_by_code("here"), user=user, role=role)
"""


def _free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of an embedded installation with four firms, of which three filed for 2015 and none for 2016."""
    folder = tmp_path_factory.mktemp("served")
    told = {name: value for name, value in os.environ.items() if not name.startswith("TOWNWRIGHT_")}
    env = {
        **told,
        "TOWNWRIGHT_HOME": str(folder / "home"),
        "DJANGO_SETTINGS_MODULE": "townwright.site.settings",
        "PYTHONWARNINGS": "ignore",
    }

    def run(*command):
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr

    register = "企业名称,入驻日期\n" + "".join(f"{name},2014-01-01\n" for name in NAMES)
    (folder / "register.csv").write_text(register, encoding="utf-8")
    returns = "企业名称,年度,营业收入（元）,从业人员\n" + "".join(f"{name},2015,1000000,10\n" for name in NAMES[:3])
    (folder / "returns.csv").write_text(returns, encoding="utf-8")
    run(TOWNWRIGHT, "init", "--zone", "here", "--name-zh", "此地", "--name-en", "Here", "--rulebooks", "size-class,sample-rent-relief")
    run(TOWNWRIGHT, "import", str(folder / "register.csv"), "--dataset", "registry", "--zone", "here")
    run(TOWNWRIGHT, "import", str(folder / "returns.csv"), "--dataset", "yearly-return", "--zone", "here")
    run(sys.executable, "-c", PEOPLE)
    port = _free_port()
    server = subprocess.Popen([TOWNWRIGHT, "serve", "--port", str(port)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(20)


@pytest.fixture(scope="module")
def browser():
    program = os.environ.get("TOWNWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGS)
        yield started
        started.close()


@pytest.fixture
def open_page(served, browser):
    """Open a signed-in page; an error in its script, or a request to another host, fails the test."""
    faults, asked, contexts = [], [], []

    def make(user="statistics", language="en-GB", **options):
        context = browser.new_context(base_url=served, locale=language, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/sign-in/")
        page.fill("[name=login]", user)
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []
    assert [url for url in asked if not url.startswith((served, "data:"))] == []


def _large(folder, name, rows, bad=0):
    lines = [f"{name}第{number:05d}号有限公司,{'昨天' if number < bad else '2014-03-01'},2015-01-01" for number in range(rows)]
    path = folder / f"{name}.csv"
    path.write_text("企业名称,成立日期,入驻日期\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def _upload(page, path, dataset):
    page.goto("/z/here/import/")
    page.select_option("#dataset", dataset)
    page.set_input_files("#file", str(path))
    page.click("main form button")
    page.wait_for_url(re.compile(r"/import/\d+/$"))


def _watched(page):
    """Follow a job to its end without touching the page; return what its card said on the way."""
    said = []
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            told = page.evaluate("document.querySelector('#job')?.innerText ?? ''")
        except sync_api.Error:
            continue  # the page was being loaded anew
        if not told:
            return said
        if told.split() not in said:
            said.append(told.split())
        time.sleep(0.1)
    raise AssertionError(f"it did not end: {said[-1:]}")


def _sheet(download):
    return openpyxl.load_workbook(io.BytesIO(Path(download.path()).read_bytes())).active


def test_an_import_is_watched_previewed_row_by_row_and_landed(open_page, tmp_path):
    page = open_page()
    _upload(page, _large(tmp_path, "观", 8_000, bad=60), "registry")
    said = _watched(page)
    # The bar moved: rows done of all rows, in the step under way.
    assert any(one[0] == "Running" and "/" in one and one[one.index("/") + 1] in ("8,001", "7,940") for one in said), said
    sync_api.expect(page.locator("main")).to_contain_text("Preview: nothing is written yet")
    sync_api.expect(page.locator("#findings tbody tr")).to_have_count(50)
    page.click("text=Refused 60")
    page.click("text=Next")
    sync_api.expect(page.locator("#findings tbody tr")).to_have_count(10)
    with page.expect_download() as download:
        page.click("main >> text=Excel")
    sheet = _sheet(download.value)
    assert (sheet.max_row, sheet["B2"].value) == (61, "refused")

    page.click("button[value=land]")
    page.wait_for_url(re.compile(r"/import/\d+/$"))
    sync_api.expect(page.locator("main")).to_contain_text("Refused: nothing was written", timeout=60_000)
    page.check("[name=skip_refused]")
    refused = page.url
    page.click("button[value=land]")
    page.wait_for_url(lambda url: url != refused)
    steps = _watched(page)
    # The card asks once a second, and a quick machine writes in less: what is sure to be seen is a step after the first.
    assert any({"Compare", "Write"} & set(one) for one in steps), steps
    sync_api.expect(page.locator("main")).to_contain_text("Landed")
    sync_api.expect(page.locator("main")).to_contain_text("7,940")
    page.click("text=See what changed")
    assert page.url.endswith("/z/here/firms/")
    page.goto("/z/here/import/")
    sync_api.expect(page.locator("main table tbody tr").first).to_contain_text("Landed")


def test_without_javascript_the_page_reloads_until_the_preview_is_there(open_page, tmp_path):
    page = open_page(java_script_enabled=False)
    _upload(page, _large(tmp_path, "无", 4000), "registry")
    sync_api.expect(page.locator("#findings")).to_be_visible(timeout=60_000)
    sync_api.expect(page.locator("main")).to_contain_text("Preview: nothing is written yet")


def test_a_return_is_typed_in_chinese_and_its_odd_value_answered(open_page):
    page = open_page(language="zh-CN")
    page.goto("/z/here/filings/missing/?dataset=yearly-return&period=2016&q=甲云")
    page.click("main table tbody a.btn")
    sync_api.expect(page.locator("h1")).to_contain_text("甲云计算有限公司 · 企业年报 2016")
    sync_api.expect(page.locator("main")).to_contain_text("营业收入")
    sync_api.expect(page.locator("main .input-group-text").first).to_have_text("元")
    page.fill("#f-revenue", "２５,０００,０００")
    page.fill("#f-output", "5")
    page.fill("#f-cloud_output", "6")
    page.click("button[value=submit]")
    sync_api.expect(page.locator("#fault-cloud_output")).to_contain_text("涉云产值不应大于总产值（6.00 与 5.00），请更正。")
    page.fill("#f-output", "")
    page.fill("#f-cloud_output", "")
    page.click("button[value=submit]")
    sync_api.expect(page.locator("main form .alert-warning")).to_contain_text(
        "营业收入为25,000,000.00，上年为1,000,000.00，相差约25倍，请核对。"
    )
    page.fill("[name=note-revenue]", "并入子公司")
    page.click("button[value=submit]")
    sync_api.expect(page.locator("[name=checked-revenue]")).to_be_visible()
    page.check("[name=checked-revenue]")
    page.click("button[value=submit]")
    page.wait_for_url(re.compile(r"/filings/\d+/$"))
    sync_api.expect(page.locator("main")).to_contain_text("并入子公司")
    sync_api.expect(page.locator("main")).to_contain_text("25,000,000")
    page.click("button[value=accept]")
    sync_api.expect(page.locator("main .badge.bg-green-lt").first).to_be_visible()


def test_an_accepted_return_is_corrected_and_the_change_told(open_page):
    page = open_page()
    page.goto("/z/here/filings/?dataset=yearly-return&period=2015&q=乙咨询")
    page.click("main table tbody a")
    late = open_page("director")
    for one in (late, page):
        one.goto(page.url)
        one.click("main >> text=Correct")
        one.fill("#f-staff", "12")
        one.fill("#reason", "counted again")
    page.click("button[value=correct]")
    page.wait_for_url(re.compile(r"/filings/\d+/$"))
    row = page.locator("main table").last.locator("tbody tr")
    sync_api.expect(row).to_have_count(1)
    assert row.inner_text().split() == ["Staff", "10", "12", "person"]
    sync_api.expect(page.locator("main")).to_contain_text("counted again")
    late.click("button[value=correct]")
    sync_api.expect(late.locator("main [role=alert]").first).to_contain_text("corrected meanwhile (version 2, you saw 1)")


def test_who_has_not_filed_is_searched_sorted_and_exported(open_page):
    page = open_page("director")
    page.goto("/z/here/filings/")
    page.click("main >> text=Who has not filed")
    page.select_option("#dataset", "yearly-return")
    page.fill("#period", "2015")
    page.fill("#q", "丁软件")
    page.click("main form button")
    rows = page.locator("main table tbody tr")
    sync_api.expect(rows).to_have_count(1)
    sync_api.expect(rows.first).to_contain_text("丁软件有限公司")
    sync_api.expect(rows.first).to_contain_text("Never")
    page.click("main thead >> text=Firm")
    with page.expect_download() as download:
        page.click("main >> text=Excel")
    sheet = _sheet(download.value)
    assert [cell.value for cell in sheet[2]][1] == "丁软件有限公司"
    page.goto("/z/here/filings/missing/?dataset=yearly-return&period=1999")
    sync_api.expect(page.locator(".empty")).to_contain_text("No firm was here")


def test_a_period_is_closed_and_its_report_opened(open_page):
    page = open_page("director")
    page.goto("/z/here/")
    page.click("nav >> text=Close a period")
    page.fill("main form[method=get] [name=period]", "2015")
    page.click("main form[method=get] button")
    sync_api.expect(page.locator("main")).to_contain_text("What a close of 2015 does")
    page.click("main form[method=post] button")
    sync_api.expect(page.locator(".alert-success")).to_contain_text("2015 is closed as revision 1", timeout=60_000)
    steps = page.locator("#job li").all_inner_texts()
    assert [one.split(" ")[1] for one in steps] == ["Freeze", "Assess", "Assess", "Propose", "Measure", "Reconcile"]
    page.click("text=Open the report")
    sync_api.expect(page.locator("h1")).to_contain_text("Closing report 2015")
    assert page.locator("select[name=snapshot] option").all_inner_texts()[0].startswith("2015 r1")
