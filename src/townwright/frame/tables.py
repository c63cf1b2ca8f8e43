"""Tables that lie in a folder as Parquet: one file each, or a folder of parts in the order of their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils.translation import gettext as _


class UnableToReadTable(RuntimeError):
    """A file is missing, cut short or unlike the others: says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file, its rows, and in how many groups they lie: a group is read by one task."""

    path: str
    rows: int
    groups: int = 1


@dataclass(frozen=True, slots=True)
class TableFiles:
    """The files of a table in the order of its rows, and what columns they hold."""

    schema: pa.Schema
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(part.rows for part in self.parts)


class Source(Protocol):
    """Where an engine takes tables from: into memory, or file by file."""

    def tables(self) -> Mapping[str, pa.Table]:
        """Return the tables by entity."""

    def files(self, entity: str) -> TableFiles:
        """Return the files of one entity's table."""


@dataclass(frozen=True, slots=True)
class ParquetFolder:
    """Tables in a folder, ENTITY.parquet each."""

    folder: Path
    entities: Sequence[str]

    def tables(self) -> Mapping[str, pa.Table]:
        """Return the tables by entity.

        Raises:
            UnableToReadTable: a file is missing or cut short.
        """
        return {entity: read_table(self.folder, entity) for entity in self.entities}

    def files(self, entity: str) -> TableFiles:
        """Return the files of one entity's table.

        Raises:
            UnableToReadTable: a file is missing, cut short, or has other columns than the first.
        """
        return table_files(self.folder, entity)


def read_table(folder: Path, entity: str) -> pa.Table:
    """Read one table.

    Raises:
        UnableToReadTable: a file is missing or cut short.
    """
    path = folder / f"{entity}.parquet"
    try:
        return pq.read_table(path, partitioning=None)
    except (OSError, pa.ArrowException) as fault:
        raise _unreadable(path, fault) from fault


def table_files(folder: Path, entity: str) -> TableFiles:
    """Return the files of a table, with rows and columns as their footers tell.

    Raises:
        UnableToReadTable: a file is missing, cut short, or has other columns than the first.
    """
    whole = folder / f"{entity}.parquet"
    paths = [whole]
    if whole.is_dir():
        paths = [path for path in sorted(whole.iterdir()) if path.name[0] not in "._"]
    schema, parts = None, []
    for path in paths:
        try:
            footer = pq.read_metadata(path)
            own = pq.read_schema(path).remove_metadata()
        except (OSError, pa.ArrowException) as fault:
            raise _unreadable(path, fault) from fault
        if schema is not None and own != schema:
            raise UnableToReadTable(
                _("%(file)s has other columns than %(first)s: write all parts of a table alike.")
                % {"file": path.name, "first": paths[0].name}
            )
        schema = own
        parts.append(Part(str(path.absolute()), footer.num_rows, footer.num_row_groups))
    if schema is None:
        raise _unreadable(whole, _("the folder holds no part"))
    return TableFiles(schema, tuple(parts))


def _unreadable(path: Path, fault: object) -> UnableToReadTable:
    return UnableToReadTable(
        _("%(file)s cannot be read (%(fault)s). Restore it from a backup.") % {"file": path.name, "fault": str(fault).splitlines()[0]}
    )
