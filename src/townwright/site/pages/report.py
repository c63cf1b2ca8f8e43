"""The closing report as a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.indicators import selectors as indicators
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.doors import whole, zone_page
from townwright.frame.permissions import may
from townwright.site.report import render_html, sections


@zone_page("figures.view")
def report(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show the closing report; each figure is a link to what it was made of."""
    frozen = snapshots.asked(zone, whole(request.GET.get("snapshot", "")), request.GET.get("period", ""))
    if frozen is None:
        return render(request, "townwright/report.html", {"frozen": None, "may_close": may(request.user, "close.run", zone)})
    if request.GET.get("file"):
        response = HttpResponse(render_html(zone, frozen, request.LANGUAGE_CODE))
        response["Content-Disposition"] = f'attachment; filename="{zone.code}-{frozen.period}.html"'
        return response
    figures = indicators.figures(zone, frozen)
    context = {
        "frozen": frozen, "figures": figures, "rows": indicators.reconciliations(zone, frozen),
        "verdicts": incentives.verdict_counts(zone, frozen), "awards": incentives.award_totals(zone, frozen),
        "changed": incentives.changed_awards(zone, frozen),
        "sections": sections(zone, frozen, request.LANGUAGE_CODE) if any(row.code == "firms" for row in figures) else [],
        "section_columns": (_("Industry section"), _("Firms")), "asked": f"?snapshot={frozen.pk}", "revisions": list(snapshots.snapshots(zone)),
    }  # fmt: skip
    return render(request, "townwright/report.html", context)
