"""Aggregates in Spark's own functions: exact sums, counts and extremes, with what is missing carried as the evaluator does.

Each aggregate is made of parts, computed together in one group-by, and finished once it stands beside its owner's rows:
an owner without rows finds nulls there, which COUNT and SUM read as 0 and the others as missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql import types as T  # noqa: N812

from townwright.frame.cluster.faults import DOUBT
from townwright.frame.cluster.values import exact, fields, named
from townwright.kernel.formula.carriers import DIGITS
from townwright.kernel.formula.stages import Reduction, Slot


def inputs(items: Sequence[Reduction]) -> list[str]:
    """Return the columns that the aggregates read."""
    slots: list[Slot] = [slot for item in items for slot in (item.value, item.test) if slot is not None]
    return list(dict.fromkeys(name for slot in slots for name in fields(slot)))


def parts(frame: DataFrame, items: Sequence[Reduction]) -> dict[str, Column]:
    """Return the parts of all aggregates, by name, as columns of one group-by over the frame."""
    return {part_name(item, part): column.alias(part_name(item, part)) for item in items for part, column in _parts(frame, item).items()}


def part_name(item: Reduction, part: str) -> str:
    """Return the name of a part of an aggregate."""
    return f"_{item.result.name}_{part}"


def _held(item: Reduction) -> tuple[Column, Column | None]:
    """Return whether a row is kept (never null), and whether that is in doubt (None: never)."""
    if item.test is None:
        return F.lit(True), None
    test = F.col(fields(item.test)[0])
    return F.coalesce(test, F.lit(False)), test.isNull()


def _parts(frame: DataFrame, item: Reduction) -> dict[str, Column]:
    kept, doubt = _held(item)
    found = {} if doubt is None else {"doubt": F.bool_or(doubt)}
    if item.value is None:
        return found | {"count": F.count(F.when(kept, 1))}
    names = fields(item.value)
    value, present = F.col(names[0]), F.col(names[0]).isNotNull()
    if item.function == "COUNT":
        return found | {"count": F.count(F.when(kept & present, 1))}
    if item.function == "ONLY":
        held = {f"value{place}": F.max(F.when(kept, F.col(name))) for place, name in enumerate(names)}
        return found | {"count": F.count(F.when(kept, 1))} | held
    found["gap"] = F.bool_or(kept & ~present)
    if item.function in ("ANY", "ALL"):
        decides = value if item.function == "ANY" else ~value
        return found | {"settled": F.bool_or(kept & F.coalesce(decides, F.lit(False)))}
    value = F.when(kept, exact(value, frame.schema[names[0]].dataType))
    reduced = {"SUM": F.sum, "MIN": F.min, "MAX": F.max, "MEDIAN": lambda one: F.sort_array(F.collect_list(one))}[item.function](value)
    return found | {"value": reduced}


def finished(item: Reduction) -> list[Column]:
    """Return the aggregate's own columns out of its parts."""
    doubt = F.coalesce(F.col(part_name(item, "doubt")), F.lit(False)) if item.test is not None else F.lit(False)
    if item.value is None or item.function == "COUNT":
        return named(item.result, [F.when(~doubt, F.coalesce(F.col(part_name(item, "count")), F.lit(0)))])
    if item.function == "ONLY":
        several = F.col(part_name(item, "count")) > 1
        refuse = F.raise_error(F.lit(f"{DOUBT}{item.result.name}!"))
        held = [F.col(part_name(item, f"value{place}")) for place in range(len(fields(item.value)))]
        return named(item.result, [F.when(several, refuse).when(~doubt, column) for column in held])
    unknown = doubt | F.coalesce(F.col(part_name(item, "gap")), F.lit(False))
    if item.function in ("ANY", "ALL"):
        settled = F.coalesce(F.col(part_name(item, "settled")), F.lit(False))
        return named(item.result, [F.when(settled, F.lit(item.function == "ANY")).when(~unknown, F.lit(item.function == "ALL"))])
    value = F.col(part_name(item, "value"))
    if item.function == "SUM":
        value = F.coalesce(value, F.lit(0).cast(T.DecimalType(DIGITS, item.result.form.places)))
    if item.function == "MEDIAN":
        value = _middle(value, item.result)
    return named(item.result, [F.when(~unknown, value)])


def _middle(values: Column, result: Slot) -> Column:
    """Return the middle of a sorted list, or the mean of the middle two, exactly: half of a sum has one decimal more."""
    count, wide = F.size(values), T.DecimalType(DIGITS, max(result.form.places - 1, 0))
    lower, upper = (F.get(values, F.shiftright(place, 1)).cast(wide) for place in (count - 1, count))
    return (lower + upper) * F.lit(Decimal("0.5"))
