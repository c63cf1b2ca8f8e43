"""The rows of a list as HTML, written without a template.

A template looks every cell up anew, and django-tables2 reads the signature of each column's ``render`` for each cell; on a
page of fifty rows that was most of the time that the page took. Here what hangs on the column alone is worked out once.
What is written is the same, cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import template_localtime
from django_tables2.utils import signature

_ASKS: dict[Any, tuple[tuple[str, ...], str | None]] = {}


class DayColumn(tables.Column):
    """A day, as 2016-12-31; of a moment, the day where the zone lies."""

    def render(self, value: Any) -> str:
        """Write the day."""
        return f"{template_localtime(value):%Y-%m-%d}"


class YesNoColumn(tables.BooleanColumn):
    """A mark for yes or no; the same marks as the library's, without being put together for each row."""

    MARKS = {True: mark_safe('<span class="true">✔</span>'), False: mark_safe('<span class="false">✘</span>')}

    def render(self, value: Any) -> SafeString:
        """Write the mark."""
        return self.MARKS[bool(value)]


def body(table: tables.Table) -> SafeString:
    """Return the rows of the page that is shown."""
    columns = [_Cells(table, bound) for bound in table.columns]
    return mark_safe("".join(_lines(table, columns)))  # noqa: S308 - every cell is escaped below


def _lines(table: tables.Table, columns: list[_Cells]) -> Iterator[str]:
    for row in table.paginated_rows:
        yield f"<tr {row.attrs.as_html()}>" if table.row_attrs else f'<tr class="{row.get_even_odd_css_class()}">'
        for column in columns:
            yield column.cell(row)
        yield "</tr>\n"


class _Cells:
    """Writes the cells of one column."""

    def __init__(self, table: tables.Table, bound: Any) -> None:
        self.table, self.bound, self.column = table, bound, bound.column
        self.name = str(bound.accessor)
        self.simple = "__" not in self.name and "." not in self.name
        self.varying = any(map(callable, (bound.column.attrs.get("td") or bound.column.attrs.get("cell") or {}).values()))
        self.opening = f"<td {bound.attrs['td'].as_html()}>"
        self.asks = _asked(bound.render)
        self.displayed: dict[type, bool] = {}

    def cell(self, row: Any) -> str:
        """Return one cell with its tags."""
        content = self.content(row)
        opening = self.opening
        if self.varying:
            self.bound.current_value, self.bound.current_record = content, row.record
            opening = f"<td {self.bound.attrs['td'].as_html()}>"
        return f"{opening}{written(content)}</td>\n"

    def content(self, row: Any) -> Any:
        """Return what the column makes of the row's record, as ``BoundRow.get_cell`` does."""
        record = row.record
        if not self.simple or not isinstance(record, Model) or self._displays(record):
            return row.get_cell(self.bound.name)
        value = getattr(record, self.name, None)
        if callable(value):
            return row.get_cell(self.bound.name)
        if value in self.column.empty_values:
            return self.bound.default
        told = {
            "value": value, "record": record, "column": self.column, "bound_column": self.bound, "bound_row": row, "table": self.table,
        }  # fmt: skip
        names, rest = self.asks
        if names == ("value",) and not self.bound.link:
            return self.bound.render(value=value)
        content = self.bound.render(**(told if rest else {name: told[name] for name in names}))
        return self.bound.link(content, **told) if self.bound.link else content

    def _displays(self, record: Model) -> bool:
        """Say whether the column is a field whose values have words."""
        kind = type(record)
        if kind not in self.displayed:
            try:
                self.displayed[kind] = bool(getattr(kind._meta.get_field(self.name), "choices", None))
            except FieldDoesNotExist:
                self.displayed[kind] = False
        return self.displayed[kind]


def _asked(render: Callable[..., Any]) -> tuple[tuple[str, ...], str | None]:
    """Return the names of what a ``render`` asks for; read once a function."""
    key = getattr(render, "__func__", render)
    if key not in _ASKS:
        _ASKS[key] = signature(render)
    return _ASKS[key]


def written(value: Any) -> str:
    """Return a value as ``{{ value }}`` writes it."""
    if isinstance(value, str):
        return str(conditional_escape(value))
    return str(conditional_escape(localize(template_localtime(value))))
