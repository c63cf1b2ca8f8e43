"""What was written lately in a zone, without whom it concerns: for counters that everybody may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from townwright.frame.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb and when it was done."""

    verb: str
    at: datetime


def version(zone: Any) -> str:
    """Return a mark that changes with every write in the zone: one row by an index."""
    newest = AuditEntry.objects.in_zone(zone).order_by("-at", "-id").values_list("id", flat=True).first()
    return str(newest or 0)


def _verbs(prefixes: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for prefix in prefixes:
        found |= Q(verb__startswith=prefix)
    return found


def newest(zone: Any, prefixes: Sequence[str], *, most: int) -> list[Deed]:
    """Return the newest writes whose verb begins with one of the prefixes, newest first; no subject, no actor."""
    rows = AuditEntry.objects.in_zone(zone).filter(_verbs(prefixes)).order_by("-at", "-id")
    return [Deed(*told) for told in rows.values_list("verb", "at")[:most]]


def counted(zone: Any, prefixes: Sequence[str], *, since: datetime) -> dict[str, int]:
    """Return how many writes there were since an instant, by prefix."""
    rows = AuditEntry.objects.in_zone(zone).filter(at__gte=since)
    return rows.aggregate(**{prefix.replace(".", "_"): Count("pk", filter=Q(verb__startswith=prefix)) for prefix in prefixes})
