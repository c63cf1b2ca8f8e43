"""What a firm filed, on the file that the register keeps of it."""

from __future__ import annotations

from typing import Any

from townwright.apps.filings import selectors as filings
from townwright.frame.doors import Panel


def _rows(zone: Any, party: Any) -> Any:
    return None if party.kind == "person" else filings.filings_of(zone, party.key)


PANEL = Panel("party-file", 10, "filings.view", "filings/_on_file.html", _rows)
