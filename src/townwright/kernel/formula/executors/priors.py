"""PRIOR on rows that carry a period: where the row of the earlier period stands."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.rulebook import Entity
from townwright.kernel.values.period import Period, UnableToReadPeriod
from townwright.kernel.values.said import Said

MONTHS = {"year": 12, "quarter": 3, "month": 1}
GRAIN_ZH = {"year": "年", "quarter": "季", "month": "月", "period": "期"}


def moved_period(told: Any, count: int, grain: str, entity: str) -> Any:
    """Return the period ``count`` grains before the one told (text such as 2016Q1, or a whole number of a year).

    Raises:
        UnableToEvaluate: the text is no period, or a month is asked of a row of a year or quarter.
    """
    if isinstance(told, int | Decimal):
        return int(told) - count
    try:
        period = Period.parse(str(told))
    except UnableToReadPeriod as fault:
        raise UnableToEvaluate("row-period", entity=entity, period=told, problem=fault.said) from fault
    steps = count if grain == "period" else Fraction(count * MONTHS[grain], MONTHS[period.grain])
    if Fraction(steps).denominator != 1:
        told_grain, have = Said(GRAIN_ZH[grain], grain), Said(GRAIN_ZH[period.grain], period.grain)
        raise UnableToEvaluate("period-step", count=count, grain=told_grain, period=told, entity=entity, have=have)
    return str(period.shift(-int(steps)))


def spelled(told: Any) -> Any:
    """Return a period in its one spelling, so that 2016-1 and 2016-01 are the same; what is no period stays as it is."""
    if not isinstance(told, str):
        return int(told)
    try:
        return str(Period.parse(told))
    except UnableToReadPeriod:
        return told


def prior_rows(table: pa.Table, entity: Entity, count: int, grain: str) -> list[int]:
    """Return for each row the row of the earlier period with the same other keys, -1 where there is none.

    Raises:
        UnableToEvaluate: two rows of the same key and period are asked for; a period cannot be read.
    """
    same = [name for name in entity.key if name not in (entity.period, "period")]
    columns = [table.column(name).to_pylist() for name in same]
    periods = table.column(entity.period).to_pylist()
    known: dict[Any, Any] = {}
    rows: dict[tuple[Any, ...], int] = {}
    doubled: set[tuple[Any, ...]] = set()
    keys: Sequence[tuple[Any, ...]] = list(zip(*columns, strict=True)) if columns else [()] * len(periods)
    for place, (key, told) in enumerate(zip(keys, periods, strict=True)):
        if told is None or None in key:
            continue
        full = (*key, known.setdefault(told, spelled(told)))
        if full in rows:
            doubled.add(full)
        rows[full] = place
    before: dict[Any, Any] = {}
    found = []
    for key, told in zip(keys, periods, strict=True):
        if told is None or None in key:
            found.append(-1)
            continue
        if told not in before:
            before[told] = moved_period(told, count, grain, entity.name)
        full = (*key, before[told])
        if full in doubled:
            raise UnableToEvaluate("two-rows", entity=entity.name, key="/".join(map(str, full)))
        found.append(rows.get(full, -1))
    return found
