"""Single cells of large tables: read when they are looked at, so that one row is explained without reading the town."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# Values that are searched for one by one before all are listed.
SEARCHES = 16
# A column is read whole once this part of it has been looked at cell by cell.
_PART = 8


def exact(value: Any) -> Any:
    """Return a Python value with numbers as Fraction."""
    return Fraction(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


class Cells(Sequence[Any]):
    """A column as Python values, numbers as Fraction, None where missing."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self.arrow = column
        self._size = len(column)
        self._made: dict[int, Any] = {}
        self._whole: list[Any] | None = None

    def __len__(self) -> int:
        """How many rows there are."""
        return self._size

    def __getitem__(self, place: Any) -> Any:
        """Return the value of a row."""
        if self._whole is not None:
            return self._whole[place]
        if place not in self._made:
            if _PART * len(self._made) >= self._size:
                return self.whole()[place]
            self._made[place] = exact(self.arrow[place].as_py())
        return self._made[place]

    def __iter__(self) -> Iterator[Any]:
        """Go through all rows."""
        return iter(self.whole())

    def whole(self) -> list[Any]:
        """Return all values."""
        if self._whole is None:
            self._whole = [exact(value) for value in self.arrow.to_pylist()]
        return self._whole

    def search(self, key: Any) -> list[int] | None:
        """Return the rows that hold a value, found without making Python values; None where it cannot be found so."""
        type_ = self.arrow.type
        if (pa.types.is_string(type_) or pa.types.is_large_string(type_)) and isinstance(key, str):
            wanted: Any = key
        elif pa.types.is_integer(type_) and isinstance(key, Fraction) and key.denominator == 1:
            wanted = int(key)
        else:
            return None
        try:
            scalar = pa.scalar(wanted, type_)
        except (pa.ArrowException, OverflowError, UnicodeEncodeError):
            return None
        return pc.indices_nonzero(pc.equal(self.arrow, scalar)).to_pylist()  # type: ignore[no-any-return]


class Index:
    """The rows that hold a value: searched for a few values, listed for many."""

    def __init__(self, cells: Sequence[Any]) -> None:
        self.cells = cells
        self._found: dict[Any, list[int]] = {}
        self._listed = False

    def rows(self, key: Any) -> list[int]:
        """Return the rows in order; none for a missing value."""
        if key is None:
            return []
        if key not in self._found and not self._listed:
            few = isinstance(self.cells, Cells) and len(self._found) < SEARCHES
            found = self.cells.search(key) if few and isinstance(self.cells, Cells) else None
            if found is None:
                self._list()
            else:
                self._found[key] = found
        return self._found.get(key, [])

    def last(self, key: Any) -> int | None:
        """Return the last of the rows, None where there is none."""
        rows = self.rows(key)
        return rows[-1] if rows else None

    def _list(self) -> None:
        listed: dict[Any, list[int]] = {}
        for place, value in enumerate(self.cells):
            listed.setdefault(value, []).append(place)
        self._found, self._listed = listed, True
