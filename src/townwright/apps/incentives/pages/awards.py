"""Awards: listed, decided by the director, exported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import UnableToAward, decide_awards
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, export, whole, zone_page
from townwright.frame.permissions import may
from townwright.frame.text import in_language

AWARD_COLUMNS = (
    "policy", "title", "year", "key", "firm", "eligible", "granted", "currency", "why_less", "status", "reason", "superseded", "changed",
    "proposed_by", "proposed_at", "decided_by", "decided_at",
)  # fmt: skip


@zone_page("assessments.view")
def awards(request: HttpRequest, zone: Any) -> HttpResponse:
    """List awards; the director decides those that another proposed."""
    if request.method == "POST":
        if not may(request.user, "awards.approve", zone):
            raise PermissionDenied("awards.approve")
        ids = [one for one in map(whole, request.POST.getlist("award")) if one is not None]
        try:
            count = decide_awards(
                zone=zone,
                award_ids=ids,
                approve=request.POST.get("do") == "approve",
                actor=actor_of(request),
                at=now(),
                reason=request.POST.get("reason", ""),
            )
            messages.success(request, _("%(count)d awards decided.") % {"count": count})
        except UnableToAward as fault:
            messages.error(request, str(fault))
        return redirect(request.get_full_path())
    chosen = {key: request.GET.get(key, "") for key in ("policy", "status", "q")}
    rows = incentives.awards(zone, **chosen)
    may_export = may(request.user, "figures.export", zone)
    if request.GET.get("export"):
        if not may_export:
            raise PermissionDenied("figures.export")
        return export(request, zone, "awards", AWARD_COLUMNS, _award_cells(zone, rows, request.LANGUAGE_CODE))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    page.object_list = incentives.tell_changes(zone, page.object_list)
    context = {
        "page": page, "chosen": chosen, "titles": incentives.titles(zone, "policy"), "budgets": incentives.budgets(zone),
        "sums": incentives.award_sums(rows), "may_approve": may(request.user, "awards.approve", zone), "may_export": may_export,
    }  # fmt: skip
    return render(request, "incentives/awards.html", context)


def _award_cells(zone: Any, rows: Any, language: str) -> list[list[Any]]:
    def said(texts: Any) -> str:
        return in_language(texts, language) if texts else ""

    return [
        [
            one.policy, said(one.assessment.rulebook.title), one.year, one.party_key, one.party_name, one.eligible_amount, one.granted_amount,
            one.currency, said(one.cut), one.get_status_display(), one.reason, said(one.superseded), said(one.changed),
            one.proposed_by, one.proposed_at.isoformat(), one.decided_by, one.decided_at.isoformat() if one.decided_at else "",
        ]
        for one in incentives.tell_changes(zone, rows)
    ]  # fmt: skip
