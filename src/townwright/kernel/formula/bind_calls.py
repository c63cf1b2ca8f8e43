"""The scalar functions of the language: arguments and result types."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from townwright.kernel.formula.bind_rules import combine_branches, decimal_places
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.parse import refuse, source_of
from townwright.kernel.formula.rulebook import Rounding
from townwright.kernel.formula.types import DATE, NUMBER, T_BOOL, T_DATE, T_TEXT, TEXT, Type
from townwright.kernel.formula.units import RATIO, Unit, UnknownUnit
from townwright.kernel.values.rounding import MODES

if TYPE_CHECKING:
    from townwright.kernel.formula.bind import Binder

Args = list[exp.Expression]
_COUNT = Type(NUMBER, RATIO, "int", 0)


def bind_call(binder: Binder, node: exp.Expression, name: str) -> Expr:
    """Bind a scalar function call.

    Raises:
        FormulaError: wrong number or types of arguments.
    """
    args: Args = list(node.expressions)
    least, most, method = _CALLS[name]
    if not least <= len(args) <= most:
        wanted = f"{least}" if least == most else f"{least} or more" if most > 9 else f"{least} to {most}"
        raise refuse(node, f"{name} takes {wanted} arguments, not {len(args)}.")
    return method(binder, node, name, args)


def _choose(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    values = [binder.bind(arg) for arg in args]
    if name != "COALESCE" and values[0].type.kind not in (NUMBER, DATE):
        raise refuse(node, f"{name} takes numbers or dates.")
    return binder.make(name.lower(), combine_branches(node, values), node, *values)


def _absolute(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    inner = binder.expect(args[0], NUMBER)
    return binder.make("abs", inner.type, node, inner)


def _round(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    inner = binder.expect(args[0], NUMBER)
    mode = args[2].name if isinstance(args[2], exp.Literal) else ""
    if not isinstance(args[1], exp.Literal) or args[1].is_string or Fraction(args[1].name) <= 0:
        raise refuse(node, "the step of ROUND_TO is a positive literal such as 0.01.")
    if mode not in MODES:
        raise refuse(node, f"rounding mode {mode!r} is not known.", f"The modes are {', '.join(MODES)}.")
    places = len(args[1].name.partition(".")[2])
    return binder.make("round", Type(NUMBER, inner.type.unit, "number", places), node, inner, extra=Rounding(mode, Fraction(args[1].name)))


def _between_dates(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    unit = {"MONTHS_BETWEEN": "month", "YEARS_BETWEEN": "year", "DAYS_BETWEEN": "day"}[name]
    first, second = binder.expect(args[0], DATE), binder.expect(args[1], DATE)
    return binder.make(name.lower(), Type(NUMBER, Unit.parse(unit), "int", 0), node, first, second)


def _add_months(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    day, count = binder.expect(args[0], DATE), binder.expect(args[1], NUMBER)
    if count.type.unit not in (RATIO, Unit.parse("month")) or count.type.places != 0:
        raise refuse(node, "ADD_MONTHS takes a whole number of months.")
    return binder.make("add_months", T_DATE, node, day, count)


def _part(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    return binder.make(name.lower(), _COUNT, node, binder.expect(args[0], DATE))


def _period(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    return binder.make(name.lower(), _COUNT if name == "PERIOD_YEAR" else T_DATE, node)


def _table(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    value = binder.expect(args[0], NUMBER)
    table = binder.book.tables.get(args[1].name) if isinstance(args[1], exp.Placeholder) else None
    if table is None or table.kind != name.lower():
        fitting = [one.name for one in binder.book.tables.values() if one.kind == name.lower()]
        raise refuse(
            node, f"{name} needs a table of kind {name.lower()}.", f"There is {', '.join(':' + one for one in fitting) or 'none'}."
        )
    if value.type.unit != table.input_unit:
        raise refuse(node, f"{value.text} is in {value.type.unit}, but table :{table.name} is entered with {table.input_unit}.")
    steps = [step for _, rows in table.values for step in rows]
    places = max((decimal_places(step.value) for step in steps), default=0)
    if name == "BRACKET":
        limits = max((decimal_places(step.start) for step in steps), default=0)
        inner = value.type.places
        places_out = None if inner is None else places + max(inner, limits)
        return binder.make("bracket", Type(NUMBER, table.input_unit, "number", places_out), node, value, name=table.name)
    return binder.make("tier", Type(NUMBER, table.unit, "number", places), node, value, name=table.name)


def _text(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    inner = binder.expect(args[0], TEXT)
    if not isinstance(args[1], exp.Literal):
        raise refuse(node, f"the second argument of {name} is a literal.")
    if name == "LEFT":
        if args[1].is_string or not args[1].name.isdigit():
            raise refuse(node, "LEFT takes a whole number of characters.")
        return binder.make("left", T_TEXT, node, inner, extra=int(args[1].name))
    if not args[1].is_string:
        raise refuse(node, "STARTS_WITH takes a text in quotes.")
    return binder.make("starts_with", T_BOOL, node, inner, extra=args[1].name)


def _unit(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    if not isinstance(args[0], exp.Literal) or args[0].is_string or not isinstance(args[1], exp.Literal) or not args[1].is_string:
        raise refuse(node, "UNIT takes a literal number and a unit in quotes.", "Write UNIT(12, 'month').")
    try:
        unit = Unit.parse(args[1].name)
    except UnknownUnit as fault:
        raise refuse(node, f"{fault}.") from fault
    places = len(args[0].name.partition(".")[2])
    return Expr("literal", Type(NUMBER, unit, "number", places), binder.scope.entity, value=Fraction(args[0].name), text=source_of(node))


Method = Callable[["Binder", exp.Expression, str, Args], Expr]
_CALLS: dict[str, tuple[int, int, Method]] = {
    "LEAST": (2, 99, _choose), "GREATEST": (2, 99, _choose), "COALESCE": (2, 99, _choose), "ABS": (1, 1, _absolute),
    "ROUND_TO": (3, 3, _round), "MONTHS_BETWEEN": (2, 2, _between_dates), "YEARS_BETWEEN": (2, 2, _between_dates),
    "DAYS_BETWEEN": (2, 2, _between_dates), "ADD_MONTHS": (2, 2, _add_months), "YEAR": (1, 1, _part), "MONTH": (1, 1, _part),
    "PERIOD_START": (0, 0, _period), "PERIOD_END": (0, 0, _period), "PERIOD_YEAR": (0, 0, _period), "TIER": (2, 2, _table),
    "BRACKET": (2, 2, _table), "LEFT": (2, 2, _text), "STARTS_WITH": (2, 2, _text), "UNIT": (2, 2, _unit),
}  # fmt: skip
