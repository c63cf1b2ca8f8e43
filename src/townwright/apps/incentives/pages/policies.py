"""Policies, and one firm's working under one."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy

from townwright.apps.incentives import selectors as incentives
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.doors import Filters, Listing, ListTable, badge, choice, show_list, whole, zone_page
from townwright.frame.permissions import may
from townwright.frame.terms import figure
from townwright.frame.text import in_language

WORDS = {"td": {"class": "text"}}
SUM = {"td": {"class": "num"}, "th": {"class": "num"}}
VERDICTS = [
    ("eligible", gettext_lazy("Eligible")),
    ("not_eligible", gettext_lazy("Not eligible")),
    ("undecided", gettext_lazy("Cannot be decided")),
]


@zone_page("policies.view")
def policies(request: HttpRequest, zone: Any) -> HttpResponse:
    """List the zone's rulebooks."""
    return render(request, "incentives/policies.html", {"rows": incentives.rulebooks(zone)})


class AssessmentTable(ListTable):
    """Whom a policy found eligible."""

    firm = tables.Column(verbose_name=gettext_lazy("Firm"), accessor="party_name", attrs=WORDS)
    key = tables.Column(verbose_name=gettext_lazy("Key"), accessor="party_key")
    verdict = tables.Column(verbose_name=gettext_lazy("Verdict"))
    amount = tables.Column(verbose_name=gettext_lazy("Amount"), attrs=SUM)
    currency = tables.Column(verbose_name=gettext_lazy("Currency"))

    hidden = ("key", "currency")

    def render_firm(self, record: Any) -> str:
        """Link to the working, in the drawer where there is one."""
        address = reverse("working", args=[self.request.zone.code, record.pk])
        link = '<a href="{0}" hx-get="{0}" hx-target="#drawer-body" hx-swap="innerHTML" hx-push-url="false">{1}</a>'
        return format_html(link, address, record.party_name)

    def value_verdict(self, record: Any) -> str:
        """Say what was found, with the class where there is one."""
        return f"{record.get_verdict_display()} {in_language(incentives.class_label(record))}".strip()

    def render_verdict(self, record: Any) -> str:
        """Show what was found, with the class where there is one."""
        return format_html("{} {}", badge(record.verdict, record.get_verdict_display()), in_language(incentives.class_label(record)))

    def render_amount(self, record: Any) -> str:
        """Show the sum with its currency."""
        return figure(record.amount, record.currency, get_language() or "en")


class AssessmentFilters(Filters):
    """What the list can be narrowed to."""

    q = forms.CharField(label=gettext_lazy("Firm"))
    verdict = choice(gettext_lazy("Verdict"), VERDICTS)


@zone_page("policies.view")
def policy(request: HttpRequest, zone: Any, name: str) -> HttpResponse:
    """Show a rulebook: basis, dates, parameters, conditions, cases; and whom it found eligible."""
    try:
        row = incentives.rulebook(zone, name)
    except incentives.UnknownPolicy as fault:
        raise Http404(str(fault)) from fault
    book = incentives.book_of(row)
    frozen = snapshots.asked(zone, whole(request.GET.get("snapshot", "")), request.GET.get("period", ""), grain="year")
    context = {
        "row": row, "book": book, "variables": book.variables.values(), "parameters": book.parameters.values(), "frozen": frozen,
        "budgets": incentives.budgets(zone, name),
    }  # fmt: skip
    if frozen is None or not may(request.user, "assessments.view", zone):
        return render(request, "incentives/policy.html", context)

    def rows(**told: str) -> Any:
        return incentives.assessments(zone, snapshot=frozen, rulebook=row, **told)

    listing = Listing(
        "policy", AssessmentTable, rows, filters=AssessmentFilters, export="figures.export", file_name=f"assessments-{name}-{frozen.period}",
        arguments=(name,),
    )  # fmt: skip
    return show_list(request, zone, listing, "incentives/policy.html", context)


@zone_page("assessments.view")
def working(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Show one firm's working under a policy, recomputed from the snapshot."""
    row = incentives.assessment(zone, pk)
    return render(request, "incentives/working.html", {"row": row, "working": incentives.working(row)})
