"""What the shell around every page shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from townwright.frame.accounts.held import held_form
from townwright.frame.permissions import may

PLACES = (
    ("report", _("Report"), "figures.view"), ("close", _("Close a period"), "close.run"), ("firm-list", _("Firms"), "parties.view"), ("filing-inbox", _("Filings"), "filings.view"),
    ("people", _("People"), "people.view"), ("import", _("Import"), "imports.run"), ("policy-list", _("Policies"), "policies.view"), ("draft-list", _("Workbench"), "policies.write"), ("awards", _("Awards"), "assessments.view"),
    ("claims", _("Claims"), "figures.view"), ("merges", _("Merges"), "parties.merge"), ("snapshots", _("Snapshots"), "figures.view"), ("overseas", _("Zones abroad"), "figures.view"),
    ("audit", _("Audit"), "audit.view"), ("roles", _("Roles"), "roles.view"),
)  # fmt: skip


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template the zone in hand and the places that the person may go to."""
    zone = getattr(request, "zone", None)
    places = [(name, label) for name, label, permission in PLACES if zone is not None and may(request.user, permission, zone)]
    return {
        "zone": zone,
        "places": places,
        "may_search": zone is not None and may(request.user, "search.use", zone),
        "held_form": _held(request),
    }


def _held(request: HttpRequest) -> dict[str, Any] | None:
    """Return the form that is held for the person, on the page that it was typed on."""
    if request.method != "GET" or not getattr(request, "user", None) or not request.user.is_authenticated:
        return None
    found = held_form(request)
    return found if found is not None and found["page"].partition("?")[0] == request.path else None
