"""Proposals to merge parties, decided and undone."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from townwright.apps.parties import selectors as parties
from townwright.apps.parties.pages.firms import WHOLE
from townwright.apps.parties.services import UnableToMerge, dismiss_suggestion, merge_parties, undo_merge
from townwright.frame.clock import now
from townwright.frame.doors import Filters, Listing, ListTable, actor_of, choice, show_list, zone_page
from townwright.frame.text import in_language

VERBS = {"merge": merge_parties, "undo": undo_merge, "apart": dismiss_suggestion}
STATES = [("merged", gettext_lazy("Merged")), ("dismissed", gettext_lazy("Kept apart"))]


class MergeTable(ListTable):
    """Pairs that may be one."""

    kept = tables.Column(verbose_name=gettext_lazy("Kept"), accessor="kept__name", attrs=WHOLE)
    other = tables.Column(verbose_name=gettext_lazy("Other"), accessor="other__name", attrs=WHOLE)
    score = tables.Column(verbose_name=gettext_lazy("Score"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    reasons = tables.Column(verbose_name=gettext_lazy("Why"), orderable=False, attrs={"td": {"class": "text"}})
    decided_by = tables.Column(verbose_name=gettext_lazy("Decided by"))
    decided_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=gettext_lazy("Decided at"), attrs=WHOLE)
    do = tables.TemplateColumn(
        template_name="parties/_merge_buttons.html", verbose_name=gettext_lazy("What to do"), orderable=False, empty_values=()
    )

    fixed = ("do",)

    def _named(self, party: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("firm-file", args=[self.request.zone.code, party.key]), party.name)

    def render_kept(self, record: Any) -> str:
        """Link to the file of the party that stays."""
        return self._named(record.kept)

    def render_other(self, record: Any) -> str:
        """Link to the file of the party that goes into it."""
        return self._named(record.other)

    def value_reasons(self, record: Any) -> str:
        """Say why the two may be one."""
        return " ".join(in_language(one) for one in record.reasons)

    render_reasons = value_reasons


class MergeFilters(Filters):
    """Open proposals, or those of another state."""

    status = choice(gettext_lazy("Status"), STATES, gettext_lazy("Open"))


@zone_page("parties.merge")
def merges(request: HttpRequest, zone: Any) -> HttpResponse:
    """List proposals to merge; decide or undo them."""
    if request.method == "POST":
        verb, number = VERBS.get(request.POST.get("do", "")), request.POST.get("id", "")
        if verb is None or not number.isdecimal() or not parties.merge_suggestions(zone, status="").filter(pk=int(number)).exists():
            raise Http404("There is no such proposal.")
        try:
            verb(zone=zone, suggestion_id=int(number), actor=actor_of(request), at=now())
        except UnableToMerge as fault:
            messages.error(request, str(fault))
        return redirect(request.get_full_path())

    def rows(status: str = "open") -> Any:
        return parties.merge_suggestions(zone, status=status)

    listing = Listing("merges", MergeTable, rows, filters=MergeFilters, export="parties.export", empty=gettext_lazy("Nothing to decide"))
    return show_list(request, zone, listing, "parties/merges.html")
