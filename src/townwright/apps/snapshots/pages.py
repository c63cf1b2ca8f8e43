"""The list of snapshots, and what a revision changed."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.doors import Listing, ListTable, show_list, zone_page

UNBROKEN = {"td": {"class": "text-nowrap"}}


class SnapshotTable(ListTable):
    """Snapshots."""

    period = tables.Column(verbose_name=gettext_lazy("Period"), attrs=UNBROKEN)
    revision = tables.Column(verbose_name=gettext_lazy("Revision"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    content_hash = tables.Column(verbose_name=gettext_lazy("Content hash"), attrs={"td": {"class": "text"}})
    frozen_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=gettext_lazy("Frozen at"), attrs=UNBROKEN)
    frozen_by = tables.Column(verbose_name=gettext_lazy("By"))

    def render_period(self, record: Any) -> str:
        """Link to what the snapshot holds and what it changed."""
        return format_html('<a href="?snapshot={}#held">{} r{}</a>', record.pk, record.period, record.revision)

    def render_content_hash(self, value: str) -> str:
        """Show the hash as a code."""
        return format_html("<code>{}</code>", value)


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
    listing = Listing("snapshots", SnapshotTable, lambda: rows, export="figures.export", empty=gettext_lazy("Nothing is frozen yet."))
    return show_list(request, zone, listing, "snapshots/snapshots.html", {"newer": newer, "changed": changed})


urls = [path("snapshots/", snapshot_list, name="snapshots")]
