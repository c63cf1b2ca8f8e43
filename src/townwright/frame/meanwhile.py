"""Two editors of one record: what has changed since the second one opened the form, by whom, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from townwright.frame.models import AuditEntry

MOST_READ = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A field that somebody changed since the form was opened: what the form showed, what stands now.

    ``who`` is empty where no entry about this record tells the field, as after an import of a whole file.
    """

    field: str
    seen: str
    now: str
    who: str = ""
    at: datetime | None = None


def changed_since(seen: Mapping[str, Any], stored: Mapping[str, Any]) -> list[Change]:
    """Return the fields of ``seen`` whose stored value is another one; ends of lines and blanks around do not count."""
    pairs = ((name, _plain(value), _plain(stored.get(name))) for name, value in seen.items())
    return [Change(name, before, now) for name, before, now in pairs if before != now]


def with_authors(changes: Iterable[Change], *, zone: Any, subject: str, names: Mapping[str, str] | None = None) -> tuple[Change, ...]:
    """Say of each change who made it last and when, by the audit entries on the subject, newest first.

    ``names`` tells under which name the entries keep a field, where it is another one.
    """
    entries = list(AuditEntry.objects.in_zone(zone).filter(subject=subject).order_by("-at", "-id")[:MOST_READ])
    found = []
    for one in changes:
        kept = (names or {}).get(one.field, one.field)
        entry = next((entry for entry in entries if kept in (entry.new or {})), None)
        found.append(one if entry is None else Change(one.field, one.seen, one.now, entry.actor_label, entry.at))
    return tuple(found)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value).replace("\r\n", "\n").strip()
