"""The components at work: the list without new pages, colours that are remembered, the drawer, the question, the toast."""

import pytest

from tests.browser.walk import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
sync_api = pytest.importorskip("playwright.sync_api")


def _list(page, town):
    page.goto(f"/z/{town.code}/firms/?at=2016-12-31")
    # What a new page would lose.
    page.evaluate("window.still = true")
    return page


def _open_views(page):
    # A menu opens once the page's scripts are there.
    page.wait_for_function("document.readyState === 'complete' && window.htmx")
    page.click("#list .dropdown-toggle >> nth=0")
    sync_api.expect(page.locator("#view-title")).to_be_visible()


def test_a_list_is_filtered_sorted_and_its_columns_chosen_without_a_new_page(chromium, live_server, town):
    page = _list(signed_in(chromium, live_server), town)
    page.fill("#q", "云计算")
    page.wait_for_url("**q=**")
    count = page.locator("#list .count")
    sync_api.expect(count).not_to_contain_text("510")
    filtered = count.inner_text()
    page.click("#sort-name")
    page.wait_for_selector("th[aria-sort=ascending]")
    page.click("button:has-text('Columns')")
    page.check("#list input[name=col][value=key]")
    page.uncheck("#list input[name=col][value=left_on]")
    page.click("#list button:has-text('Show these')")
    sync_api.expect(page.locator("#list thead")).to_contain_text("Key")
    sync_api.expect(page.locator("#list thead")).not_to_contain_text("Left")
    # The order, the filter and the columns hold together, also when the filter changes once more.
    assert page.locator("th[aria-sort=ascending]").count() == 1
    assert count.inner_text() == filtered
    page.select_option("#status", "present")
    page.wait_for_url("**status=present**")
    sync_api.expect(page.locator("#list thead")).to_contain_text("Key")
    assert page.evaluate("window.still") is True
    page.reload()
    sync_api.expect(page.locator("#list thead")).to_contain_text("Key")
    assert page.input_value("#q") == "云计算"
    with page.expect_download() as taken:
        page.click("#list >> text=CSV")
    assert taken.value.suggested_filename == f"{town.code}-firms.csv"


def test_a_view_is_kept_opened_and_forgotten_after_a_question(chromium, live_server, town):
    page = _list(signed_in(chromium, live_server, language="zh-CN"), town)
    page.select_option("#status", "left")
    page.wait_for_url("**status=left**")
    _open_views(page)
    page.fill("#view-title", "已迁出")
    page.click("#list form[action$='/keep/'] button")
    sync_api.expect(page.locator(".toast.alert-success")).to_contain_text("已迁出")
    page.goto(f"/z/{town.code}/firms/")
    _open_views(page)
    page.click("#list .dropdown-menu a:has-text('已迁出')")
    page.wait_for_url("**status=left**")
    _open_views(page)
    forget = page.locator("#list form[action$='/forget/'] button")
    forget.click()
    sync_api.expect(page.locator("dialog#confirm")).to_contain_text("已迁出")
    page.click("dialog#confirm button[value=no]")
    sync_api.expect(page.locator("dialog#confirm")).to_be_hidden()
    # The answer was given beside the menu, which closes it.
    _open_views(page)
    assert forget.count() == 1
    forget.click()
    page.click("dialog#confirm button[value=yes]")
    page.wait_for_load_state()
    sync_api.expect(forget).to_have_count(0)


def test_the_colours_follow_the_system_until_somebody_chooses_and_are_remembered(chromium, live_server, town):
    page = signed_in(chromium, live_server, theme="dark")
    shown = page.locator("html")
    sync_api.expect(shown).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    sync_api.expect(shown).to_have_attribute("data-bs-theme", "light")
    switch = page.locator("[data-theme-switch]")
    switch.click()
    switch.click()
    sync_api.expect(shown).to_have_attribute("data-theme-choice", "dark")
    page.goto("/design/")
    sync_api.expect(shown).to_have_attribute("data-bs-theme", "dark")
    page.evaluate("1")
    switch.click()
    sync_api.expect(shown).to_have_attribute("data-theme-choice", "system")
    sync_api.expect(shown).to_have_attribute("data-bs-theme", "light")


def test_a_working_opens_in_the_drawer_and_the_list_stays(chromium, live_server, town):
    page = signed_in(chromium, live_server)
    page.goto(f"/z/{town.code}/awards/?status=approved")
    address = page.url
    page.click("#list tbody a >> nth=0")
    page.wait_for_selector("#drawer.show")
    sync_api.expect(page.locator("#drawer-body")).to_contain_text("Conditions")
    assert page.inner_text("#drawer-title")
    assert page.url == address
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer", state="hidden")


def test_a_toast_comes_without_a_new_page_and_a_form_leads_to_what_is_wrong(chromium, live_server, town):
    page = signed_in(chromium, live_server)
    page.goto("/design/")
    page.evaluate("window.still = true")
    page.click("text=Show a toast")
    sync_api.expect(page.locator("#toasts .toast")).to_contain_text("Saved.")
    assert page.evaluate("window.still") is True
    page.fill("#id_revenue", "-1")
    page.click("main form.card-body button.btn-primary")
    page.wait_for_selector(".error-summary")
    sync_api.expect(page.locator(".error-summary")).to_be_focused()
    page.click(".error-summary a[href='#id_revenue']")
    sync_api.expect(page.locator("#id_revenue")).to_be_focused()


def test_a_chart_says_the_same_as_its_table_and_prints_as_one(chromium, live_server, town):
    page = signed_in(chromium, live_server)
    page.goto(f"/z/{town.code}/figures/firms/")
    page.wait_for_selector("[data-chart-card][data-shows=chart] canvas")
    table = page.locator(".chart-card .twin").first
    sync_api.expect(table).to_be_hidden()
    page.click("[data-chart-toggle] >> nth=0")
    sync_api.expect(table).to_be_visible()
    shown = [int(text.split()[0]) for text in table.locator("td").all_inner_texts()]
    assert sum(shown) == 481
    page.click("[data-chart-toggle] >> nth=0")
    page.emulate_media(media="print")
    sync_api.expect(table).to_be_visible()
    sync_api.expect(page.locator(".chart").first).to_be_hidden()
    sync_api.expect(page.locator("header.navbar")).to_be_hidden()


def test_the_first_page_asks_for_nothing_of_another_host_and_few_files(chromium, live_server, town):
    page = signed_in(chromium, live_server)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/z/{town.code}/firms/")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    # Charts are not loaded by a page without one.
    assert not any("charts.js" in url for url in asked)
    # The page, its style, its scripts and the mark in the corner.
    assert len(set(asked)) <= 6
