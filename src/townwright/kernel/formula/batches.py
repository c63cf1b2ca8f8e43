"""Rows in batches: from Parquet files read piece by piece, from Arrow tables, or from whoever hands batches in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from townwright.kernel.formula.executors.load import arrow_column
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.types import TEXT, Type

# A Parquet file or folder, an Arrow table, or an iterable of record batches.
Source: TypeAlias = str | Path | Any
# Bytes of each column read ahead from the file: whole row groups may be larger than memory.
_BUFFER = 2**20


def files_of(path: Path) -> list[Path]:
    """Return the Parquet files of a path, in order of their names.

    Raises:
        UnableToEvaluate: there is no such file, or the folder holds none.
    """
    if path.is_dir():
        found = sorted(path.rglob("*.parquet"))
        if found:
            return found
        raise UnableToEvaluate("no-parquet", file=path)
    if not path.exists():
        raise UnableToEvaluate("no-file", file=path)
    return [path]


def read_batches(source: Source, entity: str, columns: Mapping[str, Type], rows: int, keys: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    """Yield batches of so many rows with the columns that are needed, ``keys`` among them; the next one is read while the last is worked on.

    Raises:
        UnableToEvaluate: a file is cut short or damaged, or lacks a column, or holds another kind of value in it; file and column
            are named.
    """
    if isinstance(source, pa.Table):
        batches: Iterator[pa.RecordBatch] = iter(source.to_batches(max_chunksize=rows))
    elif isinstance(source, str | Path):
        batches = _ahead(_files(Path(source), entity, columns, rows, keys))
    else:
        batches = iter(source)
    for batch in batches:
        for start in range(0, batch.num_rows, rows):
            yield batch.slice(start, rows)


def _files(path: Path, entity: str, columns: Mapping[str, Type], rows: int, keys: Sequence[str]) -> Iterator[pa.RecordBatch]:
    files = files_of(path)
    for file in files:
        _opened(file, entity, columns, keys).close()
    for file in files:
        opened = _opened(file, entity, columns, keys)
        try:
            yield from opened.iter_batches(batch_size=rows, columns=list(columns))
        except (pa.ArrowException, OSError) as fault:
            raise UnableToEvaluate("damaged", file=file, column=_damaged(opened, entity, columns), problem=_line(fault)) from fault
        finally:
            opened.close()


def _opened(file: Path, entity: str, columns: Mapping[str, Type], keys: Sequence[str]) -> Any:
    words = [name for name, type_ in columns.items() if type_.kind == TEXT and name not in keys]
    try:
        opened = pq.ParquetFile(file, read_dictionary=words, pre_buffer=False, buffer_size=_BUFFER)
    except (pa.ArrowException, OSError) as fault:
        raise UnableToEvaluate("not-whole", file=file, problem=_line(fault)) from fault
    empty = opened.schema_arrow.empty_table()
    for name, type_ in columns.items():
        try:
            arrow_column(empty, entity, name, type_)
        except UnableToEvaluate as fault:
            opened.close()
            raise UnableToEvaluate("file-column", file=file, problem=fault.said) from fault
    return opened


def _line(fault: BaseException) -> str:
    return str(fault).strip().splitlines()[0].rstrip(".") if str(fault).strip() else type(fault).__name__


def _damaged(opened: Any, entity: str, columns: Mapping[str, Type]) -> Said:
    """Return which column of which row group cannot be read."""
    for group in range(opened.num_row_groups):
        for name in columns:
            try:
                opened.read_row_group(group, columns=[name])
            except (pa.ArrowException, OSError):
                where = f"{entity}.{name}"
                many = opened.num_row_groups
                return Said(f"{where} 的第 {group + 1} 个行组（共 {many} 个）", f"{where} in row group {group + 1} of {many}")
    return Said(entity, entity)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Read one batch ahead in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = pool.submit(next, batches, None)
            yield batch
