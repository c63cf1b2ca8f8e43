"""What a browser that knows nothing of the site yet loads for one page: requests and bytes over the wire."""

from __future__ import annotations

import importlib
import shutil
from dataclasses import asdict, dataclass
from html.parser import HTMLParser
from importlib.util import find_spec
from typing import Any
from urllib.parse import urljoin, urlsplit

from townwright.site.bench.load import Server, ask

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGS = ["--no-sandbox", "--disable-dev-shm-usage"]


@dataclass(frozen=True, slots=True)
class FirstLoad:
    """Requests and bytes of a page with an empty cache; ``by``: the browser that loaded it, or ``html`` where the page was read."""

    requests: int
    bytes: int
    by: str

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return asdict(self)


def first_load(server: Server, address: str, cookie: tuple[str, str]) -> FirstLoad:
    """Load a page with an empty cache: in Chromium where Playwright and a browser are installed, else by reading the page."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None or find_spec("playwright") is None:
        return _by_reading(server, address)
    return _in_browser(program, f"http://{server.host}:{server.port}", address, cookie)


def _in_browser(program: str, origin: str, address: str, cookie: tuple[str, str]) -> FirstLoad:
    driver: Any = importlib.import_module("playwright.sync_api")
    loaded: list[float] = []
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGS)
        context = browser.new_context()
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": origin}])
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
        page.goto(origin + address, wait_until="networkidle")
        version = browser.version
        browser.close()
    return FirstLoad(len(loaded), int(sum(loaded)), f"chromium {version}")


class _Links(HTMLParser):
    """Collects what a page has loaded: scripts, style sheets, icons, pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        named = told.get("href") if tag == "link" else told.get("src") if tag in ("script", "img") else None
        if named and named not in self.found:
            self.found.append(named)


def _by_reading(server: Server, address: str) -> FirstLoad:
    """Add the page and what its HTML names up, as compressed as the server gives it; what scripts and styles load is not seen."""
    whole = Server(server.host, server.port, {**server.headers, "Accept-Encoding": "gzip"})
    connection = whole.open()
    try:
        _took, page = ask(whole, connection, address)
        links = _Links()
        links.feed(page.decode())
        here = [urljoin(address, one) for one in links.found if not urlsplit(one).netloc]
        sizes = [len(page), *(len(ask(whole, connection, one)[1]) for one in here)]
    finally:
        connection.close()
    return FirstLoad(len(sizes), sum(sizes), "html")
