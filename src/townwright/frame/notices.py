"""What a firm is told of: days by which something is to be done, and what was decided. Derived whenever asked for, never stored.

The frame knows no returns and no awards: apps lend their questions when the site is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know. ``uid`` stays the same while it is about the same thing; ``address`` is the page of it.

    ``day`` is a day by which to act where ``deadline``, else the day on which it happened. ``state`` is late, open, ahead or told.
    """

    uid: str
    day: date
    deadline: bool
    state: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    address: str


Ask = Callable[[Any, Any, date], list[Notice]]
_LENT: dict[str, Ask] = {}


def lend_notices(name: str, ask: Ask) -> None:
    """Take the question of an app: given zone, firm and day, what is there to tell?"""
    _LENT[name] = ask


def notices(zone: Any, firm: Any, *, today: date) -> list[Notice]:
    """Return what the firm is told of on the day: what is late or to be done first, then what happened, the newest first."""
    found = [one for ask in _LENT.values() for one in ask(zone, firm, today)]
    acting = sorted((one for one in found if one.deadline), key=lambda one: (one.day, one.uid))
    told = sorted((one for one in found if not one.deadline), key=lambda one: (-one.day.toordinal(), one.uid))
    return [*acting, *told]
