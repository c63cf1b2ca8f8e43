"""Days over whole columns: working days, award years, days added."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from townwright.kernel.formula.executors import arrays
from townwright.kernel.formula.executors.arrays import Array, Days, Num
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import Expr
from townwright.kernel.values.rounding import FLOOR
from townwright.kernel.values.workdays import FIRST, LAST, UnknownWorkingDays, require_known, working_days

EPOCH = date(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = (date.min - EPOCH).days, (date.max - EPOCH).days
_BEYOND = 10**7


def months_of(days: Array) -> tuple[Array, Array]:
    """Return months since 1970-01 and days past the first of the month."""
    stamps = days.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    return months.astype(np.int64), (stamps - months).astype(np.int64)


def later_months(days: Array, count: Array) -> Array:
    """Return days some months later, on the month's last day where it has fewer days."""
    month, rest = months_of(days)
    target = (month + count).astype("datetime64[M]")
    length = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64)
    return np.asarray(target.astype("datetime64[D]").astype(np.int64) + np.minimum(rest, length - 1))


def _counts(count: Num) -> Array:
    """Return whole counts; what no calendar could hold is cut down to what is still outside of any."""
    return np.asarray(np.clip(arrays.round_to(count, FLOOR, Fraction(1)).num, -_BEYOND, _BEYOND).astype(np.int64))


def _within(found: Array, ok: Array) -> Days:
    """Return days; those outside the years 1 to 9999 are missing."""
    inside = (found >= _FIRST_DAY) & (found <= _LAST_DAY)
    return Days(np.where(inside, found, 0), ok & inside)


def add_days(args: list[Any], expr: Expr) -> Days:
    """Return the day some days later; missing where no calendar has it."""
    day, count = args
    return _within(day.val + _counts(count), day.ok & count.ok)


def add_months(args: list[Any], expr: Expr) -> Days:
    """Return the day some months later; missing where no calendar has it."""
    day, count = args
    return _within(later_months(day.val, _counts(count)), day.ok & count.ok)


def day_of_month(args: list[Any], expr: Expr) -> Num:
    """Return the day of the month, from 1."""
    _, rest = months_of(args[0].val)
    return Num(np.asarray(rest + 1), 1, args[0].ok, 31, 1)


def award_year(args: list[Any], expr: Expr) -> Num:
    """Return which year from the first day on holds the day: 1 up to the day before the anniversary, then 2; 0 before."""
    first, day = args
    start, _ = months_of(first.val)
    now, _ = months_of(day.val)
    years = now // 12 - start // 12
    reached = later_months(np.asarray(first.val), np.asarray(12 * years)) <= day.val
    return arrays.tightened(Num(np.asarray(years + reached), 1, first.ok & day.ok, 10**6, 1))


@cache
def _worked() -> Array:
    return np.asarray([(day - EPOCH).days for day in working_days()], dtype=np.int64)


def _require(days: Array, ok: Array, *, end: bool = False) -> None:
    """Refuse rows outside the known years; an end that is not included may be the day after."""
    low, high = (FIRST - EPOCH).days, (LAST - EPOCH).days + end
    wrong = ok & ((days < low) | (days > high))
    if bool(np.any(wrong)):
        try:
            require_known(EPOCH + timedelta(days=int(days[wrong][0])))
        except UnknownWorkingDays as fault:
            raise UnableToEvaluate("working-day", problem=fault.said) from fault
        raise UnableToEvaluate("working-days-end", last=LAST)


def working_days_between(args: list[Any], expr: Expr) -> Num:
    """Return the working days from the first day up to but without the second; negative when it lies before."""
    first, second, ok = np.broadcast_arrays(args[0].val, args[1].val, args[0].ok & args[1].ok)
    _require(first, ok, end=True)
    _require(second, ok, end=True)
    worked = _worked()
    return Num(np.searchsorted(worked, second) - np.searchsorted(worked, first), 1, ok, 10**6, 1)


def add_working_days(args: list[Any], expr: Expr) -> Days:
    """Return the n-th working day after the day (before it for a negative n); 0 leaves the day as it is."""
    day, count, ok = np.broadcast_arrays(args[0].val, _counts(args[1]), args[0].ok & args[1].ok)
    _require(day, ok)
    worked = _worked()
    after = np.searchsorted(worked, day, side="right") + count - 1
    before = np.searchsorted(worked, day, side="left") + count
    place = np.where(count > 0, after, before)
    outside = ok & (count != 0) & ((place < 0) | (place >= worked.size))
    if bool(np.any(outside)):
        row = int(np.flatnonzero(outside)[0])
        start = EPOCH + timedelta(days=int(day[row]))
        raise UnableToEvaluate("working-days", count=int(count[row]), day=start, first=FIRST, last=LAST)
    found = worked[np.clip(place, 0, worked.size - 1)]
    return Days(np.where(count == 0, day, found), ok)


STEPS: dict[str, Callable[[list[Any], Expr], Any]] = {
    "add_days": add_days, "add_months": add_months, "day": day_of_month, "award_year": award_year,
    "working_days_between": working_days_between, "add_working_days": add_working_days,
}  # fmt: skip
