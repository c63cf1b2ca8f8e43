"""The one list of the design system: filtered, sorted, with chosen columns, kept views, and files of what is shown.

A page says what its list is (``Listing``) and calls ``show_list``. Everything that a person chooses stands in the address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import django_tables2 as tables
from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.utils import flatatt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from townwright.frame.doors.exports import export
from townwright.frame.permissions import may
from townwright.frame.saved_views import tidy, views
from townwright.frame.text import in_language

REGION = "list"
ALL = gettext_lazy("All")
SELECTED = mark_safe(" selected")


class ListTable(tables.Table):
    """Base of the tables of lists.

    ``hidden`` are columns that are shown only where somebody chooses them; ``fixed`` are columns that are no data (a box to
    tick, buttons): always shown, never in a file. ``value_NAME`` gives what a file holds where that is not the row's own value.
    """

    hidden: ClassVar[Sequence[str]] = ()
    fixed: ClassVar[Sequence[str]] = ()

    def __init__(self, *told: Any, **options: Any) -> None:
        super().__init__(*told, attrs={"class": "table table-vcenter card-table"}, **options)


class Filters(forms.Form):
    """Base of the filters of lists: a form whose values go by name to a selector, which does the filtering.

    No field is required. A value that is no choice is told at its field and left out.
    """

    def __init__(self, data: Any, *, zone: Any, language: str) -> None:
        self.zone = zone
        self.language = language
        super().__init__(data, auto_id="%s")
        self.prepare()
        for name, one in self.fields.items():
            one.required = False
            one.widget.attrs["class"] = "form-select" if isinstance(one.widget, forms.Select) else "form-control"
            if name == "q":
                one.widget.input_type = "search"

    def prepare(self) -> None:
        """Fill in choices that hang on the zone or the language."""

    def told(self) -> dict[str, Any]:
        """Return what was chosen."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class PlainSelect(forms.Select):
    """A select box without groups, written without three templates an option: the filters of a list hold some forty."""

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Write the box."""
        chosen = self.format_value(value)
        options = format_html_join(
            "\n", '<option value="{}"{}>{}</option>', ((one, SELECTED if str(one) in chosen else "", label) for one, label in self.choices)
        )
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(self.build_attrs(self.attrs, attrs)), options)


def choice(label: Any, choices: Any = (), empty: Any = ALL) -> forms.ChoiceField:
    """Return a filter by one of a few values; ``empty`` is how it reads where none is chosen."""
    if callable(choices):
        return forms.ChoiceField(label=label, choices=lambda: [("", empty), *choices()], widget=PlainSelect)
    return forms.ChoiceField(label=label, choices=[("", empty), *choices], widget=PlainSelect)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list is. ``name`` and ``arguments`` are those of its address after the zone; ``export`` the permission to take it as a file, nobody where empty.

    ``rows`` takes the values of the filters by name. ``tell`` adds to rows about to be shown or written what the query does
    not hold. ``above`` is a template that stands above the table and changes with it, ``context`` what it needs of the rows.
    ``count`` says how many rows there are, in words.
    """

    name: str
    table: type[ListTable]
    rows: Callable[..., Any]
    filters: type[Filters] | None = None
    export: str = ""
    file_name: str = ""
    above: str = ""
    context: Callable[[Any], Mapping[str, Any]] | None = None
    tell: Callable[[list[Any]], Any] | None = None
    count: Callable[[int], str] | None = None
    empty: Any = ""
    fault: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    per_page: int = 50

    @property
    def key(self) -> str:
        """Under which views of the list are kept."""
        return ":".join((self.name, *self.arguments))


@dataclass(frozen=True, slots=True)
class Shown:
    """What the templates of a list are given as ``list``."""

    name: str
    table: ListTable
    filters: Filters | None
    columns: list[tuple[str, Any, bool]]
    chosen: list[str]
    views: list[Any]
    query: str
    count: str
    may_export: bool
    may_keep: bool
    above: str
    empty: Any
    filtered: bool


