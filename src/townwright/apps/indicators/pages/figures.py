"""A figure opened."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from townwright.apps.indicators import selectors as indicators
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.doors import export, whole, zone_page
from townwright.frame.permissions import may
from townwright.frame.terms import figure as figure_in_words
from townwright.frame.text import in_language


@zone_page("figures.view")
def figure(request: HttpRequest, zone: Any, name: str) -> HttpResponse:
    """Open a figure: formula, parameters, working, rows; export the rows."""
    frozen = snapshots.asked(zone, whole(request.GET.get("snapshot", "")), request.GET.get("period", ""))
    if frozen is None:
        raise Http404("There is no such snapshot.")
    try:
        opened = indicators.figure(zone, frozen, name)
    except indicators.UnknownFigure as fault:
        raise Http404(str(fault)) from fault
    place = whole(request.GET.get("part", "")) or 0
    part = opened.rows[place] if place < len(opened.rows) else None
    if request.GET.get("export") and part is not None:
        if not may(request.user, "figures.export", zone):
            raise PermissionDenied("figures.export")
        rows = zip(*(part.rows.column(column).to_pylist() for column in part.rows.column_names), strict=True)
        return export(request, zone, f"figure-{name}", part.rows.column_names, (list(row) for row in rows))
    page = None
    if part is not None:
        page = Paginator(range(part.rows.num_rows), 50).get_page(request.GET.get("page"))
        start = page.start_index() - 1 if part.rows.num_rows else 0
        shown = part.rows.slice(start, 50).select(part.rows.column_names[:9])
        page.rows = [list(row.values()) for row in shown.to_pylist()]
        page.columns = [snapshots.offers(frozen)[part.entity].column(column) for column in shown.column_names]
    context = {
        "opened": opened, "frozen": frozen, "part": part, "place": place, "page": page, "columns": (_("Group"), in_language(opened.row.label)), "parts": _parts(request, zone, frozen, opened),
    }  # fmt: skip
    return render(request, "indicators/figure.html", context)


def _parts(request: HttpRequest, zone: Any, frozen: Any, opened: Any) -> list[tuple[Any, list[tuple[str, tuple[Any, str]]]]]:
    """Return the breakdowns: the column's label, and (group, (bare figure, figure in words)) for each group."""
    return [
        (
            heading,
            [(in_language(name) or "—", (value, figure_in_words(value, opened.row.unit, request.LANGUAGE_CODE))) for name, value in rows],
        )
        for heading, rows in indicators.breakdowns(zone, frozen, opened)
    ]
