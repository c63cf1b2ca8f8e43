"""The register of zones abroad."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from townwright.apps.zones.selectors import overseas_entries, overseas_review
from townwright.frame.doors import zone_page


@zone_page("figures.view")
def overseas(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show the register of zones abroad: what contradicts, what adds up."""
    rows = list(overseas_entries(zone))
    context = {
        "rows": rows, "review": overseas_review(zone), "place_columns": (_("Zone"), _("Area, km²"), _("Longitude"), _("Latitude")),
        "places": [(one.name, one.area_km2, one.longitude, one.latitude) for one in rows if one.longitude is not None and one.latitude is not None],
    }  # fmt: skip
    return render(request, "zones/overseas.html", context)


urls = [path("overseas/", overseas, name="overseas")]
