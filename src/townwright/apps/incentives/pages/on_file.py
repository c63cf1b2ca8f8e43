"""What a firm was found eligible for and awarded, on the file that the register keeps of it."""

from __future__ import annotations

from typing import Any

from townwright.apps.incentives import selectors as incentives
from townwright.frame.doors import Panel


def _rows(zone: Any, party: Any) -> Any:
    return None if party.kind == "person" else incentives.firm_assessments(zone, party.key)


PANEL = Panel("party-file", 20, "assessments.view", "incentives/_on_file.html", _rows)
