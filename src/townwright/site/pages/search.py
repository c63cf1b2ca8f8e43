"""The search page, and the few hits that the search box shows while a person types."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from townwright.frame.doors import zone_page
from townwright.site.searching import search

WHILE_TYPING = 5


@zone_page("search.use")
def search_page(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show what answers to ``q``, by kind; asked for by htmx, the first few of each kind only."""
    q = request.GET.get("q", "")[:100]
    if request.htmx and not request.htmx.boosted:
        context = {"q": q, "found": search(request.user, zone, q, request.LANGUAGE_CODE, most=WHILE_TYPING)}
        return render(request, "townwright/_search_hits.html", context)
    return render(request, "townwright/search.html", {"q": q, "found": search(request.user, zone, q, request.LANGUAGE_CODE)})
