"""The list of firms and other parties."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import django_tables2 as tables
from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.translation import gettext_lazy, ngettext

from townwright.apps.parties import selectors as parties
from townwright.apps.parties.pages.party_forms import KINDS, labelled
from townwright.frame.doors import DayColumn, Filters, Listing, ListTable, YesNoColumn, as_of, choice, show_list, zone_page
from townwright.frame.permissions import may

# Characters may break anywhere: on a narrow screen the table is moved sideways instead.
WHOLE = {"td": {"class": "text-nowrap"}}
# What ``reverse`` leaves as it stands in an address.
SAFE = RFC3986_SUBDELIMS + "/~:@"
SECTIONS = "ABCDEFGHIJKLMNOPQRST"


class FirmTable(ListTable):
    """The register as a list."""

    key = tables.Column(verbose_name=gettext_lazy("Key"), attrs=WHOLE)
    name = tables.Column(verbose_name=gettext_lazy("Name"), attrs=WHOLE)
    name_en = tables.Column(verbose_name=gettext_lazy("English name"))
    uscc = tables.Column(verbose_name=gettext_lazy("Code"), attrs=WHOLE)
    industry = tables.Column(verbose_name=gettext_lazy("Industry"))
    arrived_on = DayColumn(verbose_name=gettext_lazy("Arrived"), attrs=WHOLE)
    left_on = DayColumn(verbose_name=gettext_lazy("Left"), attrs=WHOLE)
    present = YesNoColumn(verbose_name=gettext_lazy("Present"))
    registered_on = DayColumn(verbose_name=gettext_lazy("Registered on"), attrs=WHOLE)
    address = tables.Column(verbose_name=gettext_lazy("Address"))

    hidden = ("key", "name_en", "registered_on", "address")

    @cached_property
    def files(self) -> str:
        """The address of the list, below which the files of firms stand."""
        return reverse("firm-list", args=[self.request.zone.code])

    def render_name(self, record: Any) -> str:
        """Link to the firm's file."""
        return format_html('<a href="{}{}/">{}</a>', self.files, quote(record.key, safe=SAFE), record.name)


class FirmFilters(Filters):
    """What the list can be narrowed to."""

    q = forms.CharField(label=gettext_lazy("Name, code or pinyin initials"))
    kind = choice(gettext_lazy("Kind"), KINDS.items(), gettext_lazy("Firm or branch"))
    tag = choice(gettext_lazy("Tag"), lambda: labelled(parties.tag_labels()))
    section = choice(gettext_lazy("Industry section"), [(one, one) for one in SECTIONS])
    status = choice(
        gettext_lazy("Presence"),
        [("present", gettext_lazy("Present")), ("left", gettext_lazy("Left")), ("expected", gettext_lazy("Not yet here"))],
    )
    sample = choice(gettext_lazy("Sample"), [("yes", gettext_lazy("Sample")), ("no", gettext_lazy("No sample"))])


def _counted(count: int) -> str:
    return ngettext("%(count)s on record", "%(count)s on record", count) % {"count": f"{count:,}"}


@zone_page("parties.view")
def firm_list(request: HttpRequest, zone: Any) -> HttpResponse:
    """List firms as of a day; export what the filter leaves."""
    at = as_of(request)

    def rows(**told: str) -> Any:
        return parties.firm_rows(zone, at=at.day, **told)

    listing = Listing(
        "firm-list", FirmTable, rows, filters=FirmFilters, export="parties.export", file_name="firms", fault=at.fault, count=_counted,
        empty=gettext_lazy("Nobody is on record yet. Import the register, or register a party."),
    )  # fmt: skip
    return show_list(request, zone, listing, "parties/firms.html", {"at": at, "may_edit": may(request.user, "parties.edit", zone)})
