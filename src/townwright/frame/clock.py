"""The one place that reads the clock. Only doors (pages, command line, jobs) may call it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)  # noqa: TID251


def today(time_zone: str) -> date:
    """Return the day that it is now in a time zone, named as in ``Asia/Shanghai``."""
    return now().astimezone(ZoneInfo(time_zone)).date()
