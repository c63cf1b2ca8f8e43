"""People on record: a list for who may see people."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, ngettext

from townwright.apps.parties import selectors as parties
from townwright.apps.parties.pages.firms import WHOLE
from townwright.frame.doors import DayColumn, Filters, Listing, ListTable, as_of, show_list, zone_page
from townwright.frame.permissions import may
from townwright.frame.text import in_language

_BREAK = mark_safe("<br>")


def _address(zone_code: str, party: Any) -> str:
    return reverse("firm-file", args=[zone_code, party.key])


class PeopleTable(ListTable):
    """People, what they are to whom, and their numbers."""

    key = tables.Column(verbose_name=gettext_lazy("Key"), attrs=WHOLE)
    name = tables.Column(verbose_name=gettext_lazy("Name"), attrs=WHOLE)
    name_en = tables.Column(verbose_name=gettext_lazy("English name"))
    address = tables.Column(verbose_name=gettext_lazy("Address"))
    positions = tables.Column(verbose_name=gettext_lazy("Relations"), orderable=False, empty_values=(), attrs=WHOLE)
    codes = tables.Column(verbose_name=gettext_lazy("Codes"), orderable=False, empty_values=(), attrs=WHOLE)
    created_at = DayColumn(verbose_name=gettext_lazy("On record since"), attrs=WHOLE)

    hidden = ("key", "address")

    def value_positions(self, record: Any) -> str:
        """Say what the person is, and to whom, in a file."""
        return "; ".join(f"{in_language(label)} {other.name}" for label, other in parties.positions(record))

    def value_codes(self, record: Any) -> str:
        """Give the numbers with their schemes in a file."""
        return "; ".join(f"{one.scheme} {one.value}" for one in record.codes)

    def render_name(self, record: Any) -> str:
        """Link to the person's file."""
        return format_html('<a href="{}">{}</a>', _address(self.request.zone.code, record), record.name)

    def render_positions(self, record: Any) -> str:
        """Say what the person is, each with a link to whom."""
        code = self.request.zone.code
        told = ((in_language(label), _address(code, other), other.name) for label, other in parties.positions(record))
        return format_html_join(_BREAK, '{} <a href="{}">{}</a>', told) or "—"

    def render_codes(self, record: Any) -> str:
        """Show the numbers under their schemes."""
        told = ((in_language(parties.scheme_label(one.scheme)), one.value) for one in record.codes)
        return format_html_join(_BREAK, "{} {}", told) or "—"


class PeopleFilters(Filters):
    """What the list can be narrowed to."""

    q = forms.CharField(label=gettext_lazy("Name, number, or a party that they are related to"))


def _counted(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": f"{count:,}"}


@zone_page("people.view")
def people(request: HttpRequest, zone: Any) -> HttpResponse:
    """List people as of a day; export what the search leaves."""
    at = as_of(request)

    def rows(q: str = "") -> Any:
        return parties.people_rows(zone, at=at.day, q=q)

    listing = Listing(
        "people", PeopleTable, rows, filters=PeopleFilters, export="people.export", fault=at.fault, count=_counted,
        empty=gettext_lazy("Nobody is on record yet."),
    )  # fmt: skip
    return show_list(request, zone, listing, "parties/people.html", {"at": at, "may_edit": may(request.user, "people.edit", zone)})
