"""The calendar that a person subscribes to: the days of every firm that they act for, at an address that nobody can guess."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.doors.subjects import subjects
from townwright.frame.models import CalendarFeed, RoleAssignment
from townwright.frame.notices import notices
from townwright.frame.permissions import DELEGATE
from townwright.frame.text import in_language


def feed(user: Any) -> CalendarFeed | None:
    """Return the person's calendar address, without its secret, if there is one."""
    return CalendarFeed.objects.filter(user=user).first()


def make_feed(*, user: Any, language: str, actor: Actor, at: datetime) -> str:
    """Make the person's calendar address and return its secret, told this once; one that they had opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    with write(verb="calendar.make", subject=user.get_username(), zone=None, actor=actor, at=at) as told:
        _row, made = CalendarFeed.objects.update_or_create(
            user=user, defaults={"digest": _digest(secret), "language": language, "made_at": at}
        )
        told.new = {"replaced": not made}
    return secret


def revoke_feed(*, user: Any, actor: Actor, at: datetime) -> None:
    """Take the person's calendar address back; repeated, it changes nothing."""
    with write(verb="calendar.revoke", subject=user.get_username(), zone=None, actor=actor, at=at) as told:
        if not CalendarFeed.objects.filter(user=user).delete()[0]:
            told.nothing_changed()


def feed_of(secret: str) -> CalendarFeed | None:
    """Return the feed that a secret opens, None where it is unknown or replaced, or its person is no longer active."""
    return CalendarFeed.objects.select_related("user").filter(digest=_digest(secret), user__is_active=True).first()


def calendar_of(row: CalendarFeed, *, at: datetime, absolute: Callable[[str], str]) -> bytes:
    """Return the iCalendar (RFC 5545) of the firms that the person acts for now, an event a notice."""
    held = RoleAssignment.objects.across_zones("one person's firms").filter(user=row.user, role=DELEGATE).exclude(party_key="")
    told = Calendar()
    told.add("prodid", "-//Townwright//firm portal//")
    told.add("version", "2.0")
    seen = set()
    with override(row.language):
        told.add("x-wr-calname", _("Townwright: days of our firms"))
        for one in held.select_related("zone").order_by("zone__code", "party_key"):
            try:
                firm, _keys = subjects().own_keys(one.zone, one.party_key)
            except LookupError:
                continue
            if (one.zone_id, firm.key) in seen:
                continue
            seen.add((one.zone_id, firm.key))
            for notice in notices(one.zone, firm, today=at.astimezone(ZoneInfo(one.zone.time_zone)).date()):
                told.add_component(_event(notice, one.zone, firm, at, absolute))
    return told.to_ical()


def _event(notice: Any, zone: Any, firm: Any, at: datetime, absolute: Callable[[str], str]) -> Event:
    """Return a notice as an event that lasts its day."""
    event = Event()
    event.add("uid", f"{notice.uid}-{firm.pk}@{zone.code}.townwright")
    event.add("dtstamp", at)
    event.add("dtstart", notice.day)
    event.add("dtend", notice.day + timedelta(days=1))
    event.add("summary", f"{in_language(notice.title)} · {firm.name}")
    address = absolute(notice.address)
    event.add("description", "\n".join(filter(None, (in_language(notice.text), address))))
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event


def _digest(secret: str) -> str:
    # The secret holds 256 random bits: a slow hash would add nothing.
    return hashlib.sha256(secret.encode()).hexdigest()
