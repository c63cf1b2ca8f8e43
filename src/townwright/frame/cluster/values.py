"""Types and columns of Spark for the values that pass between stages."""

from __future__ import annotations

import pyarrow as pa
from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - the name by which everybody knows it
from pyspark.sql import types as T  # noqa: N812

from townwright.kernel.formula.carriers import DIGITS, QUOTIENT, Form
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.stages import Slot
from townwright.kernel.formula.types import BOOL, DATE, NUMBER, TEXT

ROW, KEY = "_row", "_key"
_KINDS: dict[str, T.DataType] = {TEXT: T.StringType(), BOOL: T.BooleanType(), DATE: T.DateType()}
_ARROW: dict[pa.DataType, T.DataType] = {
    pa.string(): T.StringType(), pa.large_string(): T.StringType(), pa.bool_(): T.BooleanType(), pa.date32(): T.DateType(),
    pa.int8(): T.ByteType(), pa.int16(): T.ShortType(), pa.int32(): T.IntegerType(), pa.int64(): T.LongType(),
    pa.uint8(): T.ShortType(), pa.uint16(): T.IntegerType(), pa.uint32(): T.LongType(), pa.uint64(): T.DecimalType(20, 0),
}  # fmt: skip
_WHOLE = (T.ByteType, T.ShortType, T.IntegerType, T.LongType)


def spark_type(type_: pa.DataType, told: str) -> T.DataType:
    """Return how Spark reads a Parquet column.

    Raises:
        UnableToEvaluate: a kind of value that passes on no engine exactly, or decimals of more than 38 digits.
    """
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    if pa.types.is_decimal128(type_) and 0 <= type_.scale <= type_.precision:
        return T.DecimalType(type_.precision, type_.scale)
    if type_ not in _ARROW:
        raise UnableToEvaluate("not-exact", name=told, have=type_)
    return _ARROW[type_]


def form_types(form: Form) -> list[T.DataType]:
    """Return the Spark types that carry a form."""
    if form.kind == QUOTIENT:
        return [T.DecimalType(DIGITS, 0)] * 2
    return [T.DecimalType(DIGITS, form.places) if form.kind == NUMBER else _KINDS[form.kind]]


def fields(slot: Slot) -> list[str]:
    """Return the column names that carry a slot."""
    return [slot.name] if slot.column else [field.name for field in slot.form.fields(slot.name)]


def named(slot: Slot, columns: list[Column]) -> list[Column]:
    """Return the columns under the slot's names and types."""
    return [column.cast(type_).alias(name) for name, type_, column in zip(fields(slot), form_types(slot.form), columns, strict=True)]


def nothing(slot: Slot) -> list[Column]:
    """Return missing values of a slot."""
    return [F.lit(None).cast(type_) for type_ in form_types(slot.form)]


def exact(column: Column, type_: T.DataType) -> Column:
    """Return a column whose sums cannot leave their range: those of 64-bit integers could, those of decimals grow by ten digits."""
    return column.cast(T.DecimalType(20, 0)) if isinstance(type_, _WHOLE) else column


def same(left: Column, left_type: T.DataType, right: Column, right_type: T.DataType) -> Column:
    """Return whether two keys are equal as the evaluator compares them: numbers by value, nothing across kinds."""
    left, left_type = _as_number(left, left_type)
    right, right_type = _as_number(right, right_type)
    numbers = (T.DecimalType, *_WHOLE)
    if type(left_type) is not type(right_type) and not (isinstance(left_type, numbers) and isinstance(right_type, numbers)):
        return F.lit(None).cast(right_type) == right
    return left == right


def _as_number(column: Column, type_: T.DataType) -> tuple[Column, T.DataType]:
    return (column.cast(T.IntegerType()), T.IntegerType()) if isinstance(type_, T.BooleanType) else (column, type_)
