"""The rows of the entities as Spark frames: how they are read, and how one row finds another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql import types as T  # noqa: N812

from townwright.frame.cluster.values import KEY, ROW, same, spark_type
from townwright.kernel.formula.stages import Hop
from townwright.kernel.formula.staging import column_field

if TYPE_CHECKING:
    from townwright.frame.tables import TableFiles

# The place of a row: which file, times this, plus the row in the file.
_FILE = 2**40
# Rows up to which a table stays in one piece.
FEW = 20_000
# Rows up to which the keys of a table are compared on this machine: sooner done than a job is started.
_SHORT = 1_000_000


def read_files(session: SparkSession, files: TableFiles, entity: str, columns: Sequence[str]) -> DataFrame:
    """Return the columns of a table with the place of each row in ``_row``: 0 is the first row of the table.

    Raises:
        UnableToEvaluate: a column is not there, or the cluster cannot read it exactly.
    """
    types = {name: files.schema.field(name).type for name in columns}
    there = {name: spark_type(type_, f"{entity}.{name}") for name, type_ in types.items() if not pa.types.is_null(type_)}
    parts = [part for part in files.parts if part.rows] or list(files.parts[:1])
    # Even where no column is wanted the file must be read for its rows.
    schema = T.StructType([T.StructField(name, type_) for name, type_ in there.items()])
    frame = session.read.schema(schema).parquet(*(literal(part.path) for part in parts))
    row: Column = F.col("_metadata.row_index")
    if len(parts) > 1:
        places = session.createDataFrame(
            pa.table({"_name": [part.path.rsplit("/", 1)[-1] for part in parts], "_place": pa.array(range(len(parts)), pa.int64())})
        )
        frame = frame.withColumn("_name", F.col("_metadata.file_name")).withColumn(ROW, row).join(F.broadcast(places), "_name", "left")
        row = F.col("_place") * _FILE + F.col(ROW)
    told = [(F.col(f"`{name}`") if name in there else F.lit(None).cast(T.StringType())).alias(column_field(name)) for name in columns]
    return frame.select(row.alias(ROW), *told)


def address(path: Path | str) -> str:
    """Return a path on the shared file system as Spark names it."""
    return f"file://{path}"


def literal(path: Path | str) -> str:
    """Return a path to read that Spark takes as it is: signs that could stand for many files are marked."""
    return re.sub(r"([\\\[\]{}*?])", r"\\\1", address(path))


def keyed(frame: DataFrame, files: TableFiles, column: str) -> DataFrame:
    """Add ``_key``: the key, on the last row that has it; a key that several rows share belongs to the last of them."""
    field = column_field(column)
    if _distinct(frame, files, column):
        return frame.withColumn(KEY, F.col(f"`{field}`"))
    last = F.max(ROW).over(Window.partitionBy(F.col(f"`{field}`")))
    marked = frame.withColumn("_last", last).withColumn(KEY, F.when(F.col(ROW) == F.col("_last"), F.col(f"`{field}`")))
    return marked.drop("_last")


def _distinct(frame: DataFrame, files: TableFiles, column: str) -> bool:
    """Say whether no two rows share a key; short tables are looked at here, long ones by the cluster."""
    if files.rows <= _SHORT:
        keys = pa.concat_arrays([chunk for part in files.parts for chunk in pq.read_table(part.path, columns=[column]).column(0).chunks])
        return bool(pc.count_distinct(keys, mode="only_valid").as_py() == len(keys) - keys.null_count)
    key = F.col(f"`{column_field(column)}`")
    counts = frame.agg(F.count(key), F.count_distinct(key)).first()
    return counts is not None and counts[0] == counts[1]


def climb(frame: DataFrame, hop: Hop, target: DataFrame, brought: Sequence[Column], *, how: str) -> DataFrame:
    """Join to each row the row that a hop leads to; ``_at`` of the frame is what the hop's column holds.

    ``brought`` are columns of the target under new names; ``_at`` gives way to them. A hop without a column leads to the
    first row from wherever ``_at`` is not null.
    """
    here = frame.schema["_at"].dataType
    if not hop.column:
        first = target.where(F.col(ROW) == 0).select(*brought)
        return frame.join(F.broadcast(first), F.col("_at").isNotNull(), how).drop("_at")
    there = target.where(F.col(KEY).isNotNull()).select(F.col(KEY).alias("_there"), *brought)
    condition = same(F.col("_at"), here, F.col("_there"), there.schema["_there"].dataType)
    return frame.join(there, condition, how).drop("_at", "_there")


def start(hop: Hop) -> Column:
    """Return what ``climb`` follows from a row: the hop's column, or that the row is there."""
    return (F.col(f"`{column_field(hop.column)}`") if hop.column else F.lit(True)).alias("_at")


def spread(frame: DataFrame, rows: int, slots: int) -> DataFrame:
    """Lay a frame that comes from few files over the processors; small ones stay together."""
    return frame.repartition(slots, ROW) if rows > FEW else frame
