"""Pictures of every page for people to look at: `make screenshots DIR=…`."""

import os
from pathlib import Path

import pytest

from tests.browser.walk import addresses, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (390, 768, 1440)


@pytest.mark.skipif("TOWNWRIGHT_SCREENSHOTS" not in os.environ, reason="only for `make screenshots DIR=…`")
def test_every_page_at_three_widths_light_and_dark(chromium, live_server, town):
    folder = Path(os.environ["TOWNWRIGHT_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    language = os.environ.get("TOWNWRIGHT_SCREENSHOTS_LANGUAGE", "zh-CN")
    taken = 0
    for theme in ("light", "dark"):
        for width in WIDTHS:
            page = signed_in(chromium, live_server, language=language, theme=theme, width=width)
            for name, address in addresses(town).items():
                page.goto(address)
                page.wait_for_load_state("networkidle")
                page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
                taken += 1
            page.context.close()
    print(f"{taken} pictures in {folder}")
