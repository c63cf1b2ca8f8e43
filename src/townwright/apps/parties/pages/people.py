"""People on record: a list for who may see people."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from townwright.apps.parties import selectors as parties
from townwright.apps.parties.pages.register import WHOLE
from townwright.frame.doors import as_of, export, zone_page
from townwright.frame.permissions import may
from townwright.frame.text import in_language

_BREAK = mark_safe("<br>")


def _address(zone_code: str, party: Any) -> str:
    return reverse("firm-file", args=[zone_code, party.key])


class PeopleTable(tables.Table):
    """People, what they are to whom, and their numbers."""

    name = tables.Column(verbose_name=gettext_lazy("Name"), attrs=WHOLE)
    name_en = tables.Column(verbose_name=gettext_lazy("English name"))
    positions = tables.Column(verbose_name=gettext_lazy("Relations"), orderable=False, empty_values=(), attrs=WHOLE)
    codes = tables.Column(verbose_name=gettext_lazy("Codes"), orderable=False, empty_values=(), attrs=WHOLE)
    created_at = tables.DateColumn(format="Y-m-d", verbose_name=gettext_lazy("On record since"), attrs=WHOLE)

    class Meta:
        attrs = {"class": "table table-vcenter card-table"}

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


@zone_page("people.view")
def people(request: HttpRequest, zone: Any) -> HttpResponse:
    """List people as of a day; export what the search leaves."""
    q, at = request.GET.get("q", ""), as_of(request)
    rows = parties.people_rows(zone, at=at.day, q=q)
    if request.GET.get("export") and not at.fault:
        if not may(request.user, "people.export", zone):
            raise PermissionDenied("people.export")
        return export(request, zone, "people", ("key", "name", "name_en", "address", "relations", "codes"), map(_line, rows))
    table = PeopleTable(rows)
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    context = {
        "table": table, "q": q, "at": at, "may_edit": may(request.user, "people.edit", zone), "may_export": may(request.user, "people.export", zone),
    }  # fmt: skip
    return render(request, "parties/people.html", context)


def _line(person: Any) -> tuple[str, ...]:
    held = "; ".join(f"{in_language(label)} {other.name}" for label, other in parties.positions(person))
    codes = "; ".join(f"{one.scheme} {one.value}" for one in person.codes)
    return person.key, person.name, person.name_en, person.address, held, codes
