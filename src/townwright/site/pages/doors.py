"""Who may open a page: signed in, with a role in the zone, holding the permission."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from townwright.apps.zones.selectors import UnknownZone, zone_by_code
from townwright.frame.actors import Actor
from townwright.frame.clock import now
from townwright.frame.permissions import may, roles_of

View = Callable[..., HttpResponse]


def zone_page(permission: str) -> Callable[[View], View]:
    """Resolve the zone and demand the permission: 404 where the user has no role at all, 403 where the role does not do.

    A row that the zone does not hold is a 404 too.
    """

    def wrap(view: View) -> View:
        @login_required
        @functools.wraps(view)
        def run(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                zone = zone_by_code(code)
            except UnknownZone as fault:
                raise Http404(str(fault)) from fault
            if not request.user.is_superuser and not roles_of(request.user, zone):
                raise Http404("There is no such zone.")
            if not may(request.user, permission, zone):
                raise PermissionDenied(permission)
            request.zone = zone
            try:
                return view(request, zone, *args, **kwargs)
            except ObjectDoesNotExist as fault:
                raise Http404(str(fault)) from fault

        run.permission = permission
        return run

    return wrap


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in person as an actor."""
    return Actor.of_user(request.user)


def as_of(request: HttpRequest) -> date:
    """Return the day asked for by ``at=``, today otherwise."""
    try:
        return date.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        return now().date()
