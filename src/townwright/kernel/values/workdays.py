"""Working days of mainland China: weekdays less statutory holidays plus the weekend days worked in lieu.

The data are those of the chinesecalendar package, which follows the yearly notices of the State Council. A day of a year
without a notice is refused, never guessed.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar
from chinese_calendar.constants import holidays

from townwright.kernel.values.said import SaidError

FIRST = date(min(holidays).year, 1, 1)
LAST = date(max(holidays).year, 12, 31)


class UnknownWorkingDays(SaidError):
    """A day lies outside the years whose holidays are known; the message says which years are."""


def require_known(day: date) -> None:
    """Refuse a day of which it is not known whether people work.

    Raises:
        UnknownWorkingDays: the day lies before or after the known years.
    """
    if not FIRST <= day <= LAST:
        raise UnknownWorkingDays(
            f"{day} 不在工作日日历之内，日历涵盖 {FIRST} 至 {LAST}：该年放假通知公布后请更新 chinesecalendar，或改按自然日计算。",
            f"{day} lies outside the calendar of working days, which covers {FIRST} to {LAST}: "
            "update the chinesecalendar package once the notice for that year is out, or count calendar days.",
        )


def is_working_day(day: date) -> bool:
    """Say whether the day is worked.

    Raises:
        UnknownWorkingDays: the day lies outside the known years.
    """
    require_known(day)
    return bool(chinese_calendar.is_workday(day))


@cache
def working_days() -> tuple[date, ...]:
    """Return all known working days in order."""
    days = (FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1))
    return tuple(day for day in days if is_working_day(day))
