"""What the browser tests share: a Chromium, the demo towns, and a count of what was looked at."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
LOOKED = {"pages": set(), "checks": 0, "findings": 0}


@pytest.fixture
def chromium():
    """A headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api")
    program = os.environ.get("TOWNWRIGHT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def town(transactional_db):
    """The demo's first town; its director is staff, and so may open every page."""
    from townwright.site.demo.build import build_demo

    built = build_demo(home=Path(settings.TOWNWRIGHT_HOME), tell=lambda _text: None)
    get_user_model().objects.filter(username="director").update(is_staff=True)
    return built[0].zone


@pytest.fixture
def looked():
    """Where a test counts what it looked at."""
    return LOOKED


def pytest_terminal_summary(terminalreporter):
    """Print how many journeys were made and how many pages were checked."""
    passed = [one for one in terminalreporter.stats.get("passed", ()) if one.nodeid.startswith("tests/browser")]
    journeys = [one for one in passed if "test_accessibility" not in one.nodeid and "test_screenshots" not in one.nodeid]
    if journeys or LOOKED["checks"]:
        terminalreporter.write_line(
            f"browser journeys passed: {len(journeys)}; pages checked by axe: {len(LOOKED['pages'])} in {LOOKED['checks']} views; "
            f"serious or critical findings: {LOOKED['findings']}"
        )
