"""What the verbs on a party's facts share: the refusal, the lock, and spans that must not overlap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from townwright.apps.parties.domain import Span, first_overlap
from townwright.apps.parties.models import Party
from townwright.frame.meanwhile import Change


class UnableToChangeParty(ValueError):
    """The change does not fit what is on record: says what and why. ``field`` is the argument that is wrong, if one is."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class EditedMeanwhile(UnableToChangeParty):
    """Somebody else changed the party since the form was opened: ``changes`` tells what, who and when."""

    def __init__(self, message: str, changes: tuple[Change, ...]) -> None:
        self.changes = changes
        super().__init__(message)


def locked(zone: Any, party: Party) -> Party:
    """Return the party's row, held until the transaction ends, so that two writers on one party queue.

    Raises:
        UnableToChangeParty: the party is of another zone, or was merged into another.
    """
    row = Party.objects.in_zone(zone).select_for_update().filter(pk=party.pk).first()
    if row is None:
        raise UnableToChangeParty(_("%(name)s is not in the register of %(zone)s.") % {"name": party.name, "zone": zone})
    if row.merged_into_id:
        told = {"name": row.name, "other": Party.objects.in_zone(zone).get(pk=row.merged_into_id).name}
        raise UnableToChangeParty(_("%(name)s was merged into %(other)s: change that one.") % told)
    return row


def today_in(zone: Any, at: datetime) -> date:
    """Return the day that it is in the zone at an instant."""
    return at.astimezone(ZoneInfo(zone.time_zone)).date()


def check_forward(span: Span, *, name: str, field: str) -> None:
    """Refuse a span that ends on or before its first day.

    Raises:
        UnableToChangeParty: it holds no day.
    """
    if not span.runs_forward:
        told = {"name": name, "start": span.start, "end": span.end}
        raise UnableToChangeParty(
            _("%(name)s: it cannot end on %(end)s, not after it began on %(start)s. Correct one of the two days.") % told, field
        )


def check_apart(span: Span, others: Iterable[Span], *, name: str, what: str, field: str) -> None:
    """Refuse a span that shares a day with another of the same sort.

    Raises:
        UnableToChangeParty: they overlap.
    """
    other = first_overlap(span, others)
    if other is not None:
        told = {"name": name, "what": what, "span": other}
        raise UnableToChangeParty(
            _(
                "%(name)s: %(what)s is on record for %(span)s already, and the two would overlap. End that one first, or choose a day outside it."
            )
            % told,
            field,
        )


def day(value: date | None) -> str:
    """Return a day as the audit trail keeps it, empty for none."""
    return "" if value is None else value.isoformat()
