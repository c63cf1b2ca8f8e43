"""The firm portal in a browser: a delegate's way through it, and axe on every page of it, at desktop and phone width."""

import pytest

from tests.browser.test_accessibility import PHONE, _audit, _lines
from townwright.frame.models import RoleAssignment
from townwright.site.demo.build import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ("", "entitlements/", "returns/", "returns/yearly-return/2025/?copy=1", "notices/", "delegates/")


def delegate(browser, live_server, *, language, theme="light", width=1440):
    """A page of a browser signed in as the demo's delegate, which stands on the firm's own first page."""
    context = browser.new_context(
        base_url=live_server.url, locale=language, color_scheme=theme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[name=login],[name=username]", "delegate")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/my/**")
    return page


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-CN", "dark", 1440), ("zh-CN", "light", PHONE), ("en", "dark", PHONE)]
)
def test_axe_finds_nothing_serious_and_no_page_is_too_wide(chromium, live_server, town, looked, language, theme, width):
    page = delegate(chromium, live_server, language=language, theme=theme, width=width)
    home, found, wide = page.url, {}, {}
    for name in PAGES:
        assert page.goto(home + name).status == 200
        for one in page.locator("main details").all():
            one.evaluate("box => box.open = true")
        found[name] = _audit(page)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide[name] = over
        looked["pages"].add(f"own {name}")
        looked["checks"] += 1
    looked["findings"] += sum(map(len, found.values()))
    assert _lines(found) == ""
    assert wide == {}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_delegate_reads_why_and_hands_a_return_in(chromium, live_server, town, language):
    page = delegate(chromium, live_server, language=language)
    page.click("nav a[href$='/entitlements/']")
    page.click("#policy-sample-scale-growth summary")
    page.click("#policy-sample-scale-growth details a")
    page.wait_for_selector("#drawer.show .working")
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer", state="hidden")
    page.click("nav a[href$='/returns/']")
    page.click("a[href$='/returns/yearly-return/2025/']")
    page.fill("#f-staff", "12")
    page.click("button[value=submit]")
    page.wait_for_url("**/returns/*/")
    assert page.locator(".badge.bg-blue-lt").count() == 1
    key = RoleAssignment.records.get(user__username="delegate").party_key
    assert key in page.url
