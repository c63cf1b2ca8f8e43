"""What a policy gives every row, as whole columns: verdicts of one byte, amounts as integers of one power of ten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from townwright.kernel.formula.compiled import AMOUNT, CompiledRulebook
from townwright.kernel.formula.evaluation import ELIGIBLE, UNDECIDED, VERDICTS, Evaluation, evaluate
from townwright.kernel.formula.executors.arrays import SAFE, Array, Column, Days, Flag, Num, Words
from townwright.kernel.formula.executors.load import exact_number, load_column, to_python
from townwright.kernel.formula.executors.planned import Execution
from townwright.kernel.formula.rulebook import condition_key
from townwright.kernel.formula.types import T_TEXT, Type

_ELIGIBLE, _UNDECIDED = VERDICTS.index(ELIGIBLE), VERDICTS.index(UNDECIDED)
# Amounts have this many decimals, or more where their exact values need more.
LEAST_PLACES, MOST_PLACES = 2, 18


@dataclass(frozen=True, slots=True)
class Judged:
    """``codes``: verdicts as places in ``VERDICTS``; ``amounts``: integers over 10^``places``, 0 for rows that are not eligible."""

    codes: Array
    amounts: Array
    places: int

    @property
    def eligible(self) -> Array:
        """Which rows are eligible."""
        return np.asarray(self.codes == _ELIGIBLE)

    @property
    def decided(self) -> Array:
        """Which rows have a verdict."""
        return np.asarray(self.codes != _UNDECIDED)

    @property
    def total(self) -> Decimal:
        """The sum over eligible rows."""
        return money_of(whole_sum(self.amounts), self.places) if self.count(ELIGIBLE) else Decimal(0)

    def count(self, verdict: str) -> int:
        """How many rows have the verdict."""
        return int(np.count_nonzero(self.codes == VERDICTS.index(verdict)))

    def scaled(self, places: int) -> Array:
        """Return the amounts over another, finer power of ten; as Python integers where 64 bits might not do."""
        return scaled(self.amounts, 10 ** (places - self.places))

    def same(self, other: Judged) -> bool:
        """Say whether two rulebooks give every row the same."""
        places = max(self.places, other.places)
        return bool(np.array_equal(self.codes, other.codes)) and bool(np.all(self.scaled(places) == other.scaled(places)))


def scaled(values: Array, factor: int) -> Array:
    """Return integers times a positive factor, as Python integers where 64 bits might not do."""
    wide = values.dtype == object or largest(values) * factor >= SAFE
    return values.astype(object if wide else np.int64, copy=False) * factor if factor != 1 or wide else values


def largest(values: Array) -> int:
    """Return the largest absolute value."""
    return max(abs(int(values.min())), abs(int(values.max()))) if values.size else 0


def whole_sum(values: Array) -> int:
    """Return the exact sum of integers."""
    fits = values.dtype != object and largest(values) * max(values.size, 1) < SAFE
    return int(values.sum(dtype=np.int64)) if fits else int(sum(values.tolist()))


def money_of(value: int, places: int) -> Decimal:
    """Return an integer over a power of ten, every digit kept."""
    return Decimal((int(value < 0), tuple(map(int, str(abs(value)))), -places))


def judged(
    compiled: CompiledRulebook, tables: Mapping[str, pa.Table], execution: Execution | None = None, like: Evaluation | None = None
) -> tuple[Evaluation, Judged]:
    """Judge all rows of the policy's entity; ``like`` as for ``evaluate``.

    Raises:
        UnableToEvaluate: rows do not fit, the rulebook is not a policy, or an eligible amount has no finite decimal form.
    """
    policy = compiled.book.policy
    entity = policy.entity if policy is not None else ""
    names = [(entity, name) for name in (*(condition_key(one) for one in policy.conditions), AMOUNT)] if policy is not None else []
    outputs = [".".join(name) for name in names if name in compiled.formulas]
    result = evaluate(compiled, tables, outputs=outputs, execution=execution, like=like)
    codes = result.verdict_codes()
    amounts, places = _amounts(result.run.variable(entity, AMOUNT), codes == _ELIGIBLE)
    return result, Judged(codes, amounts, places)


def _amounts(column: Column, eligible: Array) -> tuple[Array, int]:
    assert isinstance(column, Num)
    if not isinstance(column.den, int) or column.num.dtype == object:
        return _one_by_one(column, eligible)
    places = next((one for one in range(LEAST_PLACES, MOST_PLACES + 1) if 10**one % column.den == 0), None)
    if places is None:
        return _one_by_one(column, eligible)
    values = scaled(np.where(eligible, np.broadcast_to(column.num, eligible.shape), 0), 10**places // column.den)
    while places > LEAST_PLACES and not bool(np.any(values % 10)):
        values, places = values // 10, places - 1
    return values, places


def _one_by_one(column: Num, eligible: Array) -> tuple[Array, int]:
    rows = np.flatnonzero(eligible)
    nums = np.broadcast_to(column.num, eligible.shape)[rows].tolist()
    dens = np.broadcast_to(np.asarray(column.den), eligible.shape)[rows].tolist()
    found = [Decimal(exact_number(Fraction(int(num), int(den)), "", LEAST_PLACES)) for num, den in zip(nums, dens, strict=True)]
    places = max((-int(one.as_tuple().exponent) for one in found), default=LEAST_PLACES)
    values = np.zeros(eligible.shape, dtype=object)
    values[rows] = [int(Fraction(one) * 10**places) for one in found]
    return values, places


def keys_of(result: Evaluation, entity: str) -> pa.Array:
    """Return the keys of the entity's rows as text."""
    names = result.compiled.book.entities[entity].key
    column = result.run.table(entity).column(names[0])
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if len(names) == 1 and not array.null_count:
        if pa.types.is_string(array.type):
            return array
        if pa.types.is_integer(array.type) or pa.types.is_large_string(array.type):
            return pc.cast(array, pa.string())
    return pa.array([str(key) for key in result.keys(entity)], pa.string())


