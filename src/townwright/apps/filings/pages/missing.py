"""Who has not filed for a period."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from townwright.apps.filings import selectors as filings
from townwright.frame.clock import now
from townwright.frame.doors import DayColumn, Listing, ListTable, show_list, zone_page
from townwright.frame.permissions import may
from townwright.kernel.values.period import Period

UNBROKEN = {"td": {"class": "text-nowrap"}}


class MissingTable(ListTable):
    """Firms whose return is not there."""

    key = tables.Column(verbose_name=gettext_lazy("Key"), attrs=UNBROKEN)
    name = tables.Column(verbose_name=gettext_lazy("Firm"), attrs={"td": {"class": "text"}})
    uscc = tables.Column(verbose_name=gettext_lazy("Code"), attrs=UNBROKEN)
    industry = tables.Column(verbose_name=gettext_lazy("Industry"))
    arrived_on = DayColumn(attrs=UNBROKEN, verbose_name=gettext_lazy("Arrived"))
    left_on = DayColumn(attrs=UNBROKEN, verbose_name=gettext_lazy("Left"))
    state = tables.Column(verbose_name=gettext_lazy("Begun"), default=gettext_lazy("Nothing yet"))
    last_period = tables.Column(verbose_name=gettext_lazy("Last filed for"), default=gettext_lazy("Never"))
    enter = tables.Column(verbose_name=gettext_lazy("What to do"), accessor="key", orderable=False)

    hidden = ("key",)
    fixed = ("enter",)

    def __init__(self, *told: Any, link: str, may_edit: bool, **options: Any) -> None:
        self.link = link
        left_out = [*options.pop("exclude", ()), *([] if may_edit else ["enter"])]
        super().__init__(*told, exclude=left_out, **options)

    def render_name(self, record: Any) -> str:
        """Link to the firm's file."""
        return format_html('<a href="{}">{}</a>', reverse("firm-file", args=[record.zone.code, record.key]), record.name)

    def render_state(self, value: str) -> str:
        """Name the state in the reader's language."""
        return str(filings.state_name(value))

    def value_state(self, record: Any) -> str:
        """Name the state in the reader's language, nothing where nothing was begun."""
        return str(filings.state_name(record.state)) if record.state else ""

    def render_enter(self, value: str) -> str:
        """Link to typing the return in."""
        return format_html('<a class="btn btn-sm" href="{}&amp;{}">{}</a>', self.link, urlencode({"firm": value}), _("Enter"))


def _counted(count: int) -> str:
    return ngettext("%(count)s firm", "%(count)s firms", count) % {"count": f"{count:,}"}


@zone_page("filings.view")
def missing(request: HttpRequest, zone: Any) -> HttpResponse:
    """List firms that were here in a period and have handed in nothing for it; export them."""
    known = filings.definitions()
    dataset = request.GET.get("dataset") or next(iter(known))
    context: dict[str, Any] = {"definitions": known, "dataset": dataset, "q": request.GET.get("q", "").strip()}
    try:
        told = filings.definition(dataset)
        text = request.GET.get("period", "").strip()
        period = filings.period_for(dataset, text) if text else Period.last_full(told.grain, now().date())
    except (filings.UnknownDataset, filings.UnableToChoosePeriod) as fault:
        messages.error(request, str(fault))
        return render(request, "filings/missing.html", {**context, "period": request.GET.get("period", "")})

    def rows() -> Any:
        return filings.not_filed(zone, dataset, period, q=context["q"]).select_related("zone")

    due, lacking = filings.due(zone, period).count(), filings.not_filed(zone, dataset, period).count()
    counts = {"due": due, "missing": lacking, "filed": due - lacking, "without_stay": filings.without_stay(zone, period)}
    link = f"{reverse('enter-filing', args=[zone.code])}?{urlencode({'dataset': dataset, 'period': period})}"
    listing = Listing(
        "not-filed", MissingTable, rows, export="filings.export", file_name=f"not-filed-{dataset}-{period}", count=_counted,
        options={"link": link, "may_edit": may(request.user, "filings.edit", zone)},
    )  # fmt: skip
    return show_list(request, zone, listing, "filings/missing.html", {**context, "period": period, "counts": counts, "told": told})
