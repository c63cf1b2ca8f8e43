"""Awards: listed, decided by the director, exported."""

from __future__ import annotations

from functools import partial
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import UnableToAward, decide_awards
from townwright.frame.clock import now
from townwright.frame.doors import Filters, Listing, ListTable, actor_of, badge, choice, show_list, whole, zone_page
from townwright.frame.permissions import may
from townwright.frame.terms import figure, term
from townwright.frame.text import in_language

UNBROKEN = {"td": {"class": "text-nowrap"}}
WORDS = {"td": {"class": "text"}}
SUM = {"td": {"class": "num"}, "th": {"class": "num"}}
STATES = ("proposed", "approved", "rejected", "superseded")


class AwardTable(ListTable):
    """Awards."""

    award = tables.TemplateColumn(
        template_name="incentives/_award_box.html", verbose_name=gettext_lazy("Select"), orderable=False, empty_values=()
    )
    firm = tables.Column(verbose_name=gettext_lazy("Firm"), accessor="party_name", attrs=WORDS)
    key = tables.Column(verbose_name=gettext_lazy("Key"), accessor="party_key", attrs=UNBROKEN)
    policy = tables.Column(verbose_name=gettext_lazy("Policy"), attrs=WORDS)
    code = tables.Column(verbose_name=gettext_lazy("Policy code"), accessor="policy")
    year = tables.Column(verbose_name=gettext_lazy("Year"))
    eligible = tables.Column(verbose_name=gettext_lazy("Eligible amount"), accessor="eligible_amount", attrs=SUM)
    granted = tables.Column(verbose_name=gettext_lazy("Granted amount"), accessor="granted_amount", attrs=SUM)
    currency = tables.Column(verbose_name=gettext_lazy("Currency"))
    cut = tables.Column(verbose_name=gettext_lazy("Why less"), orderable=False, attrs=WORDS)
    status = tables.Column(verbose_name=gettext_lazy("Status"), attrs=WORDS)
    reason = tables.Column(verbose_name=gettext_lazy("Reason"), attrs=WORDS)
    superseded = tables.Column(verbose_name=gettext_lazy("Superseded because"), orderable=False, attrs=WORDS)
    changed = tables.Column(verbose_name=gettext_lazy("The newest assessment differs"), orderable=False, attrs=WORDS)
    proposed_by = tables.Column(verbose_name=gettext_lazy("Proposed by"))
    proposed_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=gettext_lazy("Proposed at"), attrs=UNBROKEN)
    decided_by = tables.Column(verbose_name=gettext_lazy("Decided by"))
    decided_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=gettext_lazy("Decided at"), attrs=UNBROKEN)

    fixed = ("award",)
    hidden = (
        "key",
        "code",
        "year",
        "currency",
        "reason",
        "superseded",
        "changed",
        "proposed_by",
        "proposed_at",
        "decided_by",
        "decided_at",
    )

    def __init__(self, *told: Any, may_approve: bool, **options: Any) -> None:
        left_out = [*options.pop("exclude", ()), *([] if may_approve else ["award"])]
        super().__init__(*told, exclude=left_out, **options)

    def render_firm(self, record: Any) -> str:
        """Link to the working, in the drawer where there is one."""
        address = reverse("working", args=[self.request.zone.code, record.assessment_id])
        return format_html(
            '<a href="{0}" hx-get="{0}" hx-target="#drawer-body" hx-swap="innerHTML" hx-push-url="false">{1}</a>',
            address,
            record.party_name,
        )

    def value_policy(self, record: Any) -> str:
        """Name the policy in the reader's language."""
        return in_language(record.assessment.rulebook.title)

    render_policy = value_policy

    def render_eligible(self, record: Any) -> str:
        """Show the sum with its currency."""
        return figure(record.eligible_amount, record.currency, get_language() or "en")

    def render_granted(self, record: Any) -> str:
        """Show the sum with its currency."""
        return figure(record.granted_amount, record.currency, get_language() or "en")

    def render_cut(self, value: Any) -> str:
        """Say why it is less than the eligible amount."""
        return in_language(value)

    def value_status(self, record: Any) -> str:
        """Name the status in the reader's language."""
        return str(record.get_status_display())

    def render_status(self, record: Any) -> str:
        """Show the status, and under it what there is to say of it."""
        notes = [
            ("text-danger", _("The newest assessment differs"), in_language(record.changed) if record.changed else ""),
            ("text-secondary", _("Superseded because"), in_language(record.superseded) if record.superseded else ""),
            ("text-secondary", _("Rejected before"), record.rejected_before or ""),
        ]
        told = [format_html('<div class="{}">{}: {}</div>', colour, label, words) for colour, label, words in notes if words]
        return format_html("{} {}" + "{}" * len(told), badge(record.status, record.get_status_display()), record.reason, *told)

    def value_changed(self, record: Any) -> str:
        """Say how the newest assessment differs, nothing where it does not."""
        return in_language(record.changed) if record.changed else ""

    render_changed = value_changed

    def value_superseded(self, record: Any) -> str:
        """Say why a close withdrew the proposal."""
        return in_language(record.superseded) if record.superseded else ""

    render_superseded = value_superseded


class AwardFilters(Filters):
    """What the list can be narrowed to."""

    q = forms.CharField(label=gettext_lazy("Search by firm"))
    policy = choice(gettext_lazy("Policy"), (), gettext_lazy("All policies"))
    status = choice(gettext_lazy("Status"), (), gettext_lazy("All statuses"))

    def prepare(self) -> None:
        """Name the zone's policies and the states."""
        titles = incentives.titles(self.zone, "policy")
        self.fields["policy"].choices += [(code, in_language(title)) for code, title in titles.items()]
        self.fields["status"].choices += [(one, term("award", one, self.language)) for one in STATES]


@zone_page("assessments.view")
def awards(request: HttpRequest, zone: Any) -> HttpResponse:
    """List awards; the director decides those that another proposed."""
    may_approve = may(request.user, "awards.approve", zone)
    if request.method == "POST":
        if not may_approve:
            raise PermissionDenied("awards.approve")
        return _decide(request, zone)

    def context(rows: Any) -> dict[str, Any]:
        return {"budgets": incentives.budgets(zone), "sums": incentives.award_sums(rows)}

    listing = Listing(
        "awards", AwardTable, partial(incentives.awards, zone), filters=AwardFilters, export="figures.export", above="incentives/_award_sums.html",
        context=context, tell=partial(incentives.tell_changes, zone), empty=gettext_lazy("No awards yet. Close a period first."),
        options={"may_approve": may_approve},
    )  # fmt: skip
    return show_list(request, zone, listing, "incentives/awards.html", {"may_approve": may_approve})


def _decide(request: HttpRequest, zone: Any) -> HttpResponse:
    """Approve or reject the awards that are ticked."""
    ids = [one for one in map(whole, request.POST.getlist("award")) if one is not None]
    approve = request.POST.get("do") == "approve"
    try:
        count = decide_awards(
            zone=zone, award_ids=ids, approve=approve, actor=actor_of(request), at=now(), reason=request.POST.get("reason", "")
        )
        messages.success(request, _("%(count)d awards decided.") % {"count": count})
    except UnableToAward as fault:
        messages.error(request, str(fault))
    return redirect(request.get_full_path())
