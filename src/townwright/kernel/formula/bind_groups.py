"""Group steps: sums, shares, ranks and bands over all rows of an entity that agree in some columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from townwright.kernel.formula.ir import Expr, Grouping
from townwright.kernel.formula.naming import listing
from townwright.kernel.formula.parse import PREFIX, refuse, source_of
from townwright.kernel.formula.types import BOOL, DATE, NUMBER, T_BOOL, T_TEXT, Type
from townwright.kernel.formula.units import RATIO

if TYPE_CHECKING:
    from townwright.kernel.formula.bind import Binder

ORDERS, TIES = ("desc", "asc"), ("competition", "dense")
_COUNTED = Type(NUMBER, RATIO, "int", 0)
_EXAMPLES = {"RANK": "score, BY(section)", "SHARE": "revenue, BY(section)", "BAND": "score, :grades, BY(section)"}


def part_of(call: exp.Expression, name: str) -> exp.Expression | None:
    """Return the argument that is a call of BY or VETO."""
    wanted = f"{PREFIX}{name}".lower()
    for argument in call.expressions:
        if isinstance(argument, exp.Anonymous) and argument.name.lower() == wanted:
            return argument
    return None


def by_of(call: exp.Expression) -> exp.Expression | None:
    """Return the BY(…) of a call, None if it has none."""
    return part_of(call, "BY")


def _keys(binder: Binder, by: exp.Expression | None) -> list[Expr]:
    keys = [binder.bind(key) for key in by.expressions] if by is not None else []
    for node, key in zip(by.expressions if by is not None else [], keys, strict=True):
        if key.type.kind == NUMBER and key.type.places is None:
            raise refuse(node, "group-key", text=key.text)
    return keys


def _positional(call: exp.Expression) -> list[exp.Expression]:
    parts = [part_of(call, "BY"), part_of(call, "VETO")]
    return [argument for argument in call.expressions if not any(argument is part for part in parts)]


def _test(binder: Binder, condition: exp.Expression | None) -> list[Expr]:
    return [binder.expect(condition, BOOL)] if condition is not None else []


def _refuse_inside(binder: Binder, node: exp.Expression, name: str) -> None:
    if binder.scope.over is not None:
        raise refuse(node, "group-place", name=name, entity=binder.scope.entity)


def _value(binder: Binder, node: exp.Expression, argument: exp.Expression, name: str, *kinds: str) -> Expr:
    value = binder.expect(argument, *kinds)
    if value.type.kind == NUMBER and value.type.places is None:
        raise refuse(node, "aggregate-quotient", text=value.text)
    return value


def bind_group_aggregate(binder: Binder, node: exp.Expression, call: exp.Expression, name: str, condition: exp.Expression | None) -> Expr:
    """Bind SUM(x, BY(key…)) and its like.

    Raises:
        FormulaError: within an aggregate, a value of the wrong kind, ONLY.
    """
    _refuse_inside(binder, node, name)
    arguments = _positional(call)
    if name == "ONLY" or len(arguments) > 1 or (not arguments and name != "COUNT"):
        raise refuse(node, "aggregate-arguments", name=name)
    kinds = (BOOL,) if name in ("ANY", "ALL") else (NUMBER, DATE) if name in ("MIN", "MAX") else (NUMBER,)
    kinds = (*kinds, "text", BOOL, DATE) if name == "COUNT" else kinds
    values = [_value(binder, node, argument, name, *kinds) for argument in arguments]
    keys, tests = _keys(binder, by_of(call)), _test(binder, condition)
    grouping = Grouping(bool(values), bool(tests), len(keys))
    text = source_of(node)

    def made(function: str, type_: Type, told: str) -> Expr:
        return Expr("group", type_, binder.scope.entity, (*values, *tests, *keys), name=function, extra=grouping, text=told)

    if name == "COUNT":
        return made(name, _COUNTED, text)
    if name in ("ANY", "ALL"):
        return made(name, T_BOOL, text)
    type_ = values[0].type
    plain = Type(type_.kind, type_.unit, type_.word, type_.places)
    if name == "MEAN":
        total, count = made("SUM", plain, text.replace("MEAN", "SUM", 1)), made("COUNT", _COUNTED, text.replace("MEAN", "COUNT", 1))
        return binder.make("div", Type(NUMBER, type_.unit, type_.word, None), node, total, count)
    if name == "MEDIAN":
        assert type_.places is not None
        return made(name, Type(NUMBER, type_.unit, type_.word, type_.places + 1), text)
    return made(name, plain, text)


def bind_group_step(binder: Binder, node: exp.Expression, call: exp.Expression, name: str, condition: exp.Expression | None) -> Expr:
    """Bind RANK, SHARE or BAND.

    Raises:
        FormulaError: no BY(…), an option or table that is not known, a value of the wrong kind.
    """
    _refuse_inside(binder, node, name)
    by = by_of(call)
    if by is None:
        raise refuse(node, "group-by", name=name, example=_EXAMPLES[name])
    arguments = _positional(call)
    if not arguments:
        raise refuse(node, "arguments", name=name, wanted=2, count=len(call.expressions))
    value = _value(binder, node, arguments[0], name, NUMBER)
    keys, tests = _keys(binder, by), _test(binder, condition)
    if name == "SHARE":
        return _share(binder, node, value, tests, keys, arguments)
    if name == "RANK":
        return _rank(binder, node, value, tests, keys, arguments)
    return _band(binder, node, call, value, tests, keys, arguments)


def _share(
    binder: Binder, node: exp.Expression, value: Expr, tests: list[Expr], keys: list[Expr], arguments: list[exp.Expression]
) -> Expr:  # fmt: skip
    if len(arguments) != 1:
        raise refuse(node, "arguments", name="SHARE", wanted=2, count=len(arguments) + 1)
    text = source_of(node)
    grouping = Grouping(True, bool(tests), len(keys))
    told = text.replace("SHARE", "SUM", 1)
    total = Expr("group", value.type, binder.scope.entity, (value, *tests, *keys), name="SUM", extra=grouping, text=told)
    share = binder.make("div", Type(NUMBER, RATIO, "ratio", None), node, value, total)
    return binder.make("case", share.type, node, tests[0], share, extra=1) if tests else share


def _rank(
    binder: Binder, node: exp.Expression, value: Expr, tests: list[Expr], keys: list[Expr], arguments: list[exp.Expression]
) -> Expr:  # fmt: skip
    order, ties = "desc", "competition"
    for argument in arguments[1:]:
        option = argument.name if isinstance(argument, exp.Literal) and argument.is_string else ""
        if option in ORDERS:
            order = option
        elif option in TIES:
            ties = option
        else:
            raise refuse(argument, "option", value=source_of(argument), name="RANK", choices=", ".join((*ORDERS, *TIES)))
    grouping = Grouping(True, bool(tests), len(keys), order, ties)
    return binder.make("rank", _COUNTED, node, value, *tests, *keys, name="RANK", extra=grouping)


def _band(
    binder: Binder, node: exp.Expression, call: exp.Expression, value: Expr, tests: list[Expr], keys: list[Expr],
    arguments: list[exp.Expression],
) -> Expr:  # fmt: skip
    table = binder.book.tables.get(arguments[1].name) if len(arguments) == 2 and isinstance(arguments[1], exp.Placeholder) else None
    if table is None or table.kind != "bands":
        fitting = [f":{one.name}" for one in binder.book.tables.values() if one.kind == "bands"]
        raise refuse(node, "table-kind", name="BAND", kind="bands", hint=listing(fitting))
    veto = part_of(call, "VETO")
    vetoes: list[Expr] = []
    band = ""
    if veto is not None:
        names = [step.band for _, steps in table.values for step in steps]
        told = veto.expressions[1] if len(veto.expressions) == 2 else None
        band = told.name if isinstance(told, exp.Literal) and told.is_string else ""
        if band not in names:
            raise refuse(node, "veto", table=table.name, band=names[-1])
        vetoes = [binder.expect(veto.expressions[0], BOOL)]
    rules = table.bands
    assert rules is not None
    grouping = Grouping(True, bool(tests), len(keys), rules.order, rules.ties, band)
    return binder.make("band", T_TEXT, node, value, *tests, *vetoes, *keys, name=table.name, extra=grouping)