@dataclass(frozen=True, slots=True)
class Groups:
    """A value for each row by number: ``labels`` in order, None last if there are rows without."""

    codes: Array
    labels: Sequence[str | None]

    def column(self) -> pa.Array:
        """Return the labels of the rows, told once each."""
        named = [label for label in self.labels if label is not None]
        codes = pa.array(self.codes.astype(np.int32), mask=self.codes >= len(named))
        return pa.DictionaryArray.from_arrays(codes, pa.array(named, pa.string()))


def groups_of(result: Evaluation, entity: str, name: str) -> Groups:
    """Return the groups that a column or variable makes; a column of the table serves even if the rulebook does not name it."""
    compiled, run = result.compiled, result.run
    formula = compiled.formulas.get((entity, name))
    declared = compiled.book.entities[entity].columns.get(name)
    size = run.size(entity)
    if formula is not None:
        variable = compiled.book.variables.get((entity, name))
        type_ = variable.type if variable is not None and variable.type is not None else formula.type
        return _grouped(*_distinct(run.variable(entity, name), type_, size))
    if declared is not None:
        return _grouped(*_distinct(load_column(run.table(entity), entity, name, declared), declared, size))
    found = run.table(entity).column(name)
    if pa.types.is_string(found.type) or pa.types.is_large_string(found.type) or pa.types.is_dictionary(found.type):
        column = load_column(run.table(entity), entity, name, T_TEXT)
        return _grouped(*_distinct(column, T_TEXT, size))
    return _grouped(*_listed(found.to_pylist()))


def _listed(values: Sequence[Any]) -> tuple[Array, list[Any]]:
    told = [None if value is None else str(value) for value in values]
    known = {label: place for place, label in enumerate(dict.fromkeys(told))}
    return np.asarray([known[label] for label in told], dtype=np.int64), list(known)


def _distinct(column: Column, type_: Type, size: int) -> tuple[Array, list[Any]]:
    """Return each row's place in a list of distinct values; the values become Python's once each."""
    if isinstance(column, Num) and (not isinstance(column.den, int) or column.num.dtype == object):
        return _listed(to_python(column, type_, size))
    ok = np.broadcast_to(column.ok, (size,))
    raw = column.num if isinstance(column, Num) else column.codes if isinstance(column, Words) else column.val
    coded = pa.array(np.broadcast_to(raw, (size,)), mask=None if bool(ok.all()) else ~ok).dictionary_encode()
    codes = np.asarray(coded.indices.fill_null(len(coded.dictionary))).astype(np.int64)
    distinct, there = np.asarray(coded.dictionary.to_numpy(zero_copy_only=False)), np.ones(1, dtype=bool)
    if isinstance(column, Num):
        few: Column = Num(distinct, column.den, there, column.top, column.dtop)
    elif isinstance(column, Words):
        few = Words(distinct, column.words, there)
    else:
        few = Flag(distinct, there) if isinstance(column, Flag) else Days(distinct, there)
    return codes, [*to_python(few, type_, distinct.size), None]


def _grouped(codes: Array, values: Sequence[Any]) -> Groups:
    """Number the distinct values in the order of their text; values that nobody has are left out."""
    used = np.bincount(codes, minlength=len(values)) > 0
    told = [None if value is None else str(value) for value in values]
    labels = sorted({label for label, some in zip(told, used, strict=True) if some}, key=lambda one: (one is None, one or ""))
    place = {label: number for number, label in enumerate(labels)}
    return Groups(np.asarray([place.get(label, 0) for label in told], dtype=np.int64)[codes], labels)
