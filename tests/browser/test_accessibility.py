"""axe finds nothing serious on any page, in both languages and both themes; no page is wider than a phone."""

import os

import pytest

from tests.browser.walk import addresses, signed_in
from tests.repo.source import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => (await axe.run(document, {runOnly: tags, resultTypes: ["violations"]})).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | ")}`)"""
PHONE = 390


def _audit(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))  # past the page's own policy, as a browser extension would
    return page.evaluate(RUN, TAGS)


def _lines(found):
    return "\n".join(f"{name}: {one}" for name, told in found.items() for one in told)


# Each language and each theme once; `make browser` looks at every pair.
EVERY = pytest.mark.skipif(os.environ.get("TOWNWRIGHT_EVERY_VIEW") != "1", reason="every pair of language and theme: make browser")


@pytest.mark.parametrize(
    ("language", "theme"), [("en", "light"), ("zh-CN", "dark"), pytest.param("en", "dark", marks=EVERY), pytest.param("zh-CN", "light", marks=EVERY)]
)  # fmt: skip
def test_axe_finds_nothing_serious(chromium, live_server, town, looked, language, theme):
    assert AXE.is_file(), "axe-core is not there: run `npm ci`, or reinstall with `make setup-dev`"
    found, faults = {}, []
    anonymous = chromium.new_context(base_url=live_server.url, locale=language, color_scheme=theme).new_page()
    page = signed_in(chromium, live_server, language=language, theme=theme)
    page.on("pageerror", lambda fault: faults.append((page.url, str(fault))))
    for name, address in {"sign-in": "/sign-in/", **addresses(town)}.items():
        one = anonymous if name == "sign-in" else page
        answer = one.goto(address)
        assert answer.status == 200, (name, answer.status)
        assert one.locator("html").get_attribute("data-bs-theme") == theme
        # Charts come in a second file.
        if one.locator("[data-chart-card]").count():
            one.wait_for_selector("[data-chart-card][data-shows=chart]")
        found[name] = _audit(one)
        looked["pages"].add(name)
        looked["checks"] += 1
    looked["findings"] += sum(map(len, found.values()))
    assert _lines(found) == ""
    assert faults == []


def test_a_table_twin_and_open_menus_pass_too(chromium, live_server, town, looked):
    page = signed_in(chromium, live_server)
    page.goto(f"/z/{town.code}/")
    page.click("[data-chart-toggle]")
    assert page.locator(".chart-card .twin").is_visible()
    assert _audit(page) == []
    page.goto(f"/z/{town.code}/firms/")
    for words in ("Views", "Columns"):
        page.click(f"button:has-text('{words}')")
        assert _audit(page) == []
    page.goto("/design/")
    page.click("text=Open the drawer")
    page.wait_for_selector("#drawer.show")
    assert _audit(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer", state="hidden")
    page.click("text=Ask first")
    page.wait_for_selector("dialog[open]")
    assert _audit(page) == []
    looked["checks"] += 5


def test_no_page_is_wider_than_a_phone_and_axe_finds_nothing_there_either(chromium, live_server, town, looked):
    page = signed_in(chromium, live_server, width=PHONE, height=800)
    wide, found = {}, {}
    for name, address in addresses(town).items():
        page.goto(address)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide[name] = over
        found[name] = _audit(page)
        looked["checks"] += 1
    looked["findings"] += sum(map(len, found.values()))
    assert wide == {}
    assert _lines(found) == ""


def test_the_skip_link_and_the_list_work_by_keyboard(chromium, live_server, town):
    page = signed_in(chromium, live_server)
    page.goto(f"/z/{town.code}/firms/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")
    page.focus("#sort-name")
    page.keyboard.press("Enter")
    page.wait_for_selector("th[aria-sort=ascending]")
    # The order changed without a new page, and the keyboard stands where it stood.
    assert page.evaluate("document.activeElement.id") == "sort-name"
