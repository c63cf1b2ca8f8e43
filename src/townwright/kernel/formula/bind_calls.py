"""The scalar functions of the language: arguments and result types."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from townwright.kernel.formula import bind_dates
from townwright.kernel.formula.bind_prior import bind_prior
from townwright.kernel.formula.bind_rules import SUBTRACTED, combine_branches, decimal_places, same_unit
from townwright.kernel.formula.ir import Expr
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.naming import listing
from townwright.kernel.formula.parse import refuse, source_of
from townwright.kernel.formula.rulebook import Rounding
from townwright.kernel.formula.types import DATE, NUMBER, T_BOOL, T_TEXT, TEXT, Type
from townwright.kernel.formula.units import Unit, UnknownUnit
from townwright.kernel.values.rounding import CEILING, FLOOR, MODES

if TYPE_CHECKING:
    from townwright.kernel.formula.bind import Binder

Args = list[exp.Expression]
_SECOND = Said("第二个", "second")


def bind_call(binder: Binder, node: exp.Expression, name: str) -> Expr:
    """Bind a scalar function call.

    Raises:
        FormulaError: wrong number or types of arguments.
    """
    if name in ("BY", "VETO"):
        where = "BAND(…)" if name == "VETO" else "RANK(…), SHARE(…), BAND(…), SUM(…)"
        raise refuse(node, "inner-call", name=name, where=where)
    args: Args = list(node.expressions)
    least, most, method = _CALLS[name]
    if not least <= len(args) <= most:
        wanted = (
            Said(f"{least}", f"{least}") if least == most
            else Said(f"至少 {least}", f"{least} or more") if most > 9 else Said(f"{least} 至 {most}", f"{least} to {most}")
        )  # fmt: skip
        raise refuse(node, "arguments", name=name, wanted=wanted, count=len(args))
    return method(binder, node, name, args)


def _choose(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    values = [binder.bind(arg) for arg in args]
    if name != "COALESCE" and values[0].type.kind not in (NUMBER, DATE):
        raise refuse(node, "choose-kind", name=name)
    return binder.make(name.lower(), combine_branches(node, values), node, *values)


def _absolute(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    inner = binder.expect(args[0], NUMBER)
    return binder.make("abs", inner.type, node, inner)


def _increase(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    now, base = binder.expect(args[0], NUMBER), binder.expect(args[1], NUMBER)
    unit = same_unit(node, now, base, SUBTRACTED)
    a, b = now.type.places, base.type.places
    type_ = Type(NUMBER, unit, "number", None if a is None or b is None else max(a, b))
    rise = binder.make("sub", type_, node, now, base, text=f"{now.text} - {base.text}")
    return binder.make("greatest", type_, node, rise, binder.literal(Fraction(0), type_))


def _round(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    inner = binder.expect(args[0], NUMBER)
    mode = {"FLOOR": FLOOR, "CEIL": CEILING}.get(name) or (args[2].name if isinstance(args[2], exp.Literal) else "")
    step = args[1] if len(args) > 1 else exp.Literal.number(1)
    if not isinstance(step, exp.Literal) or step.is_string or Fraction(step.name) <= 0:
        raise refuse(node, "round-step", name=name)
    if mode not in MODES:
        raise refuse(node, "rounding-mode", mode=mode, modes=", ".join(MODES))
    places = len(step.name.partition(".")[2])
    return binder.make("round", Type(NUMBER, inner.type.unit, "number", places), node, inner, extra=Rounding(mode, Fraction(step.name)))


def _table(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    value = binder.expect(args[0], NUMBER)
    table = binder.book.tables.get(args[1].name) if isinstance(args[1], exp.Placeholder) else None
    if table is None or table.kind != name.lower():
        fitting = [f":{one.name}" for one in binder.book.tables.values() if one.kind == name.lower()]
        raise refuse(node, "table-kind", name=name, kind=name.lower(), hint=listing(fitting))
    if value.type.unit != table.input_unit:
        raise refuse(node, "table-input", text=value.text, unit=value.type.unit, table=table.name, wanted=table.input_unit)
    if name == "BY_YEAR" and value.type.places != 0:
        raise refuse(node, "whole-year", text=value.text, name=name)
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
    literal = args[1]
    if name == "LEFT":
        if not isinstance(literal, exp.Literal) or literal.is_string or not literal.name.isdigit():
            raise refuse(node, "literal", place=_SECOND, name=name, wanted=Said("整数个字符", "whole number of characters"))
        return binder.make("left", T_TEXT, node, inner, extra=int(literal.name))
    if not isinstance(literal, exp.Literal) or not literal.is_string:
        raise refuse(node, "literal", place=_SECOND, name=name, wanted=Said("带引号的文本", "text in quotes"))
    return binder.make("starts_with", T_BOOL, node, inner, extra=literal.name)


def _unit(binder: Binder, node: exp.Expression, name: str, args: Args) -> Expr:
    if not isinstance(args[0], exp.Literal) or args[0].is_string or not isinstance(args[1], exp.Literal) or not args[1].is_string:
        raise refuse(node, "unit-call")
    try:
        unit = Unit.parse(args[1].name)
    except UnknownUnit as fault:
        raise refuse(node, "type", problem=fault, problem_zh=fault.zh) from fault
    places = len(args[0].name.partition(".")[2])
    return Expr("literal", Type(NUMBER, unit, "number", places), binder.scope.entity, value=Fraction(args[0].name), text=source_of(node))


Method = Callable[["Binder", exp.Expression, str, Args], Expr]
_CALLS: dict[str, tuple[int, int, Method]] = {
    "LEAST": (2, 99, _choose), "GREATEST": (2, 99, _choose), "COALESCE": (2, 99, _choose), "ABS": (1, 1, _absolute),
    "INCREASE": (2, 2, _increase), "ROUND_TO": (3, 3, _round), "FLOOR": (1, 2, _round), "CEIL": (1, 2, _round),
    "MONTHS_BETWEEN": (2, 2, bind_dates.between_dates), "YEARS_BETWEEN": (2, 2, bind_dates.between_dates),
    "DAYS_BETWEEN": (2, 2, bind_dates.between_dates), "WORKING_DAYS_BETWEEN": (2, 2, bind_dates.between_dates),
    "ADD_MONTHS": (2, 2, bind_dates.add_to_date), "ADD_DAYS": (2, 2, bind_dates.add_to_date),
    "ADD_WORKING_DAYS": (2, 2, bind_dates.add_to_date), "YEAR": (1, 1, bind_dates.part_of_date), "MONTH": (1, 1, bind_dates.part_of_date),
    "DAY": (1, 1, bind_dates.part_of_date), "QUARTER": (1, 1, bind_dates.part_of_date), "MONTH_START": (1, 1, bind_dates.start_of),
    "YEAR_START": (1, 1, bind_dates.start_of), "FISCAL_YEAR": (3, 3, bind_dates.fiscal_year), "AWARD_YEAR": (1, 2, bind_dates.award_year),
    "PERIOD_START": (0, 0, bind_dates.period), "PERIOD_END": (0, 0, bind_dates.period), "PERIOD_YEAR": (0, 0, bind_dates.period),
    "IN_PERIOD": (1, 1, bind_dates.in_period), "OVERLAP_DAYS": (2, 2, bind_dates.overlap_days), "TIER": (2, 2, _table),
    "BRACKET": (2, 2, _table), "BY_YEAR": (2, 2, _table), "LEFT": (2, 2, _text), "STARTS_WITH": (2, 2, _text), "UNIT": (2, 2, _unit),
    "PRIOR": (2, 2, bind_prior),
}  # fmt: skip
