"""What people type into an address, read with care."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from townwright.frame.clock import today

MOST_DIGITS = 18
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def whole(text: str) -> int | None:
    """Return a whole number as typed, None for anything else and for more digits than a key of the database has."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


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
