"""The one place that reads the clock. Only doors (pages, command line, jobs) may call it."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)  # noqa: TID251
