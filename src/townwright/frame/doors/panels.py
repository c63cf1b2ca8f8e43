"""Cards that an app lends to a page of an app below it: what firms filed, on the file that the register keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from townwright.frame.permissions import may


@dataclass(frozen=True, slots=True)
class Panel:
    """One card: ``place`` names the page, ``order`` its rank there, ``permission`` who sees it.

    ``rows`` is asked with the zone and what the page is about, and returns what the template finds as ``rows``, or None
    where there is nothing to say of it.
    """

    place: str
    order: int
    permission: str
    template: str
    rows: Callable[[Any, Any], Any]


_LENT: dict[tuple[str, str], Panel] = {}


def lend(panel: Panel) -> None:
    """Take a card for a page; an app lends its own when the site is put together."""
    _LENT[panel.place, panel.template] = panel


def panels(request: HttpRequest, zone: Any, place: str, subject: Any) -> list[tuple[str, Any]]:
    """Return template and rows of the cards that the user may see on a page, in their order."""
    lent = sorted((one for one in _LENT.values() if one.place == place), key=lambda one: one.order)
    found = ((one.template, one.rows(zone, subject)) for one in lent if may(request.user, one.permission, zone))
    return [(template, rows) for template, rows in found if rows is not None]
