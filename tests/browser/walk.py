"""Every address of the site, to be walked by a browser as the director of the demo town."""

from django.urls import reverse

from tests.flows import test_pages_and_roles as pages
from townwright.site.demo.build import PASSWORD

# Pages that stand outside a zone; those of accounts and the like belong here too.
# The board has its own colours, by its address, and is looked at in test_public.
BOARD = ("board", "board-open", "board-stream")
OUTSIDE = (
    "home", "about", "design", "design-drawer", "account-overview", "account_change_password", "account_email", "account_reset_password", "mfa_index",
    "mfa_activate_totp", "usersessions_list", "tokens", "api-docs",
)  # fmt: skip


def addresses(zone):
    """Return every page that answers to a GET, by name."""
    inside = {
        name: pages._address(zone, name)
        for name in pages.PAGES
        if name not in pages.POST_ONLY and name not in pages.SENT_ON and name != "template" and name not in BOARD
    }
    return {**{name: reverse(name) for name in OUTSIDE}, **inside}


def signed_in(browser, live_server, *, language="en", theme="light", width=1440, height=900):
    """Return a page of a browser of the language, colours and size, signed in as the director."""
    context = browser.new_context(
        base_url=live_server.url, locale=language, color_scheme=theme, viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[name=login]", "director")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/")
    return page