def show_list(request: HttpRequest, zone: Any, listing: Listing, template: str, context: Mapping[str, Any] | None = None) -> HttpResponse:
    """Answer a list's page, its region alone where htmx asks for it, or a file of the rows that the filters leave."""
    filters = listing.filters(request.GET, zone=zone, language=request.LANGUAGE_CODE) if listing.filters else None
    asked = filters.told() if filters is not None else {}
    rows = listing.rows(**asked)
    may_export = bool(listing.export) and may(request.user, listing.export, zone)
    # A file cannot tell that what was asked for was not understood: the page does, and gives none.
    if request.GET.get("export") and listing.export and not listing.fault and (filters is None or filters.is_valid()):
        if not may_export:
            raise PermissionDenied(listing.export)
        return _file(request, zone, listing, rows)
    chosen = [name for name in request.GET.getlist("col") if name in listing.table.base_columns]
    table = listing.table(rows, exclude=_left_out(listing.table, chosen), **listing.options)
    table.request = request  # told at once, the table would page itself, before it is told how
    tables.RequestConfig(request, paginate={"per_page": listing.per_page, "silent": True}).configure(table)
    if listing.tell:
        listing.tell(list(table.page.object_list.data))
    shown = Shown(
        listing.key, table, filters, _columns(listing.table, chosen), chosen, list(views(zone, request.user, listing.key)),
        tidy(request.GET.urlencode()), _count(listing, table.paginator.count), may_export, may(request.user, "views.keep", zone), listing.above,
        listing.empty, bool(asked),
    )  # fmt: skip
    more = listing.context(rows) if listing.context else {}
    page = "components/list_region.html" if request.htmx and request.htmx.target == REGION else template
    return render(request, page, {**(context or {}), **more, "list": shown, "table": table})


def _count(listing: Listing, count: int) -> str:
    return listing.count(count) if listing.count else _("%(count)s rows") % {"count": f"{count:,}"}


def _left_out(table: type[ListTable], chosen: Sequence[str]) -> list[str]:
    """Return the columns that are not shown: those that nobody chose, or, where nobody chose, the hidden ones."""
    if not chosen:
        return list(table.hidden)
    return [name for name in table.base_columns if name not in chosen and name not in table.fixed]


def _columns(table: type[ListTable], chosen: Sequence[str]) -> list[tuple[str, Any, bool]]:
    """Return the columns that a person may choose among: name, label, and whether it is shown."""
    out = _left_out(table, chosen)
    return [(name, column.verbose_name, name not in out) for name, column in table.base_columns.items() if name not in table.fixed]


def _file(request: HttpRequest, zone: Any, listing: Listing, rows: Any) -> HttpResponse:
    """Return the rows under labels in the reader's language: the columns that were chosen, or all where none were."""
    chosen = [name for name in request.GET.getlist("col") if name in listing.table.base_columns]
    table = listing.table(rows, request=request, order_by=request.GET.get("sort") or (), **listing.options)
    names = [name for name in table.base_columns if name not in table.fixed and (name in chosen or not chosen)]
    labels = [str(table.columns[name].header) for name in names]
    return export(request, zone, listing.file_name or listing.name, labels, _cells(table, listing, names))


def _cells(table: ListTable, listing: Listing, names: Sequence[str]) -> Iterator[list[Any]]:
    records = list(table.data)
    if listing.tell:
        listing.tell(records)
    told = [(table.columns[name].accessor, getattr(table, f"value_{name}", None)) for name in names]
    for record in records:
        yield [written(value(record) if value else accessor.resolve(record, quiet=True)) for accessor, value in told]


def written(value: Any) -> Any:
    """Return a value as a file holds it: numbers and days as they are, all else as text in the reader's language."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Mapping):
        return in_language(value)
    return str(value) if isinstance(value, Promise) else value
