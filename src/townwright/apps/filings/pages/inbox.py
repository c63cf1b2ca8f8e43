"""The list of returns."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, ngettext

from townwright.apps.filings import selectors as filings
from townwright.frame.doors import Filters, Listing, ListTable, badge, choice, show_list, zone_page
from townwright.frame.permissions import may
from townwright.frame.text import in_language

UNBROKEN = {"td": {"class": "text-nowrap"}}
STATES = ("draft", "submitted", "accepted", "returned")


def _titles() -> list[tuple[str, str]]:
    return [(name, in_language(told.title)) for name, told in filings.definitions().items()]


class FilingTable(ListTable):
    """Returns."""

    firm = tables.Column(verbose_name=gettext_lazy("Firm"), accessor="party__name", attrs=UNBROKEN)
    key = tables.Column(verbose_name=gettext_lazy("Key"), accessor="party__key", attrs=UNBROKEN)
    dataset = tables.Column(verbose_name=gettext_lazy("Dataset"))
    period = tables.Column(verbose_name=gettext_lazy("Period"))
    status = tables.Column(verbose_name=gettext_lazy("Status"))
    version = tables.Column(verbose_name=gettext_lazy("Version"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    submitted_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=gettext_lazy("Submitted at"), attrs=UNBROKEN)
    decided_by = tables.Column(verbose_name=gettext_lazy("Decided by"))
    decided_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=gettext_lazy("Decided at"), attrs=UNBROKEN)

    hidden = ("key", "version", "decided_by", "decided_at")

    def render_firm(self, record: Any) -> str:
        """Link to the return."""
        return format_html('<a href="{}">{}</a>', reverse("filing", args=[self.request.zone.code, record.pk]), record.party.name)

    def value_dataset(self, record: Any) -> str:
        """Name the dataset in the reader's language."""
        return dict(_titles()).get(record.dataset, record.dataset)

    render_dataset = value_dataset

    def render_status(self, record: Any) -> str:
        """Show the status in its colour."""
        return badge(record.status, record.get_status_display())

    def value_status(self, record: Any) -> str:
        """Name the status in the reader's language."""
        return str(record.get_status_display())


class FilingFilters(Filters):
    """What the list can be narrowed to."""

    q = forms.CharField(label=gettext_lazy("Firm"))
    dataset = choice(gettext_lazy("Dataset"), _titles)
    period = forms.CharField(label=gettext_lazy("Period"))
    status = choice(gettext_lazy("Status"), [(one, filings.state_name(one)) for one in STATES])


def _counted(count: int) -> str:
    return ngettext("%(count)s return", "%(count)s returns", count) % {"count": f"{count:,}"}


@zone_page("filings.view")
def inbox(request: HttpRequest, zone: Any) -> HttpResponse:
    """List returns by dataset, period, status and firm."""

    def rows(**told: str) -> Any:
        return filings.inbox(zone, **told)

    listing = Listing(
        "filing-inbox", FilingTable, rows, filters=FilingFilters, export="filings.export", file_name="filings", count=_counted,
        empty=gettext_lazy("Nothing is filed yet. Import returns, or enter one."),
    )  # fmt: skip
    return show_list(request, zone, listing, "filings/inbox.html", {"may_edit": may(request.user, "filings.edit", zone)})
