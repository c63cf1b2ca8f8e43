"""Group steps, award years and working days one row at a time: the plain reading that the fast executor is tested against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from townwright.kernel.formula.executors.dates import add_months
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.rulebook import BandRules, Step
from townwright.kernel.values.rounding import round_fraction
from townwright.kernel.values.workdays import LAST, UnknownWorkingDays, is_working_day

if TYPE_CHECKING:
    from townwright.kernel.formula.executors.interpreter import Interpreter


class Member:
    """A row of a group: its key, whether the filter keeps it (None: not known), its value."""

    __slots__ = ("kept", "key", "row", "value")

    def __init__(self, row: int, key: tuple[Any, ...] | None, kept: bool | None, value: Any) -> None:
        self.row, self.key, self.kept, self.value = row, key, kept, value


def members(interpreter: Interpreter, expr: Expr) -> list[Member]:
    """Return all rows of the entity as members of their groups."""
    value, test, _, keys = expr.extra.parts(expr.args)
    found = []
    for row in range(interpreter.rows.size(expr.entity)):
        key = tuple(interpreter.value(one, row) for one in keys)
        kept = True if test is None else interpreter.value(test, row)
        held = True if value is None else interpreter.value(value, row)
        found.append(Member(row, None if None in key else key, kept, held))
    return found


def group_value(interpreter: Interpreter, expr: Expr, row: int) -> Any:
    """Return the value of a group step for one row."""
    everyone = interpreter.members_of(expr)
    own = everyone[row]
    if own.key is None:
        return None
    group = [one for one in everyone if one.key == own.key]
    if expr.op == "group" and expr.name in ("ANY", "ALL"):
        return quantified(expr.name, [one.value for one in group if one.kept], any(one.kept is None for one in group))
    if any(one.kept is None or (one.kept and one.value is None and expr.name != "COUNT") for one in group):
        return None
    part = [one for one in group if one.kept and one.value is not None]
    if expr.op == "group":
        return _summary(expr.name, [one.value for one in part])
    if own not in part:
        return None
    if expr.op == "rank":
        return Fraction(_rank([one.value for one in part], own.value, expr.extra.order, expr.extra.ties))
    table = interpreter.compiled.book.tables[expr.name]
    assert table.bands is not None
    steps = interpreter.compiled.steps(expr.name)
    return _vetoed(interpreter, expr, row, steps, _band([one.value for one in part], own.value, steps, table.bands))


def _summary(name: str, values: list[Any]) -> Any:
    if name == "COUNT":
        return Fraction(len(values))
    if name == "SUM":
        return sum(values, Fraction(0))
    if not values:
        return None
    return median(values) if name == "MEDIAN" else min(values) if name == "MIN" else max(values)


def median(values: list[Fraction]) -> Fraction:
    """Return the middle value, or the mean of the two in the middle."""
    rising = sorted(values)
    half, odd = divmod(len(rising), 2)
    return rising[half] if odd else (rising[half - 1] + rising[half]) / 2


def quantified(name: str, values: list[Any], doubtful: bool) -> bool | None:
    """Return ANY or ALL, three-valued."""
    decisive = name == "ANY"
    if any(value is decisive for value in values):
        return decisive
    return None if doubtful or any(value is None for value in values) else not decisive


def _rank(values: list[Fraction], own: Fraction, order: str, ties: str) -> int:
    better = [value for value in values if (value > own if order == "desc" else value < own)]
    return 1 + (len(set(better)) if ties == "dense" else len(better))


def _band(values: list[Fraction], own: Fraction, steps: tuple[Step, ...], rules: BandRules) -> int:
    if len(values) < rules.fewer:
        return [step.band for step in steps].index(rules.small)
    place = _rank(values, own, rules.order, "competition")
    if rules.ties == "down":
        place += values.count(own) - 1
    for index, step in enumerate(steps):
        if place <= round_fraction(step.start * len(values), rules.rounding):
            return index
    return len(steps) - 1


def _vetoed(interpreter: Interpreter, expr: Expr, row: int, steps: tuple[Step, ...], band: int) -> str | None:
    names = [step.band for step in steps]
    if not expr.extra.veto:
        return names[band]
    held = interpreter.value(expr.extra.parts(expr.args)[2], row)
    if held is None:
        return None
    return names[max(band, names.index(expr.extra.veto))] if held else names[band]


def _worked(day: date) -> bool:
    try:
        return is_working_day(day)
    except UnknownWorkingDays as fault:
        raise UnableToEvaluate("working-day", problem=fault.said) from fault


def working_days_between(args: list[Any], expr: Expr) -> Fraction:
    """Count the working days from the first day up to but without the second."""
    first, second = args
    sign = 1 if first <= second else -1
    day, end, count = min(first, second), max(first, second), 0
    for edge in (day, end):
        if edge != LAST + timedelta(days=1):
            _worked(edge)
    while day < end:
        count += _worked(day)
        day += timedelta(days=1)
    return Fraction(sign * count)


def add_working_days(args: list[Any], expr: Expr) -> date:
    """Step to the n-th working day after the day, or before it."""
    day, count = args[0], int(args[1])
    _worked(day)
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        day += step
        count -= (1 if count > 0 else -1) * _worked(day)
    return day  # type: ignore[no-any-return]


def award_year(args: list[Any], expr: Expr) -> Fraction:
    """Count years from the first day on, the first being 1."""
    first, day = args
    years = day.year - first.year
    return Fraction(years + (add_months(first, 12 * years) <= day))


def add_days(args: list[Any], expr: Expr) -> date | None:
    """Return the day some days later; None where no calendar has it."""
    try:
        return date.fromordinal(args[0].toordinal() + int(args[1]))
    except (ValueError, OverflowError):
        return None


STEPS: dict[str, Callable[[list[Any], Expr], Any]] = {
    "add_days": add_days, "day": lambda a, _: Fraction(a[0].day), "award_year": award_year,
    "working_days_between": working_days_between, "add_working_days": add_working_days,
}  # fmt: skip
