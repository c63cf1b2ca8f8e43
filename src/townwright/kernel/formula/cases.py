"""A rulebook's own cases: situations a lawyer can read, run by the same evaluator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from townwright.kernel.formula.compiled import compile_rulebook
from townwright.kernel.formula.evaluation import ELIGIBLE, UNDECIDED, Evaluation, evaluate
from townwright.kernel.formula.findings import CodedError, RulebookNotInForce, RulebookRefused, UnableToEvaluate
from townwright.kernel.formula.messages import Said, tell
from townwright.kernel.formula.rulebook import Case, Entity, Rulebook
from townwright.kernel.formula.types import BOOL, DATE, NUMBER, TEXT
from townwright.kernel.formula.wording import show_value
from townwright.kernel.values.period import Period, UnableToReadPeriod


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and how what came out differs from what was expected."""

    name: str
    passed: bool
    differences: tuple[Said, ...]


class UnableToReadCase(CodedError):
    """A case's data do not fit the entities: says which row and column."""


def tables_of_rows(book: Rulebook, data: Mapping[str, list[dict[str, Any]]]) -> dict[str, pa.Table]:
    """Return Arrow tables of rows written by hand; columns that a row leaves out are missing.

    Raises:
        UnableToReadCase: an unknown entity or column, or a value of another type.
    """
    unknown = set(data) - set(book.entities)
    if unknown:
        raise UnableToReadCase("data-entities", names=", ".join(sorted(unknown)), code=book.code)
    rows_of = {name: list(data.get(name, [])) for name in book.entities}
    if "zone" in rows_of and not rows_of["zone"]:
        rows_of["zone"] = [{book.entities["zone"].key[0]: "zone"}]
    return {name: _table(entity, rows_of[name]) for name, entity in book.entities.items()}


def _table(entity: Entity, rows: list[dict[str, Any]]) -> pa.Table:
    for row in rows:
        extra = sorted(map(str, set(row) - set(entity.columns)))
        if extra:
            raise UnableToReadCase("data-columns", entity=entity.name, names=", ".join(extra), known=", ".join(entity.columns))
    arrays = {}
    for name, type_ in entity.columns.items():
        values = [row.get(name) for row in rows]
        arrow = _decimals(values) if type_.kind == NUMBER else _ARROW[type_.kind]
        try:
            arrays[name] = pa.array([_plain(value, type_.kind) for value in values], arrow)
        except (pa.ArrowException, ValueError, ArithmeticError, TypeError) as fault:
            wrong = next((value for value in values if not _fits(value, type_.kind, arrow)), values)
            raise UnableToReadCase("data-value", entity=entity.name, name=name, value=wrong, wanted=type_.said()) from fault
    return pa.table(arrays)


_ARROW = {TEXT: pa.string(), BOOL: pa.bool_(), DATE: pa.date32()}


def _decimals(values: list[Any]) -> pa.DataType:
    """Return the Arrow type of figures: as many decimals as they have, of the 38 digits that there are."""
    places = 0
    for value in values:
        try:
            exponent = Decimal(str(value)).as_tuple().exponent
        except ArithmeticError:
            continue  # no figure: what reads it says so
        places = max(places, -exponent if isinstance(exponent, int) else 0)
    return pa.decimal128(38, min(places, 38))


def _plain(value: Any, kind: str) -> Any:
    """Return a value as Arrow takes it.

    Raises:
        ArithmeticError, ValueError: it is no figure.
    """
    if value is None:
        return None
    if kind == NUMBER:
        figure = Decimal(str(value))
        if not figure.is_finite():
            raise ValueError(value)
        return figure
    return str(value) if kind == TEXT else value


def _fits(value: Any, kind: str, arrow: pa.DataType) -> bool:
    try:
        pa.array([_plain(value, kind)], arrow)
    except (pa.ArrowException, ValueError, ArithmeticError, TypeError):
        return False
    return True


def run_cases(book: Rulebook) -> list[CaseResult]:
    """Run every case; a fault in a case is a difference, not an exception."""
    return [_run(book, case) for case in book.cases]


def _run(book: Rulebook, case: Case) -> CaseResult:
    absent = case.expect.get("not_in_force") is True
    try:
        compiled = compile_rulebook(book, period=Period.parse(case.period), on=case.on)
        if absent:
            differences = [tell("case-in-force", day=compiled.on).whole]
        else:
            evaluation = evaluate(compiled, tables_of_rows(book, case.data))
            differences = [one for entity, rows in case.expect.items() for one in _entity(evaluation, entity, rows)]
    except RulebookNotInForce as fault:
        return CaseResult(case.name, absent, () if absent else (Said(fault.message["zh"], fault.message["en"]),))
    except RulebookRefused as fault:
        differences = [Said(fault.message["zh"], fault.message["en"])]
    except (UnableToEvaluate, UnableToReadCase, UnableToReadPeriod) as fault:
        differences = [fault.said]
    return CaseResult(case.name, not differences, tuple(Said(f"{case.place}：{one.zh}", f"{case.place}: {one.en}") for one in differences))


def _entity(evaluation: Evaluation, entity: str, rows: Any) -> list[Said]:
    book = evaluation.compiled.book
    if entity not in book.entities:
        return [tell("case-entity", entity=entity, code=book.code).whole]
    if not isinstance(rows, Mapping) or not all(isinstance(wanted, Mapping) for wanted in rows.values()):
        return [tell("case-shape", value=rows).whole]
    return [one for key, wanted in rows.items() for one in _differences(evaluation, entity, key, wanted)]


def _differences(evaluation: Evaluation, entity: str, key: Any, wanted: Mapping[str, Any]) -> list[Said]:
    keys = [str(one) for one in evaluation.keys(entity)]
    if str(key) not in keys:
        return [tell("case-row", entity=entity, key=key).whole]
    row = keys.index(str(key))
    found = []
    for name, value in wanted.items():
        if name == "eligible":
            got: Any = _verdict(evaluation, row)
        else:
            got = (evaluation.amounts() if name == "amount" else evaluation.values(entity, name))[row]
        if not _same(got, value):
            found.append(tell("case-differs", entity=entity, key=key, name=name, have=_shown(got), wanted=_shown(value)).whole)
    return found


def _shown(value: Any) -> Said:
    if value is None or isinstance(value, bool):
        return Said(show_value(value, "", "zh"), show_value(value, "", "en"))
    return Said("无法判断", UNDECIDED) if value == UNDECIDED else Said(str(value), str(value))


def _verdict(evaluation: Evaluation, row: int) -> bool | str:
    verdict = evaluation.verdicts()[row]
    return UNDECIDED if verdict == UNDECIDED else verdict == ELIGIBLE


def _same(got: Any, wanted: Any) -> bool:
    if isinstance(got, bool) or isinstance(wanted, bool) or got is None or wanted is None:
        return got is wanted
    if isinstance(got, int | Decimal):
        try:
            return Fraction(got) == Fraction(str(wanted))
        except ValueError:
            return False
    if isinstance(got, date):
        return bool(got == wanted)
    return str(got) == str(wanted)
