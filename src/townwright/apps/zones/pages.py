"""The register of zones abroad."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from townwright.apps.zones.selectors import overseas_entries, overseas_review
from townwright.frame.doors import zone_page


@zone_page("figures.view")
def overseas(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show the register of zones abroad: what contradicts, what adds up."""
    return render(request, "zones/overseas.html", {"rows": overseas_entries(zone), "review": overseas_review(zone)})


urls = [path("overseas/", overseas, name="overseas")]
