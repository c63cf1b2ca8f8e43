"""What the shell around every page shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from townwright.frame.accounts.held import held_form
from townwright.frame.permissions import may

ABROAD = frozenset({"cooperation_zone", "new_city"})


@dataclass(frozen=True, slots=True)
class Place:
    """An address of a zone that the shell offers; ``kinds`` of zone that have a use for it, empty for all."""

    group: Any
    name: str
    label: Any
    permission: str
    kinds: frozenset[str] = frozenset()


TOWN, REGISTER, RETURNS, MONEY, BOOKS = _("Town"), _("Register"), _("Returns"), _("Policies"), _("Books")
PLACES = (
    Place(TOWN, "report", _("Report"), "figures.view"),
    Place(TOWN, "board", _("Board"), "figures.view"),
    Place(TOWN, "close", _("Close a period"), "close.run"),
    Place(TOWN, "publishing", _("Public site"), "public.edit"),
    Place(TOWN, "walls", _("Screens on walls"), "walls.edit"),
    Place(REGISTER, "firm-list", _("Firms"), "parties.view"),
    Place(REGISTER, "people", _("People"), "people.view"),
    Place(REGISTER, "merges", _("Merges"), "parties.merge"),
    Place(REGISTER, "overseas", _("Zones abroad"), "figures.view", ABROAD),
    Place(RETURNS, "filing-inbox", _("Filings"), "filings.view"),
    Place(RETURNS, "not-filed", _("Who has not filed"), "filings.view"),
    Place(RETURNS, "import", _("Import"), "imports.run"),
    Place(MONEY, "policy-list", _("Policies"), "policies.view"),
    Place(MONEY, "draft-list", _("Workbench"), "policies.write"),
    Place(MONEY, "awards", _("Awards"), "assessments.view"),
    Place(BOOKS, "claims", _("Claims"), "figures.view"),
    Place(BOOKS, "snapshots", _("Snapshots"), "figures.view"),
    Place(BOOKS, "audit", _("Audit"), "audit.view"),
    Place(BOOKS, "roles", _("Roles"), "roles.view"),
    Place(BOOKS, "webhooks", _("Webhooks"), "webhooks.edit"),
)


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """An address of the firm portal; ``right`` of a delegate, who may look at most places without it."""

    name: str
    label: Any
    right: str = ""


OWN_PLACES = (
    OwnPlace("own-home", _("Overview")),
    OwnPlace("own-entitlements", _("What we are entitled to")),
    OwnPlace("own-returns", _("Our returns")),
    OwnPlace("own-notices", _("Notices")),
    OwnPlace("own-delegates", _("Who acts for us"), "own.delegates"),
)


def own_places(request: HttpRequest) -> list[tuple[str, Any, str]]:
    """Return the places of the firm in hand that its delegate may go to: name, label, address."""
    zone, firm = request.zone, request.firm
    open_to = (one for one in OWN_PLACES if not one.right or request.user.is_superuser or one.right in request.firm_rights)
    return [(one.name, one.label, reverse(one.name, args=[zone.code, firm.key])) for one in open_to]


def places(user: Any, zone: Any) -> Iterator[tuple[Any, list[tuple[str, Any, str]]]]:
    """Yield the groups of places that the zone's kind and the person's roles can use."""
    open_to = [one for one in PLACES if (not one.kinds or zone.kind in one.kinds) and may(user, one.permission, zone)]
    for group, held in groupby(open_to, key=lambda one: one.group):
        yield group, [(one.name, one.label, reverse(one.name, args=[zone.code])) for one in held]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template the zone in hand, the places that the person may go to, and what it is laid out in.

    ``layout`` is the base of whole pages, or, for a page that is asked for by the drawer, its heading and content alone.
    """
    zone = getattr(request, "zone", None)
    htmx = getattr(request, "htmx", None)
    drawer = bool(htmx) and htmx.target == "drawer-body"
    firm = getattr(request, "firm", None)
    navigation = [(firm.name, own_places(request))] if firm is not None else list(places(request.user, zone)) if zone is not None else []
    return {
        "zone": zone,
        "own_firm": firm,
        "navigation": navigation,
        "layout": "townwright/drawer.html" if drawer else "townwright/base.html",
        "may_search": zone is not None and firm is None and not getattr(request, "public", False) and may(request.user, "search.use", zone),
        "held_form": _held(request),
    }


def _held(request: HttpRequest) -> dict[str, Any] | None:
    """Return the form that is held for the person, on the page that it was typed on."""
    # A public page asks for no session: it is the same for everybody, and may be kept by whoever stands between.
    if (
        getattr(request, "public", False)
        or request.method != "GET"
        or not getattr(request, "user", None)
        or not request.user.is_authenticated
    ):
        return None
    found = held_form(request)
    return found if found is not None and found["page"].partition("?")[0] == request.path else None
