"""Dates in integer programs: the proleptic Gregorian calendar by whole divisions."""

from __future__ import annotations

from townwright.kernel.formula.executors.program import Program
from townwright.kernel.formula.executors.ranges import FIRST_DAY, LAST_DAY, Unprovable
from townwright.kernel.values.rounding import FLOOR

# Days from 0000-03-01, on which the count of eras rests, to 1970-01-01; days of 400 years.
_SHIFT, _ERA = 719_468, 146_097


def _div(p: Program, a: int, by: int) -> int:
    return p.div(a, p.const(by), FLOOR)


def _rest(p: Program, a: int, by: int) -> int:
    return p.within(p.sub(a, p.times(_div(p, a, by), by)), 0, by - 1)


def month_and_day(p: Program, days: int) -> tuple[int, int]:
    """Return the month, counted from January of the year 0, and the day of the month less one."""
    shifted = p.add(days, p.const(_SHIFT))
    era = _div(p, shifted, _ERA)
    doe = p.within(p.sub(shifted, p.times(era, _ERA)), 0, _ERA - 1)
    leaps = p.sub(p.add(p.sub(doe, _div(p, doe, 1460)), _div(p, doe, 36_524)), _div(p, doe, 146_096))
    yoe = p.within(_div(p, leaps, 365), 0, 399)
    before = p.sub(p.add(p.times(yoe, 365), _div(p, yoe, 4)), _div(p, yoe, 100))
    doy = p.within(p.sub(doe, before), 0, 365)
    mp = p.within(_div(p, p.add(p.times(doy, 5), p.const(2)), 153), 0, 11)
    first = _div(p, p.add(p.times(mp, 153), p.const(2)), 5)
    rest = p.within(p.sub(doy, first), 0, 30)
    # Months run from March: month number mp + 2 counted from January carries into the next year by itself.
    year = p.add(yoe, p.times(era, 400))
    return p.add(p.add(p.times(year, 12), mp), p.const(2)), rest


def year(p: Program, days: int) -> int:
    """Return the calendar year."""
    return _div(p, month_and_day(p, days)[0], 12)


def month(p: Program, days: int) -> int:
    """Return the month, 1 to 12."""
    return p.add(_rest(p, month_and_day(p, days)[0], 12), p.const(1))


def day(p: Program, days: int) -> int:
    """Return the day of the month, from 1."""
    return p.add(month_and_day(p, days)[1], p.const(1))


def add_days(p: Program, days: int, count: int) -> int:
    """Return the day some days later.

    Raises:
        Unprovable: the result may lie outside the years 1 to 9999.
    """
    target = p.add(days, count)
    if p.span(target).lo < FIRST_DAY or p.span(target).hi > LAST_DAY:
        raise Unprovable("a date may leave the years 1 to 9999")
    return target


def award_year(p: Program, first: int, day_: int) -> int:
    """Return which year from the first day on holds the day: 1 up to the day before the anniversary, then 2; 0 before."""
    years = p.sub(year(p, day_), year(p, first))
    reached = p.not_(p.lt(day_, add_months(p, first, p.times(years, 12))))
    return p.add(years, p.sel(reached, p.const(1), p.const(0)))


def months_between(p: Program, first: int, second: int) -> int:
    """Return the full months from the first day to the second, counted down where it lies before."""
    (month1, day1), (month2, day2) = month_and_day(p, first), month_and_day(p, second)
    short = p.sel(p.lt(day2, day1), p.const(1), p.const(0))
    return p.sub(p.sub(month2, month1), short)


def years_between(p: Program, first: int, second: int) -> int:
    """Return the full years."""
    return _div(p, months_between(p, first, second), 12)


def add_months(p: Program, days: int, count: int) -> int:
    """Return the day some months later, the month's last where it has fewer days.

    Raises:
        Unprovable: the result may lie outside the years 1 to 9999.
    """
    months, rest = month_and_day(p, days)
    target = p.add(months, count)
    span = p.span(target)
    if span.lo < 12 or span.hi >= 12 * 10_000:
        raise Unprovable("a date may leave the years 1 to 9999")
    start, following = _first_of(p, target), _first_of(p, p.add(target, p.const(1)))
    length = p.within(p.sub(following, start), 28, 31)
    day = p.add(start, p.min(rest, p.sub(length, p.const(1))))
    return p.within(day, max(FIRST_DAY, p.span(day).lo), min(LAST_DAY, p.span(day).hi))


def _first_of(p: Program, months: int) -> int:
    """Return the first day of a month counted from January of the year 0."""
    marched = p.sub(months, p.const(2))
    years, mp = _div(p, marched, 12), _rest(p, marched, 12)
    leaps = p.add(p.sub(_div(p, years, 4), _div(p, years, 100)), _div(p, years, 400))
    doy = _div(p, p.add(p.times(mp, 153), p.const(2)), 5)
    return p.sub(p.add(p.add(p.times(years, 365), leaps), doy), p.const(_SHIFT))
