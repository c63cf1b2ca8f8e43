"""Group steps in Spark: aggregates of rows with the same keys, ranks and bands."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812

from townwright.frame.cluster import reductions
from townwright.frame.cluster.values import fields, named, nothing
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.rulebook import BandRules, Step
from townwright.kernel.formula.stages import Group, Place, Placing, Slot
from townwright.kernel.values.rounding import CEILING, FLOOR, HALF_EVEN

_HIT = "_hit"


def _names(slots: Sequence[Slot]) -> list[str]:
    return [name for slot in slots for name in fields(slot)]


def _known(keys: Sequence[str]) -> Column:
    known = F.lit(True)
    for key in keys:
        known = known & F.col(key).isNotNull()
    return known


def with_groups(frame: DataFrame, source: DataFrame, stage: Group) -> DataFrame:
    """Add aggregates over the rows of the source that have the same keys; a row whose key is missing belongs to no group."""
    keys = _names(stage.keys)
    own = dict.fromkeys((*keys, *reductions.inputs(stage.items)))
    rows = source.select(*own).where(_known(keys))
    made = rows.groupBy(*keys).agg(*reductions.parts(rows, stage.items).values()).withColumn(_HIT, F.lit(True))
    if keys:
        there = made.select(
            *(F.col(key).alias(f"_g{place}") for place, key in enumerate(keys)), *(c for c in made.columns if c not in keys)
        )
        condition = F.lit(True)
        for place, key in enumerate(keys):
            condition = condition & (F.col(key) == F.col(f"_g{place}"))
        joined = frame.join(there, condition, "left")
    else:
        joined = frame.join(F.broadcast(made), F.lit(True), "left")
    done = [
        F.when(F.col(_HIT), column).otherwise(empty).alias(name)
        for item in stage.items
        for name, column, empty in zip(fields(item.result), reductions.finished(item), nothing(item.result), strict=True)
    ]
    return joined.select(*frame.columns, *done)


def with_places(frame: DataFrame, stage: Place, compiled: CompiledRulebook) -> DataFrame:
    """Add ranks and bands among the rows that have the same keys."""
    keys = _names(stage.keys)
    found = frame
    for item in stage.items:
        found = _placed(found, item, keys)
    done = [column for item in stage.items for column in _result(item, compiled)]
    return found.select(*frame.columns, *done)


def _part(item: Placing, part: str) -> str:
    return f"_{item.result.name}_{part}"


def _placed(frame: DataFrame, item: Placing, keys: Sequence[str]) -> DataFrame:
    """Add, for one rank or band: whether the row takes part, whether its group is known, its place, and the group's size."""
    value = F.col(fields(item.value)[0])
    test = F.lit(True) if item.test is None else F.col(fields(item.test)[0])
    held = F.coalesce(test, F.lit(False))
    inside = _known(keys)
    part, doubt = _part(item, "part"), _part(item, "doubt")
    frame = frame.withColumn(part, inside & held & value.isNotNull())
    frame = frame.withColumn(doubt, inside & (test.isNull() | (held & value.isNull())))
    group = Window.partitionBy(*keys) if keys else Window.partitionBy(F.lit(0))
    # Who takes part stands before who does not, so that the others move nobody's place.
    grouping = item.expr.extra
    order = group.orderBy(F.col(part).desc(), value.desc() if grouping.order == "desc" else value.asc())
    if item.expr.op == "band" and grouping.ties == "down":
        place = F.count(F.lit(1)).over(order.rangeBetween(Window.unboundedPreceding, Window.currentRow))
    else:
        place = (F.dense_rank() if grouping.ties == "dense" else F.rank()).over(order)
    frame = frame.withColumn(_part(item, "known"), ~F.bool_or(F.col(doubt)).over(group))
    if item.expr.op == "band":
        frame = frame.withColumn(_part(item, "size"), F.count(F.when(F.col(part), 1)).over(group))
    return frame.withColumn(_part(item, "place"), place)


def _result(item: Placing, compiled: CompiledRulebook) -> list[Column]:
    counts = F.col(_part(item, "part")) & F.col(_part(item, "known"))
    if item.expr.op == "rank":
        return named(item.result, [F.when(counts, F.col(_part(item, "place")))])
    rules = compiled.book.tables[item.expr.name].bands
    assert rules is not None
    steps = compiled.steps(item.expr.name)
    names = [step.band for step in steps]
    band = _band(item, steps, rules)
    if item.veto is not None:
        veto = F.col(fields(item.veto)[0])
        band = F.when(veto, F.greatest(band, F.lit(names.index(item.expr.extra.veto)))).otherwise(band)
        counts = counts & veto.isNotNull()
    word = F.get(F.array(*(F.lit(name) for name in names)), band)
    return named(item.result, [F.when(counts, word)])


def _band(item: Placing, steps: tuple[Step, ...], rules: BandRules) -> Column:
    """Return the number of the band: the first whose edge, a share of the group rounded to whole rows, reaches the place."""
    place, size = F.col(_part(item, "place")), _part(item, "size")
    band: Column = F.lit(len(steps) - 1)
    for number in range(len(steps) - 2, -1, -1):
        band = F.when(place <= _edge(steps[number], size, rules.rounding), F.lit(number)).otherwise(band)
    small = [step.band for step in steps].index(rules.small) if rules.fewer else 0
    return F.when(F.col(size) < rules.fewer, F.lit(small)).otherwise(band)


def _edge(step: Step, size: str, mode: str) -> Column:
    """Return a share of a whole number, rounded in the named mode, in whole numbers throughout (all are positive)."""
    num, den = step.start.numerator, step.start.denominator
    whole = F.expr(f"(`{size}` * {num}L) div {den}L")
    twice = (F.col(size) * num - whole * den) * 2
    if mode == FLOOR:
        return whole
    if mode == CEILING:
        up = twice > 0
    else:
        tie = whole % 2 == 1 if mode == HALF_EVEN else F.lit(True)
        up = (twice > den) | ((twice == den) & tie)
    return whole + F.when(up, 1).otherwise(0)
