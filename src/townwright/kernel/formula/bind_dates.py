"""Dates: months, years, working days, fiscal and award years, and the period judged."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.parse import refuse
from townwright.kernel.formula.rulebook import Rounding
from townwright.kernel.formula.types import DATE, NUMBER, T_BOOL, T_DATE, Type
from townwright.kernel.formula.units import RATIO, Unit
from townwright.kernel.values.rounding import FLOOR

if TYPE_CHECKING:
    from townwright.kernel.formula.bind import Binder

Args = list[exp.Expression]
_WHOLE = Type(NUMBER, RATIO, "int", 0)
_UNIT_ZH = {"month": "月", "year": "年", "day": "天"}


def _whole(binder: Binder, value: int) -> Expr:
    return binder.literal(Fraction(value), _WHOLE)


def between_dates(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    """Bind MONTHS_BETWEEN, YEARS_BETWEEN, DAYS_BETWEEN, WORKING_DAYS_BETWEEN."""
    unit = {"MONTHS_BETWEEN": "month", "YEARS_BETWEEN": "year"}.get(name, "day")
    first, second = binder.expect(args[0], DATE), binder.expect(args[1], DATE)
    return binder.make(name.lower(), Type(NUMBER, Unit.parse(unit), "int", 0), node, first, second)


def add_to_date(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    """Bind ADD_MONTHS, ADD_DAYS, ADD_WORKING_DAYS."""
    unit = "month" if name == "ADD_MONTHS" else "day"
    day, count = binder.expect(args[0], DATE), binder.expect(args[1], NUMBER)
    if count.type.unit not in (RATIO, Unit.parse(unit)) or count.type.places != 0:
        raise refuse(node, "whole-count", name=name, unit=Said(_UNIT_ZH[unit], unit))
    return binder.make(name.lower(), T_DATE, node, day, count)


def part_of_date(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    """Bind YEAR, MONTH, DAY, QUARTER."""
    day = binder.expect(args[0], DATE)
    if name != "QUARTER":
        return binder.make(name.lower(), _WHOLE, node, day)
    month = binder.make("month", _WHOLE, node, day, text=f"MONTH({day.text})")
    shifted = binder.make("add", _WHOLE, node, month, _whole(binder, 2), text=f"MONTH({day.text}) + 2")
    third = binder.make("div", Type(NUMBER, RATIO, "number", None), node, shifted, _whole(binder, 3), text=f"({shifted.text}) / 3")
    return binder.make("round", _WHOLE, node, third, extra=Rounding(FLOOR, Fraction(1)))


def start_of(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    """Bind MONTH_START, YEAR_START."""
    day = binder.expect(args[0], DATE)
    back = binder.make("sub", _WHOLE, node, _whole(binder, 1), binder.make("day", _WHOLE, node, day), text=f"1 - DAY({day.text})")
    first = binder.make("add_days", T_DATE, node, day, back)
    if name == "MONTH_START":
        return first
    months = binder.make("sub", _WHOLE, node, _whole(binder, 1), binder.make("month", _WHOLE, node, day), text=f"1 - MONTH({day.text})")
    return binder.make("add_months", T_DATE, node, first, months)


def fiscal_year(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    """Bind FISCAL_YEAR(d, first month, 'start' or 'end')."""
    day = binder.expect(args[0], DATE)
    month = int(args[1].name) if isinstance(args[1], exp.Literal) and args[1].name.isdigit() else 0
    if not 1 <= month <= 12:
        raise refuse(node, "fiscal-month")
    named = args[2].name if isinstance(args[2], exp.Literal) else ""
    if named not in ("start", "end"):
        raise refuse(node, "option", value=named, name=name, choices="'start', 'end'")
    moved = day if month == 1 else binder.make("add_months", T_DATE, node, day, _whole(binder, 1 - month))
    year = binder.make("year", _WHOLE, node, moved)
    return binder.make("add", _WHOLE, node, year, _whole(binder, 1)) if named == "end" and month > 1 else year


def award_year(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    """Bind AWARD_YEAR(first day[, day]); without a day it is the last of the period."""
    first = binder.expect(args[0], DATE)
    if len(args) == 2:
        day = binder.expect(args[1], DATE)
    else:
        end = binder.make("period_end", T_DATE, node, text="PERIOD_END()")
        day = binder.make("add_days", T_DATE, node, end, _whole(binder, -1), text="PERIOD_END() - 1")
    return binder.make("award_year", _WHOLE, node, first, day)


def period(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    """Bind PERIOD_START, PERIOD_END, PERIOD_YEAR."""
    return binder.make(name.lower(), _WHOLE if name == "PERIOD_YEAR" else T_DATE, node)


def in_period(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    """Bind IN_PERIOD(d): from the first day of the period up to but without the first day after."""
    day = binder.expect(args[0], DATE)
    start, end = _edges(binder, node)
    above = binder.make("ge", T_BOOL, node, day, start, text=f"{day.text} >= PERIOD_START()")
    below = binder.make("lt", T_BOOL, node, day, end, text=f"{day.text} < PERIOD_END()")
    return binder.make("and", T_BOOL, node, above, below)


def overlap_days(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    """Bind OVERLAP_DAYS(a, b): the days of [a, b) that lie in the period."""
    first, second = binder.expect(args[0], DATE), binder.expect(args[1], DATE)
    start, end = _edges(binder, node)
    days = Type(NUMBER, Unit.parse("day"), "int", 0)
    begins = binder.make("greatest", T_DATE, node, first, start, text=f"GREATEST({first.text}, PERIOD_START())")
    ends = binder.make("least", T_DATE, node, second, end, text=f"LEAST({second.text}, PERIOD_END())")
    span = binder.make("days_between", days, node, begins, ends, text=f"DAYS_BETWEEN({begins.text}, {ends.text})")
    return binder.make("greatest", days, node, span, binder.literal(Fraction(0), days))


def _edges(binder: Binder, node: exp.Expression) -> tuple[Expr, Expr]:
    start = binder.make("period_start", T_DATE, node, text="PERIOD_START()")
    return start, binder.make("period_end", T_DATE, node, text="PERIOD_END()")


__all__ = [
    "add_to_date", "award_year", "between_dates", "fiscal_year", "in_period", "overlap_days", "part_of_date", "period", "start_of",
]  # fmt: skip
