"""Conditions on how a text begins, in a form that an index of either database answers."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q

_LAST = "\U0010ffff"


def begins(field: str, text: str) -> Q:
    """Return the condition that a text column begins so; capitals count.

    PostgreSQL has an index for patterns beside that of each text column. SQLite's LIKE uses none, and passes over capitals;
    its texts are in the order of code points, so that what begins so lies between two bounds.
    """
    found = Q(**{f"{field}__startswith": text})
    if text and connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + _LAST}) & found
    return found
