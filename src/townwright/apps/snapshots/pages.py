"""The list of snapshots, and what a revision changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.doors import zone_page


@zone_page("figures.view")
def snapshot_list(request: HttpRequest, zone: Any) -> HttpResponse:
    """List snapshots, and what a revision changed."""
    rows = list(snapshots.snapshots(zone))
    wanted = request.GET.get("snapshot", "")
    newer = next((row for row in rows if str(row.pk) == wanted), None)
    older = next((row for row in rows if newer and row.period == newer.period and row.revision == newer.revision - 1), None)
    changed = snapshots.changes(older, newer) if older else None
    for told in (changed or {}).values():
        for one in told["rows"]:
            one["pairs"] = [
                {"label": told["labels"].get(column, {"zh": column, "en": column}), "old": pair[0], "new": pair[1]}
                for column, pair in one["columns"].items()
            ]
    return render(request, "snapshots/snapshots.html", {"rows": rows, "newer": newer, "changed": changed})


urls = [path("snapshots/", snapshot_list, name="snapshots")]
