"""Keeping and forgetting views of lists."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from townwright.frame.clock import now
from townwright.frame.doors import actor_of, zone_page
from townwright.frame.saved_views import UnableToKeepView, forget_view, keep_view, tidy


@zone_page("views.keep")
@require_POST
def keep(request: HttpRequest, zone: Any, listing: str) -> HttpResponse:
    """Keep the list as it is now under a name."""
    try:
        back = _address(zone, listing)
    except NoReverseMatch as fault:
        raise Http404("There is no such list.") from fault
    query = tidy(request.POST.get("query", ""))
    try:
        row = keep_view(
            zone=zone,
            user=request.user,
            listing=listing,
            title=request.POST.get("title", ""),
            query=query,
            actor=actor_of(request),
            at=now(),
        )
        messages.success(request, _("The view “%(title)s” is kept.") % {"title": row.title})
    except UnableToKeepView as fault:
        messages.error(request, str(fault))
    return redirect(f"{back}?{query}" if query else back)


@zone_page("views.keep")
@require_POST
def forget(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Forget one of one's own views."""
    try:
        listing = forget_view(zone=zone, user=request.user, pk=pk, actor=actor_of(request), at=now())
    except UnableToKeepView as fault:
        raise Http404(str(fault)) from fault
    return redirect(_address(zone, listing))


def _address(zone: Any, listing: str) -> str:
    """Return where a list stands, by the key that its views are kept under: the name of its address, and its arguments."""
    name, *arguments = listing.split(":")
    return reverse(name, args=[zone.code, *arguments])
