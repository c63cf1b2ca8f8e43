"""Closing a period from a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from townwright.apps.filings import selectors as filings
from townwright.apps.incentives import selectors as incentives
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.clock import today
from townwright.frame.doors import zone_page
from townwright.frame.doors.jobs import again, followed, fragment, job_or_404, start
from townwright.frame.jobs import jobs
from townwright.kernel.values.period import Period, UnableToReadPeriod
from townwright.site.close import UnableToClose, demand_over
from townwright.site.work import CLOSE

RECENT = 10


@zone_page("close.run")
def close_page(request: HttpRequest, zone: Any) -> HttpResponse:
    """Say what a close of a period would find, and start it."""
    text = (request.POST if request.method == "POST" else request.GET).get("period", "").strip()
    day = today(zone.time_zone)
    try:
        period = Period.parse(text) if text else Period.last_full("year", day)
    except UnableToReadPeriod:
        messages.error(request, _("“%(text)s” is not a period: write 2016, 2016Q1 or 2016-03.") % {"text": text})
        return redirect("close", zone.code)
    if request.method == "POST":
        try:
            demand_over(period, day, confirmed=request.POST.get("early") == "yes")
        except UnableToClose:
            messages.error(
                request, _("%(period)s is not over yet. Nothing was closed: tick the box to close it all the same.") % {"period": period}
            )
            return redirect(f"{reverse('close', args=[zone.code])}?{urlencode({'period': str(period)})}")
        return redirect("close-job", zone.code, start(request, zone, CLOSE, {"period": str(period)}).pk)
    context = {
        "period": period, "early": not period.is_over(day), "future": period.start > day, "over_on": period.end, "left_out": filings.left_out(zone, period), "filed": filings.counts(zone, period), "rulebooks": incentives.newest_rulebooks(zone, period.last_day) if period.grain == "year" else [],
        "revisions": list(snapshots.snapshots(zone).filter(period=str(period))), "recent": jobs(zone, CLOSE)[:RECENT],
    }  # fmt: skip
    return render(request, "townwright/close.html", context)


@zone_page("close.run")
def close_job(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Follow a close; once it is done, go on to its report."""
    row = job_or_404(zone, pk, CLOSE)
    if request.method == "POST":
        if request.POST.get("do") == "again":
            again(request, zone, pk)
        return redirect("close-job", zone.code, pk)
    titles = incentives.titles(zone)
    return render(request, "townwright/close_job.html", {**followed(row, "close-job"), "told": row.result, "titles": titles})


@zone_page("close.run")
def close_progress(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Say how far a close is."""
    return fragment(request, job_or_404(zone, pk, CLOSE), "close-job", titles=incentives.titles(zone))
