"""Who may open a page: signed in, with a role in the zone, holding the permission; or delegate of the firm it is about."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from townwright.frame.actors import Actor
from townwright.frame.doors.subjects import subjects
from townwright.frame.permissions import held_rights, may, rights, roles_of

View = Callable[..., HttpResponse]
_FINDERS: list[Callable[[str], Any]] = []


def find_zones_by(find: Callable[[str], Any]) -> None:
    """Take the question by which pages find a zone by its code; it raises LookupError where there is none.

    The frame has no zones of its own. The app that keeps them gives its question when the site is put together.
    """
    _FINDERS[:] = [find]


def find_zone(code: str) -> Any:
    """Return the zone of a code, None where there is none."""
    try:
        return _FINDERS[0](code)
    except LookupError:
        return None


def zone_page(permission: str) -> Callable[[View], View]:
    """Resolve the zone and demand the permission: 404 where the user has no role at all, 403 where the role does not do.

    Times on the page are the zone's; a row that the zone does not hold is a 404 too, and a NUL, which no
    database keeps in a text, a 400.
    """

    def wrap(view: View) -> View:
        @login_required
        @functools.wraps(view)
        def run(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
            zone = _zone_of(request, code)
            if not may(request.user, permission, zone):
                raise PermissionDenied(permission)
            return _in_zone(view, request, zone, *args, **kwargs)

        run.permission = permission
        return run

    return wrap


def firm_page(permission: str) -> Callable[[View], View]:
    """Resolve the zone and the firm of ``key``, and demand a right of its delegates: the view is given zone and firm.

    404 where the user is no delegate of that very firm, so that nobody learns which firms there are; 403 where they are,
    but were not given this right. A delegate of a firm that was merged into another acts for the one that stands. An
    administrator may look, but nobody who is no delegate writes in a firm's name.
    """

    def wrap(view: View) -> View:
        @login_required
        @functools.wraps(view)
        def run(request: HttpRequest, code: str, key: str, *args: Any, **kwargs: Any) -> HttpResponse:
            zone = _zone_of(request, code)
            try:
                firm, keys = subjects().own_keys(zone, key)
            except LookupError as fault:
                raise Http404(str(fault)) from fault
            if not may(request.user, rights()[0], zone, party=keys):
                raise Http404("There is no such firm.")
            if not may(request.user, permission, zone, party=keys):
                raise PermissionDenied(permission)
            request.zone, request.firm, request.firm_keys = zone, firm, keys
            request.firm_rights = held_rights(request.user, zone, keys)
            if request.method not in ("GET", "HEAD") and permission not in request.firm_rights:
                raise PermissionDenied(permission)
            return _in_zone(view, request, zone, firm, *args, **kwargs)

        run.permission = permission
        return run

    return wrap


def _zone_of(request: HttpRequest, code: str) -> Any:
    """Return the zone of that code, if the user has any role in it."""
    zone = find_zone(code)
    if zone is None or not (request.user.is_superuser or roles_of(request.user, zone)):
        raise Http404("There is no such zone.")
    return zone


def _in_zone(view: View, request: HttpRequest, zone: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    request.zone = zone
    if any("\x00" in text for text in (*_texts(request), *map(str, (*args, *kwargs.values())))):
        raise BadRequest("A NUL is no text.")
    try:
        with timezone.override(zone.time_zone):
            return view(request, zone, *args, **kwargs)
    except ObjectDoesNotExist as fault:
        raise Http404(str(fault)) from fault


def _texts(request: HttpRequest) -> Iterator[str]:
    """Yield what was typed: in the address, and in a form that was sent."""
    for told in (request.GET, request.POST):
        for _name, values in told.lists():
            yield from values


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in person as an actor."""
    return Actor.of_user(request.user)
