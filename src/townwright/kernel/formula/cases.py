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
from townwright.kernel.formula.findings import RulebookNotInForce, RulebookRefused, UnableToEvaluate
from townwright.kernel.formula.rulebook import Case, Entity, Rulebook
from townwright.kernel.formula.types import NUMBER
from townwright.kernel.values.period import Period, UnableToReadPeriod


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and how what came out differs from what was expected."""

    name: str
    passed: bool
    differences: tuple[str, ...]


class UnableToReadCase(ValueError):
    """A case's data do not fit the entities: says which row and column."""


def tables_of_rows(book: Rulebook, data: Mapping[str, list[dict[str, Any]]]) -> dict[str, pa.Table]:
    """Return Arrow tables of rows written by hand; columns that a row leaves out are missing.

    Raises:
        UnableToReadCase: an unknown entity or column, or a value of another type.
    """
    unknown = set(data) - set(book.entities)
    if unknown:
        raise UnableToReadCase(f"the data name {', '.join(sorted(unknown))}, not entities of {book.code}.")
    rows_of = {name: list(data.get(name, [])) for name in book.entities}
    if "zone" in rows_of and not rows_of["zone"]:
        rows_of["zone"] = [{book.entities["zone"].key[0]: "zone"}]
    return {name: _table(entity, rows_of[name]) for name, entity in book.entities.items()}


def _table(entity: Entity, rows: list[dict[str, Any]]) -> pa.Table:
    for row in rows:
        extra = set(row) - set(entity.columns)
        if extra:
            raise UnableToReadCase(f"a row of {entity.name} names {', '.join(sorted(extra))}; its columns are {', '.join(entity.columns)}.")
    arrays = {}
    for name, type_ in entity.columns.items():
        values = [row.get(name) for row in rows]
        try:
            if type_.kind == NUMBER:
                numbers = [None if value is None else Decimal(str(value)) for value in values]
                places = max((-int(n.as_tuple().exponent) for n in numbers if n is not None), default=0)
                arrays[name] = pa.array(numbers, pa.decimal128(38, max(places, 0)))
            elif type_.kind == "text":
                arrays[name] = pa.array([None if value is None else str(value) for value in values], pa.string())
            else:
                arrays[name] = pa.array(values, pa.bool_() if type_.kind == "bool" else pa.date32())
        except (pa.ArrowException, ArithmeticError, TypeError) as fault:
            raise UnableToReadCase(f"{entity.name}.{name} holds {values!r}, not a {type_.describe()}.") from fault
    return pa.table(arrays)


def run_cases(book: Rulebook) -> list[CaseResult]:
    """Run every case; a fault in a case is a difference, not an exception."""
    return [_run(book, case) for case in book.cases]


def _run(book: Rulebook, case: Case) -> CaseResult:
    try:
        period = Period.parse(case.period)
        compiled = compile_rulebook(book, period=period, on=case.on)
        if case.expect.get("not_in_force"):
            return CaseResult(case.name, False, (f"{case.place}: expected not to be in force on {compiled.on}, but it is.",))
        evaluation = evaluate(compiled, tables_of_rows(book, case.data))
        differences = [
            difference
            for entity, rows in case.expect.items()
            for key, wanted in rows.items()
            for difference in _differences(evaluation, entity, key, wanted)
        ]
    except RulebookNotInForce as fault:
        passed = bool(case.expect.get("not_in_force"))
        return CaseResult(case.name, passed, () if passed else (str(fault),))
    except (RulebookRefused, UnableToEvaluate, UnableToReadCase, UnableToReadPeriod) as fault:
        return CaseResult(case.name, False, (f"{case.place}: {fault}",))
    return CaseResult(case.name, not differences, tuple(f"{case.place}: {one}" for one in differences))


def _differences(evaluation: Evaluation, entity: str, key: Any, wanted: Mapping[str, Any]) -> list[str]:
    keys = evaluation.keys(entity)
    if str(key) not in [str(one) for one in keys]:
        return [f"{entity} has no row {key!r}."]
    row = [str(one) for one in keys].index(str(key))
    found = []
    for name, value in wanted.items():
        got = (
            _verdict(evaluation, row)
            if name == "eligible"
            else evaluation.values(entity, name)[row]
            if name != "amount"
            else evaluation.amounts()[row]
        )
        if not _same(got, value):
            found.append(
                f"{entity} {key}: {name} is {got if got is not None else 'missing'}, expected {value if value is not None else 'missing'}."
            )
    return found


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
