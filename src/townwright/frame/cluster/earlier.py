"""PRIOR on rows that carry a period: a join of an entity with its own earlier rows."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from townwright.frame.cluster.faults import DOUBT
from townwright.frame.cluster.values import ROW, fields, named
from townwright.kernel.formula.executors.priors import moved_period, spelled
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.stages import Earlier
from townwright.kernel.formula.staging import column_field


def _full(frame: DataFrame, stage: Earlier) -> DataFrame:
    """Return the rows whose period and other keys are there."""
    for column in (*stage.same, stage.period):
        frame = frame.where(F.col(f"`{column_field(column)}`").isNotNull())
    return frame


def _periods(frame: DataFrame, stage: Earlier) -> DataFrame | None:
    """Return the periods that rows tell, with their one spelling and the earlier period; few, so that the kernel reads them here.

    Raises:
        UnableToEvaluate: a period cannot be read; the first row that tells such a one is meant.
    """
    period = F.col(f"`{column_field(stage.period)}`")
    told = _full(frame, stage).groupBy(period.alias("_told")).agg(F.min(ROW).alias("_first")).orderBy("_first").select("_told").toArrow()
    if not told.num_rows:
        return None
    values: list[Any] = told.column("_told").to_pylist()
    then = [str(moved_period(value, stage.count, stage.grain, stage.entity)) for value in values]
    made = {"_told": told.column("_told").combine_chunks(), "_now": [str(spelled(value)) for value in values], "_then": then}
    return frame.sparkSession.createDataFrame(pa.table(made))


def with_earlier(frame: DataFrame, source: DataFrame, stage: Earlier) -> tuple[DataFrame, DataFrame]:
    """Add values of the source's row of the earlier period; return also the frame in which two such rows can be looked for."""
    periods = _periods(source, stage)
    if periods is None:
        missing = [column for pair in stage.pairs for column in named(pair.result, [F.lit(None)] * len(fields(pair.result)))]
        return frame.select(*frame.columns, *missing), frame.where(F.lit(False))
    period = F.col(f"`{column_field(stage.period)}`")
    keys = [F.col(f"`{column_field(name)}`").alias(f"_k{place}") for place, name in enumerate(stage.same)]
    kept = [f"_k{place}" for place in range(len(keys))]
    sources = [name for pair in stage.pairs for name in fields(pair.source)]
    brought = [F.col(f"`{name}`").alias(f"_b{place}") for place, name in enumerate(sources)]
    full = _full(source, stage)
    before = full.select(*keys, period.alias("_told"), F.col(ROW).alias("_at"), *brought).join(F.broadcast(periods), "_told")
    # A period told twice is refused only where a row asks for it; then it is counted here.
    values = F.max_by(F.struct("_at", *(f"_b{place}" for place in range(len(sources)))), "_at").alias("_held")
    before = before.groupBy(*kept, F.col("_now").alias("_found")).agg(F.count(F.lit(1)).alias("_rows"), values)
    asked = F.broadcast(periods.select(F.col("_told").alias("_asked"), "_then"))
    condition: Column = F.col("_then") == F.col("_found")
    for place, name in enumerate(stage.same):
        condition = condition & (F.col(f"`{column_field(name)}`") == F.col(f"_k{place}"))
    joined = frame.join(asked, period == F.col("_asked"), "left").join(before, condition, "left")
    refuse = F.raise_error(F.lit(f"{DOUBT}{stage.pairs[0].result.name}!"))
    found = iter([F.when(F.col("_rows") > 1, refuse).otherwise(F.col(f"_held._b{place}")) for place in range(len(sources))])
    results = [column for pair in stage.pairs for column in named(pair.result, [next(found) for _ in fields(pair.result)])]
    return joined.select(*frame.columns, *results), joined


def refuse_doubled(joined: DataFrame, stage: Earlier) -> None:
    """Name the first row that asks for a period that is told twice.

    Raises:
        UnableToEvaluate: as a rule.
    """
    keys = [F.col(f"`{column_field(name)}`") for name in stage.same]
    row = joined.where(F.col("_rows") > 1).orderBy(ROW).select(*keys, "_then").first()
    if row is not None:
        raise UnableToEvaluate("two-rows", entity=stage.entity, key="/".join(map(str, row)))
