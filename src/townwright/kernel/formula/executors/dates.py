"""Months of the calendar, for single dates."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def full_months(first: date, second: date) -> int:
    """Return the full months from the first date to the second (negative when it lies before)."""
    return (second.year - first.year) * 12 + second.month - first.month - (second.day < first.day)


def add_months(day: date, count: int) -> date:
    """Return the date some months later, on the month's last day where it has fewer days."""
    index = day.year * 12 + day.month - 1 + count
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
