"""What the shell around every page shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from townwright.frame.permissions import may

PLACES = (
    ("report", _("Report"), "figures.view"), ("close", _("Close a period"), "close.run"), ("firm-list", _("Firms"), "parties.view"), ("filing-inbox", _("Filings"), "filings.view"),
    ("people", _("People"), "people.view"), ("import", _("Import"), "imports.run"), ("policy-list", _("Policies"), "policies.view"), ("awards", _("Awards"), "assessments.view"),
    ("claims", _("Claims"), "figures.view"), ("merges", _("Merges"), "parties.merge"), ("snapshots", _("Snapshots"), "figures.view"), ("overseas", _("Zones abroad"), "figures.view"),
    ("board", _("Board"), "figures.view"), ("publishing", _("Public site"), "public.edit"), ("audit", _("Audit"), "audit.view"),
)  # fmt: skip


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template the zone in hand and the places that the person may go to."""
    zone = getattr(request, "zone", None)
    places = [(name, label) for name, label, permission in PLACES if zone is not None and may(request.user, permission, zone)]
    return {"zone": zone, "places": places}
