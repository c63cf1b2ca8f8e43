"""A stranger reads the public site in a real browser, works out what a firm would get, and leaves nothing behind."""

import itertools
import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect, sync_playwright

from tests.browser.test_pages import ARGS
from townwright.apps.zones.selectors import wall_token, zone_by_code
from townwright.apps.zones.services import make_wall_link
from townwright.frame.clock import now
from townwright.frame.models import AuditEntry
from townwright.site.board import stream
from townwright.site.demo.build import AT, DIRECTOR, build_demo

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WALL, WALL_4K = {"width": 1920, "height": 1080}, {"width": 3840, "height": 2160}


@pytest.fixture
def browser(live_server, transactional_db, monkeypatch):
    """Headless Chromium on the demo; streams are short, so that none outlives the test."""
    monkeypatch.setattr(stream, "HOLD_SECONDS", 2.0)
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.2)
    build_demo(home=Path(settings.TOWNWRIGHT_HOME), tell=lambda _text: None)
    executable = os.environ.get("TOWNWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=executable, args=ARGS)
        yield made
        made.close()


@pytest.fixture
def visit(browser, live_server):
    """Open pages in contexts of their own; what the browser's console complains of fails the test."""
    errors = []

    def opened(address, *, size=DESKTOP, **told):
        page = browser.new_context(base_url=live_server.url, viewport=size, **told).new_page()
        page.on("pageerror", lambda fault: errors.append(str(fault)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(address)
        return page

    yield opened
    assert errors == []


def _fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _serious(page):
    """Return what axe finds serious or worse; it is put in past the page's own rules, as a browser extension would."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [
        (one["id"], [node["html"][:160] for node in one["nodes"]][:3])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.browser
def test_from_the_town_to_a_figure_to_a_policy_to_an_amount(visit):
    page = visit("/p/yunqi/en/")
    assert "481 firms" in page.inner_text("main")
    page.click("article:has-text('Growth of fiscal revenue') >> text=How it is made")
    assert "58.01%" in page.inner_text("h1 + p") and "agrees after rounding" in page.inner_text("main")
    page.click("nav >> text=Policies")
    page.click("main >> text=Rent relief (sample)")
    page.click("main >> text=Work it out for my firm")
    page.wait_for_load_state("load")  # a form that is typed into before its script is there answers to its button alone
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.fill("[name='support_application.rent_paid']", "123,456.79")
    page.wait_for_selector(".public-verdict strong")
    # Half of 123,456.79 is 61,728.395, rounded half up.
    assert "61,728.4 CNY" in page.inner_text("#results")
    assert page.url.endswith("/p/yunqi/en/calculator/sample-rent-relief/")
    assert page.context.cookies() == []
    page.click("text=中文")
    assert page.get_attribute("html", "lang") == "zh-hans"
    assert page.input_value("[name='support_application.rent_paid']") == ""


@pytest.mark.browser
def test_the_calculator_works_without_javascript(visit):
    page = visit("/p/yunqi/en/calculator/", java_script_enabled=False)
    page.fill("[name='support_application.it_spend']", "20")
    page.select_option("[name='support_application.it_spend:scale']", "wan")
    page.fill("[name='support_application.logistics_spend']", "0")
    page.click("text=Work it out >> nth=-1")
    assert "60,000 CNY" in page.inner_text("#results")
    assert page.input_value("[name='support_application.it_spend']") == "20"


@pytest.mark.browser
def test_public_pages_fit_a_phone_and_have_no_serious_fault_of_access(visit):
    for size in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            for address in (
                "/p/yunqi/zh/",
                "/p/yunqi/en/figures/fiscal_growth/",
                "/p/yunqi/zh/policies/wuchang-makerspace-rent/",
                "/p/yunqi/en/calculator/",
                "/p/",
            ):
                page = visit(address, size=size, color_scheme=scheme)
                assert (address, _fits(page)) == (address, True)
                assert (address, scheme, _serious(page)) == (address, scheme, [])
                page.context.close()


@pytest.fixture
def wall(browser):
    """The address of a board by its link."""
    return f"/board/{wall_token(make_wall_link(zone=zone_by_code('yunqi'), name='hall', actor=DIRECTOR, at=AT))}/"


@pytest.mark.browser
def test_the_board_fills_a_wall_and_stacks_on_a_phone(visit, wall):
    for size in (WALL, WALL_4K):
        page = visit(f"{wall}?lang=en", size=size)
        page.wait_for_selector(".b-trend canvas")
        # All of it is on the screen: nothing to scroll, every tile inside.
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight") and _fits(page)
        boxes = [one.bounding_box() for one in page.locator(".b-tile, .b-headline").all()]
        assert len(boxes) == 12
        assert all(
            box["x"] >= 0 and box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"] for box in boxes
        )
        assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == pytest.approx(
            size["width"] / 120, abs=0.1
        )
        page.context.close()
    page = visit(f"{wall}?lang=zh", size=PHONE)
    boxes = [one.bounding_box() for one in page.locator(".b-tile").all()]
    assert all(after["y"] >= before["y"] + before["height"] for before, after in itertools.pairwise(boxes)) and _fits(page)


@pytest.mark.browser
def test_a_write_reaches_the_wall_by_itself(visit, wall):
    page = visit(f"{wall}?lang=en", size=WALL)
    page.wait_for_selector("#live[data-state=live]")
    assert page.inner_text(".b-counter-value >> nth=0") == "0"
    AuditEntry.records.create(
        zone=zone_by_code("yunqi"), at=now(), actor="web:a", actor_label="A", verb="filings.submit", subject="filing #1"
    )
    expect(page.locator(".b-counter-value").first).to_have_text("1", timeout=15_000)
    assert "Return submitted" in page.inner_text(".b-tile.b-live tbody tr >> nth=0")


@pytest.mark.browser
def test_every_tile_opens_by_the_keyboard_to_how_it_is_made(visit, wall):
    page = visit(f"{wall}?lang=en", size=WALL)
    links = page.locator("main a").all()
    assert len(links) == 12
    for place in range(12):
        page.goto(f"{wall}?lang=en")
        link = page.locator("main a").nth(place)
        link.focus()
        assert link.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        page.wait_for_selector(".b-open")
        assert page.locator(".b-table, .b-made").count() > 0
    page.goto(f"{wall}open/fiscal_revenue/?lang=en")
    assert "SUM(returns.fiscal_contribution)" in page.inner_text("main") and "336,020,000 CNY" in page.inner_text("main")


@pytest.mark.browser
def test_the_board_has_no_serious_fault_of_access_and_stands_still_where_motion_is_not_wanted(visit, wall):
    for theme in ("dark", "light"):
        for path in ("", "open/trend/", "open/firms/"):
            page = visit(f"{wall}{path}?lang=en&theme={theme}", size=WALL, reduced_motion="reduce")
            assert (path, theme, _serious(page)) == (path, theme, [])
            assert page.evaluate("document.getAnimations().length") == 0
            page.context.close()
