"""Returns: list, one with its history, deciding, and who has not filed."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from townwright.apps.filings import selectors as filings
from townwright.apps.filings.services import UnableToFile, accept, return_filing
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, export, zone_page
from townwright.frame.permissions import may
from townwright.kernel.values.period import Period


@zone_page("filings.view")
def inbox(request: HttpRequest, zone: Any) -> HttpResponse:
    """List returns by dataset, period, status and firm."""
    chosen = {name: request.GET.get(name, "") for name in ("dataset", "period", "status", "q")}
    page = Paginator(filings.inbox(zone, **chosen), 50).get_page(request.GET.get("page"))
    context = {"page": page, "chosen": chosen, "definitions": filings.definitions(), "may_edit": may(request.user, "filings.edit", zone)}
    return render(request, "filings/inbox.html", context)


def filing_or_404(zone: Any, pk: int) -> Any:
    """Return the zone's return of that number; 404 where there is none."""
    try:
        return filings.filing(zone, pk)
    except filings.UnknownFiling as fault:
        raise Http404(str(fault)) from fault


@zone_page("filings.view")
def one_filing(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Show a return, and what each correction of it changed."""
    row = filing_or_404(zone, pk)
    told, form = filings.definition(row.dataset), filings.sheet_form(row.dataset, zone.currency)
    context = {
        "row": row, "definition": told, "fields": [(form.field(one.name), row.values.get(one.name), row.answers.get(one.name)) for one in told.fields],
        "corrections": [
            (one, [(form.field(field.name), old, new) for field, old, new in one.changes]) for one in filings.corrections(row)
        ],
        "may_edit": may(request.user, "filings.edit", zone), "may_decide": may(request.user, "filings.decide", zone),
    }  # fmt: skip
    return render(request, "filings/filing.html", context)


@zone_page("filings.decide")
@require_POST
def decide_filing(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Accept a submitted return, or give it back with a reason."""
    try:
        if request.POST.get("do") == "accept":
            accept(zone=zone, filing_id=pk, actor=actor_of(request), at=now())
        else:
            return_filing(zone=zone, filing_id=pk, reason=request.POST.get("reason", ""), actor=actor_of(request), at=now())
    except UnableToFile as fault:
        messages.error(request, str(fault))
    return redirect("filing", zone.code, pk)


UNBROKEN = {"td": {"class": "text-nowrap"}}


class MissingTable(tables.Table):
    """Firms whose return is not there."""

    name = tables.Column(verbose_name=gettext_lazy("Firm"), attrs={"td": {"style": "min-width: 12rem"}})
    uscc = tables.Column(verbose_name=gettext_lazy("Code"))
    industry = tables.Column(verbose_name=gettext_lazy("Industry"))
    arrived_on = tables.DateColumn(format="Y-m-d", attrs=UNBROKEN, verbose_name=gettext_lazy("Arrived"))
    left_on = tables.DateColumn(format="Y-m-d", attrs=UNBROKEN, verbose_name=gettext_lazy("Left"))
    state = tables.Column(verbose_name=gettext_lazy("Begun"), default=gettext_lazy("Nothing yet"))
    last_period = tables.Column(verbose_name=gettext_lazy("Last filed for"), default=gettext_lazy("Never"))
    key = tables.Column(verbose_name="", orderable=False)

    class Meta:
        attrs = {"class": "table table-vcenter card-table"}
        empty_text = gettext_lazy("Nobody is missing.")

    def __init__(self, *told: Any, link: str, **options: Any) -> None:
        self.link = link
        super().__init__(*told, **options)

    def render_name(self, record: Any) -> str:
        """Link to the firm's file."""
        return format_html('<a href="{}">{}</a>', reverse("firm-file", args=[record.zone.code, record.key]), record.name)

    def render_state(self, value: str) -> str:
        """Name the state in the reader's language."""
        return str(filings.state_name(value))

    def render_key(self, value: str) -> str:
        """Link to typing the return in."""
        return format_html('<a class="btn btn-sm" href="{}&amp;{}">{}</a>', self.link, urlencode({"firm": value}), _("Enter"))


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
    rows = filings.not_filed(zone, dataset, period, q=context["q"]).select_related("zone")
    if request.GET.get("export"):
        if not may(request.user, "filings.export", zone):
            raise PermissionDenied("filings.export")
        columns = ("key", "name", "uscc", "industry", "arrived_on", "left_on", "state", "last_period")
        return export(request, zone, f"not-filed-{dataset}-{period}", columns, rows.values_list(*columns))
    may_edit = may(request.user, "filings.edit", zone)
    link = f"{reverse('enter-filing', args=[zone.code])}?{urlencode({'dataset': dataset, 'period': period})}"
    table = MissingTable(rows, link=link, exclude=() if may_edit else ("key",))
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    due, lacking = filings.due(zone, period).count(), filings.not_filed(zone, dataset, period).count()
    counts = {"due": due, "missing": lacking, "filed": due - lacking, "without_stay": filings.without_stay(zone, period)}
    may_export = may(request.user, "filings.export", zone)
    return render(
        request,
        "filings/missing.html",
        {**context, "period": period, "table": table, "counts": counts, "told": told, "may_export": may_export},
    )
