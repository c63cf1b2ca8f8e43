"""Who did what, when."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from townwright.frame.doors import zone_page
from townwright.frame.models import AuditEntry
from townwright.frame.terms import codes_like


@zone_page("audit.view")
def audit(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show who did what, when."""
    rows = AuditEntry.objects.in_zone(zone).order_by("-at", "-id")
    q = request.GET.get("q", "")
    if q:
        named = Q(verb__contains=q) | Q(verb__in=codes_like("verb", q))
        rows = rows.filter(named | Q(subject__contains=q) | Q(actor_label__contains=q) | Q(reason__contains=q))
    return render(request, "frame/audit.html", {"page": Paginator(rows, 50).get_page(request.GET.get("page")), "q": q})
