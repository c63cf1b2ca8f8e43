"""Running a plan on Spark, level by level."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql import types as T  # noqa: N812

from townwright.frame.cluster import grouping, reductions, rows
from townwright.frame.cluster.earlier import refuse_doubled, with_earlier
from townwright.frame.cluster.faults import in_words
from townwright.frame.cluster.frames import FEW, address, climb, keyed, literal, read_files, spread, start
from townwright.frame.cluster.passes import Passes
from townwright.frame.cluster.values import KEY, ROW, fields, form_types, named, same
from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.executors.aggregate import several
from townwright.kernel.formula.stages import Across, Aggregate, Earlier, Group, Join, Place, Plan, Read, Reduction, Rows, reads
from townwright.kernel.formula.staging import column_field

if TYPE_CHECKING:
    from townwright.frame.tables import TableFiles

Named = tuple[str, str]
# Rows that one task is given; a table of a tenth of it stays in one piece.
PART = 250_000


class StagedRun:
    """One run of a plan: the frame of each entity as far as it has come.

    A frame that is read more than once is written to the scratch folder first. Spark would compute it anew for each reader, and
    plans that hold themselves twice double with every level.
    """

    def __init__(
        self,
        session: SparkSession,
        compiled: CompiledRulebook,
        plan: Plan,
        files: Mapping[str, TableFiles],
        carried: Sequence[Named],
        passes: Passes,
    ) -> None:
        self.session, self.compiled, self.plan, self.files, self.carried, self.passes = session, compiled, plan, files, carried, passes
        self.frames: dict[str, DataFrame] = {}
        self.doubts: dict[str, Callable[[], None]] = {}
        self._versions: Counter[str] = Counter()
        self._uses, self._alive = _uses(plan), _alive(plan, carried)
        most = max((one.rows for one in files.values()), default=0)
        self.slots = max(session.sparkContext.defaultParallelism, math.ceil(most / PART)) if most > PART // 10 else 1

    def collect(self, scratch: Path | None) -> dict[str, pa.Table]:
        """Run all stages; return, for each entity with wanted values, these and the carried columns in the order of its rows.

        ``scratch`` is a folder that all machines of the cluster see; what is written there goes when the run ends.

        Raises:
            UnableToEvaluate: the evaluator refused.
            UnableToRunOnSpark: the cluster gave no result.
        """
        self.session.conf.set("spark.sql.shuffle.partitions", str(self.slots))
        if scratch is not None:
            scratch.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix="run-", dir=scratch))
        try:
            with in_words(self.doubts):
                for table in self.plan.tables:
                    self.frames[table.entity] = self._read(table)
                for level in range(len(self.plan.levels)):
                    self._run(level, aside)
                return {entity: self._collected(entity, aside) for entity in dict.fromkeys(slot.entity for slot in self.plan.wanted)}
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _collected(self, entity: str, aside: Path) -> pa.Table:
        names = [name for slot in self.plan.wanted if slot.entity == entity for name in fields(slot)]
        names += [column_field(name) for owner, name in self.carried if owner == entity]
        frame = self.frames[entity].select(ROW, *(F.col(f"`{name}`") for name in dict.fromkeys(names)))
        if self.files[entity].rows <= FEW:
            table = frame.toArrow()
        else:
            # Past the driver's Java, which would have to hold all of it at once.
            folder = aside / f"result-{entity}"
            frame.write.parquet(address(folder))
            table = pq.read_table(folder)
        table = table.sort_by(ROW)
        if table.num_rows != self.files[entity].rows or len(table.column(ROW).unique()) != table.num_rows:
            raise AssertionError(f"{entity}: {table.num_rows} rows came back of {self.files[entity].rows}")
        return table

    def _read(self, table: Read) -> DataFrame:
        files = self.files[table.entity]
        frame = read_files(self.session, files, table.entity, table.columns)
        if sum(part.groups for part in files.parts) < self.session.sparkContext.defaultParallelism:
            frame = spread(frame, files.rows, self.session.sparkContext.defaultParallelism)
        return keyed(frame, files, self.compiled.book.entities[table.entity].key[0]) if table.keyed else frame

    def _run(self, level: int, aside: Path) -> None:
        for entity in self.frames:
            if self._versions[entity] and self._uses[entity, self._versions[entity]] > 1:
                self.frames[entity] = self._settled(entity, level, aside / f"{entity}-{self._versions[entity]}")
        # Stages of one level read what was there before it.
        before, stages = dict(self.frames), self.plan.levels[level]
        for stage in stages.across:
            self.frames[stage.entity] = self._across(stage, before)
        for stage in stages.rows:
            self.frames[stage.entity] = self._rows(stage, self._alive[level + 1])
        self._versions.update({stage.entity for stage in (*stages.across, *stages.rows)})

    def _settled(self, entity: str, level: int, folder: Path) -> DataFrame:
        if folder.exists():
            return self.frames[entity]
        frame = self.frames[entity]
        kept = frame.select(*(F.col(f"`{name}`") for name in frame.columns if name in (ROW, KEY) or (entity, name) in self._alive[level]))
        kept.write.parquet(address(folder))
        return self.session.read.schema(kept.schema).parquet(literal(folder))

    def _across(self, stage: Across, before: Mapping[str, DataFrame]) -> DataFrame:
        frame = self.frames[stage.entity]
        if isinstance(stage, Join):
            return _joined(frame, stage, before)
        if isinstance(stage, Aggregate):
            return self._aggregated(frame, stage, before)
        if isinstance(stage, Group):
            return grouping.with_groups(frame, before[stage.entity], stage)
        if isinstance(stage, Place):
            return grouping.with_places(frame, stage, self.compiled)
        made, joined = with_earlier(frame, before[stage.entity], stage)
        self.doubts[stage.pairs[0].result.name] = lambda: refuse_doubled(joined, stage)
        return made

    def _rows(self, stage: Rows, alive: set[Named]) -> DataFrame:
        frame = self.frames[stage.entity]
        made = {name: type_ for slot in stage.outputs for name, type_ in zip(fields(slot), form_types(slot.form), strict=True)}
        passed = [name for name in frame.columns if name not in made and (name in (ROW, KEY) or (stage.entity, name) in alive)]
        read = [name for slot in stage.inputs for name in fields(slot)]
        given = frame.select(*(F.col(f"`{name}`") for name in dict.fromkeys((*passed, *read))))
        schema = T.StructType([*(given.schema[name] for name in passed), *(T.StructField(name, type_) for name, type_ in made.items())])
        work = rows.row_function(self.compiled, stage, passed, self.passes, self.files[stage.entity].rows)
        return given.mapInArrow(work, schema)

    def _aggregated(self, owner: DataFrame, stage: Aggregate, before: Mapping[str, DataFrame]) -> DataFrame:
        hops = stage.hops
        columns = [F.col(f"`{name}`") for name in reductions.inputs(stage.items)]
        frame = before[hops[0].entity].select(*columns, start(hops[0]))
        for hop, following in pairwise(hops):
            frame = climb(frame, hop, before[hop.to], [start(following).alias("_next")], how="inner").withColumnRenamed("_next", "_at")
        found = reductions.parts(frame, stage.items)
        there = frame.where(F.col("_at").isNotNull())
        if hops[-1].column:
            made = there.groupBy(F.col("_at").alias("_there")).agg(*found.values())
            key, there_type = owner.schema[KEY].dataType, made.schema["_there"].dataType
            joined = owner.join(made, same(F.col(KEY), key, F.col("_there"), there_type), "left")
        else:
            joined = owner.join(F.broadcast(there.agg(*found.values())), F.col(ROW) == 0, "left")
        for item in stage.items:
            if item.function == "ONLY":
                self.doubts[item.result.name] = lambda item=item: self._refuse_several(joined, stage, item)
        return joined.select(*owner.columns, *(column for item in stage.items for column in reductions.finished(item)))

    def _refuse_several(self, joined: DataFrame, stage: Aggregate, item: Reduction) -> None:
        count = F.col(reductions.part_name(item, "count"))
        row = joined.where(count > 1).orderBy(ROW).select(ROW, count).first()
        if row is not None:
            key = self.compiled.book.entities[stage.entity].key[0]
            owners = read_files(self.session, self.files[stage.entity], stage.entity, [key])
            told = owners.where(F.col(ROW) == row[0]).select(f"`{column_field(key)}`").first()
            raise several(item.result.expr, row[1], told[0] if told is not None else None)


def _joined(frame: DataFrame, stage: Join, before: Mapping[str, DataFrame]) -> DataFrame:
    """Add to each row values of the row that the hops lead to."""
    sources = {name: f"_b{place}" for place, name in enumerate(dict.fromkeys(name for pair in stage.pairs for name in fields(pair.source)))}
    found = frame.select("*", start(stage.hops[0]))
    for hop, following in pairwise(stage.hops):
        found = climb(found, hop, before[hop.to], [start(following).alias("_next")], how="left").withColumnRenamed("_next", "_at")
    last = stage.hops[-1]
    found = climb(found, last, before[last.to], [F.col(f"`{name}`").alias(brought) for name, brought in sources.items()], how="left")
    results = [column for pair in stage.pairs for column in named(pair.result, [F.col(sources[name]) for name in fields(pair.source)])]
    return found.select(*frame.columns, *results)


def _uses(plan: Plan) -> Counter[tuple[str, int]]:
    """Return how often each version of an entity's frame is read; a level that adds to it makes a new version."""
    versions: Counter[str] = Counter()
    uses: Counter[tuple[str, int]] = Counter()
    for level in plan.levels:
        for stage in level.across:
            if isinstance(stage, Join):
                uses.update((hop.to, versions[hop.to]) for hop in stage.hops)
            elif isinstance(stage, Aggregate):
                uses.update((entity, versions[entity]) for entity in (stage.hops[0].entity, *(hop.to for hop in stage.hops[:-1])))
            elif isinstance(stage, Group | Earlier):
                uses[stage.entity, versions[stage.entity]] += 1 + isinstance(stage, Earlier)
        changed = {stage.entity for stage in (*level.across, *level.rows)}
        uses.update((entity, versions[entity]) for entity in changed)
        versions.update(changed)
    uses.update((entity, versions[entity]) for entity in {slot.entity for slot in plan.wanted})
    return uses


def _alive(plan: Plan, carried: Sequence[Named]) -> list[set[Named]]:
    """Return, for each level and the end, the columns that are read from there on, as (entity, name)."""
    alive = {(slot.entity, name) for slot in plan.wanted for name in fields(slot)} | {
        (entity, column_field(name)) for entity, name in carried
    }
    found = [alive]
    for level in reversed(plan.levels):
        alive = set(alive)
        for stage in (*level.across, *level.rows):
            for entity, slots, columns in reads(stage):
                alive |= {(entity, name) for slot in slots for name in fields(slot)} | {(entity, column_field(name)) for name in columns}
        found.append(alive)
    return found[::-1]
