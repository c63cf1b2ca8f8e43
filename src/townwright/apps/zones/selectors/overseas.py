"""The register of zones abroad that a zone's office keeps."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from townwright.apps.zones.domain import Entry, Review, review
from townwright.apps.zones.models import OverseasEntry


def overseas_entries(zone: Any) -> QuerySet[OverseasEntry]:
    """Return the entries in the order of their file."""
    return OverseasEntry.objects.in_zone(zone).order_by("number", "name")


def overseas_review(zone: Any) -> Review:
    """Return which figures of the register contradict each other, and what can be added up."""
    return review(
        [
            Entry(row.number, row.name, row.area_km2, row.area_text, row.investment_yi, row.investment_text, row.latitude, row.longitude)
            for row in overseas_entries(zone)
        ]
    )
