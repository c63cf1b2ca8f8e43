"""The yardstick of the firm list: a view that asks the same one query and writes the same rows as plain text."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from townwright.apps.parties import selectors as parties
from townwright.frame.clock import today
from townwright.site.bench.town import TIME_ZONE

PER_PAGE = 50


def firms(request: HttpRequest, zone: int) -> HttpResponse:
    """Write the first page of the firm list: no sign-in, no count, no template."""
    rows = parties.firm_rows(zone, at=today(TIME_ZONE))[:PER_PAGE]
    lines = [f"{row.name}\t{row.uscc}\t{row.industry}\t{row.arrived_on}\t{row.left_on}\t{row.present}" for row in rows]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
