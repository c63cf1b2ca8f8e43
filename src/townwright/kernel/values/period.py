"""Calendar periods: half-open spans of days that can be named, compared and stepped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from townwright.kernel.values.said import SaidError

_FORMS = (
    ("year", re.compile(r"^(\d{4})$")),
    ("quarter", re.compile(r"^(\d{4})-?Q([1-4])$", re.IGNORECASE)),
    ("month", re.compile(r"^(\d{4})-(\d{1,2})$")),
)
_MONTHS = {"year": 12, "quarter": 3, "month": 1}
# The day after a period has to be a date too.
LAST_YEAR = 9998


class UnableToReadPeriod(SaidError):
    """A text does not name a year, a quarter or a month."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar year, quarter or month, from ``start`` up to but without ``end``."""

    start: date
    grain: str

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2016``, ``2016Q1`` or ``2016-03``.

        Raises:
            UnableToReadPeriod: the text has another form, the month is not 1 to 12, or no calendar has the year.
        """
        for grain, form in _FORMS:
            found = form.match(text.strip())
            if not found:
                continue
            year, number = int(found.group(1)), int(found.group(2)) if found.lastindex and found.lastindex > 1 else 1
            if not (1 <= number <= 12 // _MONTHS[grain] and 1 <= year <= LAST_YEAR):
                break
            return cls(date(year, (number - 1) * _MONTHS[grain] + 1, 1), grain)
        raise UnableToReadPeriod(
            f"“{text}”不是期间：请写年份 2016、季度 2016Q1 或月份 2016-03。",
            f"{text!r} is not a period: write a year 2016, a quarter 2016Q1 or a month 2016-03.",
        )

    @classmethod
    def of_year(cls, year: int) -> Period:
        """Return the calendar year."""
        return cls(date(year, 1, 1), "year")

    @classmethod
    def last_full(cls, grain: str, today: date) -> Period:
        """Return the newest year, quarter or month that is over on the day."""
        months = _MONTHS[grain]
        return cls(date(today.year, (today.month - 1) // months * months + 1, 1), grain).shift(-1)

    @property
    def end(self) -> date:
        """The first day after the period."""
        return _add_months(self.start, _MONTHS[self.grain])

    @property
    def last_day(self) -> date:
        """The last day within the period."""
        return self.end - timedelta(days=1)

    @property
    def year(self) -> int:
        """The calendar year that the period lies in."""
        return self.start.year

    def shift(self, count: int) -> Period:
        """Return the period ``count`` steps of the same grain later (earlier when negative)."""
        return Period(_add_months(self.start, count * _MONTHS[self.grain]), self.grain)

    def holds(self, day: date) -> bool:
        """Say whether the day lies within the period."""
        return self.start <= day < self.end

    def is_over(self, today: date) -> bool:
        """Say whether the whole period lies before the day."""
        return self.end <= today

    def __str__(self) -> str:
        if self.grain == "year":
            return f"{self.start.year:04d}"
        if self.grain == "quarter":
            return f"{self.start.year:04d}Q{(self.start.month - 1) // 3 + 1}"
        return f"{self.start.year:04d}-{self.start.month:02d}"


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, day.day)
