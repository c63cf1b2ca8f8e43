"""Who may open a page: signed in, with a role in the zone, holding the permission."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from townwright.apps.zones.selectors import UnknownZone, zone_by_code
from townwright.frame.actors import Actor
from townwright.frame.clock import today
from townwright.frame.permissions import may, roles_of

View = Callable[..., HttpResponse]
MOST_DIGITS = 18
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def zone_page(permission: str) -> Callable[[View], View]:
    """Resolve the zone and demand the permission: 404 where the user has no role at all, 403 where the role does not do.

    Times on the page are the zone's; a row that the zone does not hold is a 404 too, and a NUL, which no
    database keeps in a text, a 400.
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
            if any("\x00" in text for text in (*_texts(request), *map(str, (*args, *kwargs.values())))):
                raise BadRequest("A NUL is no text.")
            try:
                with timezone.override(zone.time_zone):
                    return view(request, zone, *args, **kwargs)
            except ObjectDoesNotExist as fault:
                raise Http404(str(fault)) from fault

        run.permission = permission
        return run

    return wrap


def whole(text: str) -> int | None:
    """Return a whole number as typed, None for anything else and for more digits than a key of the database has."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def _texts(request: HttpRequest) -> Iterator[str]:
    """Yield what was typed: in the address, and in a form that was sent."""
    for told in (request.GET, request.POST):
        for _name, values in told.lists():
            yield from values


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in person as an actor."""
    return Actor.of_user(request.user)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day that a page shows: ``typed`` stands in its field, ``fault`` says what is wrong with it, if anything."""

    day: date
    typed: str
    fault: str = ""


def as_of(request: HttpRequest) -> AsOf:
    """Return the day asked for by ``at=``; none asked for is today in the zone, and what is no date is today, saying so."""
    typed = request.GET.get("at", "").strip()
    here = today(request.zone.time_zone)
    if not typed:
        return AsOf(here, here.isoformat())
    try:
        # The compact and week forms that fromisoformat also reads are typing errors more often than dates.
        if not _ISO_DAY.fullmatch(typed):
            raise ValueError(typed)
        return AsOf(date.fromisoformat(typed), typed)
    except ValueError:
        told = {"typed": typed, "today": here}
        return AsOf(here, typed, _("“%(typed)s” is not a date: write it as in 2016-12-31. Shown as of today, %(today)s.") % told)
