"""Who did what, when."""

from __future__ import annotations

from functools import partial
from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import Q
from django.forms import DateInput
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy

from townwright.frame.doors import Filters, Listing, ListTable, show_list, zone_page
from townwright.frame.models import AuditEntry
from townwright.frame.templatetags.townwright import pairs
from townwright.frame.terms import codes_like, verb_name

UNBROKEN = {"td": {"class": "text-nowrap"}}
WORDS = {"td": {"class": "text"}}


class AuditTable(ListTable):
    """Entries of the audit trail."""

    at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=gettext_lazy("When"), attrs=UNBROKEN)
    actor_label = tables.Column(verbose_name=gettext_lazy("Who"))
    verb = tables.Column(verbose_name=gettext_lazy("What"), attrs=WORDS)
    subject = tables.Column(verbose_name=gettext_lazy("Whose"), attrs=WORDS)
    old = tables.Column(verbose_name=gettext_lazy("Old"), orderable=False, attrs=WORDS)
    new = tables.Column(verbose_name=gettext_lazy("New"), orderable=False, attrs=WORDS)
    reason = tables.Column(verbose_name=gettext_lazy("Reason"), attrs=WORDS)
    actor = tables.Column(verbose_name=gettext_lazy("Signed in as"))

    hidden = ("reason", "actor")

    def value_verb(self, record: AuditEntry) -> str:
        """Say in words what was done."""
        return verb_name(record.verb, get_language() or "en")

    def render_verb(self, record: AuditEntry) -> str:
        """Say in words what was done, and why."""
        return format_html('<span title="{}">{}</span> {}', record.verb, self.value_verb(record), record.reason)

    def value_old(self, record: AuditEntry) -> str:
        """Tell the old values as a line."""
        return pairs(record.old)

    def value_new(self, record: AuditEntry) -> str:
        """Tell the new values as a line."""
        return pairs(record.new)

    def render_old(self, record: AuditEntry) -> str:
        """Tell the beginning of the old values."""
        return Truncator(pairs(record.old)).chars(160)

    def render_new(self, record: AuditEntry) -> str:
        """Tell the beginning of the new values."""
        return Truncator(pairs(record.new)).chars(160)


class AuditFilters(Filters):
    """What the trail can be narrowed to."""

    q = forms.CharField(label=gettext_lazy("Who, what or whose"))
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("Until"), widget=DateInput(attrs={"type": "date"}))


def _rows(zone: Any, q: str = "", since: Any = None, until: Any = None) -> Any:
    rows = AuditEntry.objects.in_zone(zone).order_by("-at", "-id")
    if since:
        rows = rows.filter(at__date__gte=since)
    if until:
        rows = rows.filter(at__date__lte=until)
    if q:
        named = Q(verb__contains=q) | Q(verb__in=codes_like("verb", q))
        rows = rows.filter(named | Q(subject__contains=q) | Q(actor_label__contains=q) | Q(reason__contains=q))
    return rows


@zone_page("audit.view")
def audit(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show who did what, when; export what the filter leaves."""
    listing = Listing(
        "audit", AuditTable, partial(_rows, zone), filters=AuditFilters, export="audit.view", empty=gettext_lazy("Nothing yet")
    )
    return show_list(request, zone, listing, "frame/audit.html")
