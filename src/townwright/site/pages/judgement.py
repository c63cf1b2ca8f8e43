"""Policies, working, awards, figures, claims, the report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import UnableToAward, decide_awards
from townwright.apps.indicators import selectors as indicators
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.clock import now
from townwright.frame.models import AuditEntry
from townwright.frame.permissions import may
from townwright.frame.terms import codes_like
from townwright.frame.text import in_language
from townwright.site.pages.doors import actor_of, whole, zone_page
from townwright.site.pages.exports import export
from townwright.site.report import breakdowns, render_html, sections


def _snapshot(request: HttpRequest, zone: Any, grain: str = "") -> Any:
    """Return the snapshot asked for, the newest otherwise, None where nothing was closed."""
    try:
        wanted = whole(request.GET.get("snapshot", ""))
        if wanted is not None:
            return snapshots.snapshot(zone, wanted)
        return snapshots.latest(zone, request.GET.get("period", ""), grain=grain)
    except snapshots.UnknownSnapshot:
        return None


@zone_page("figures.view")
def report(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show the closing report; each figure is a link to what it was made of."""
    frozen = _snapshot(request, zone)
    if frozen is None:
        return render(request, "townwright/report.html", {"frozen": None, "may_close": may(request.user, "close.run", zone)})
    if request.GET.get("file"):
        response = HttpResponse(render_html(zone, frozen, request.LANGUAGE_CODE))
        response["Content-Disposition"] = f'attachment; filename="{zone.code}-{frozen.period}.html"'
        return response
    figures = indicators.figures(zone, frozen)
    context = {
        "frozen": frozen, "figures": figures, "rows": indicators.reconciliations(zone, frozen),
        "verdicts": incentives.verdict_counts(zone, frozen), "awards": incentives.award_totals(zone, frozen),
        "changed": incentives.changed_awards(zone, frozen),
        "sections": sections(zone, frozen, request.LANGUAGE_CODE) if any(row.code == "firms" for row in figures) else [],
        "revisions": list(snapshots.snapshots(zone)),
    }  # fmt: skip
    return render(request, "townwright/report.html", context)


@zone_page("figures.view")
def figure(request: HttpRequest, zone: Any, name: str) -> HttpResponse:
    """Open a figure: formula, parameters, working, rows; export the rows."""
    frozen = _snapshot(request, zone)
    if frozen is None:
        raise Http404("There is no such snapshot.")
    try:
        opened = indicators.figure(zone, frozen, name)
    except indicators.UnknownFigure as fault:
        raise Http404(str(fault)) from fault
    place = whole(request.GET.get("part", "")) or 0
    part = opened.rows[place] if place < len(opened.rows) else None
    if request.GET.get("export") and part is not None:
        if not may(request.user, "figures.export", zone):
            raise PermissionDenied("figures.export")
        rows = zip(*(part.rows.column(column).to_pylist() for column in part.rows.column_names), strict=True)
        return export(request, zone, f"figure-{name}", part.rows.column_names, (list(row) for row in rows))
    page = None
    if part is not None:
        page = Paginator(range(part.rows.num_rows), 50).get_page(request.GET.get("page"))
        start = page.start_index() - 1 if part.rows.num_rows else 0
        shown = part.rows.slice(start, 50).select(part.rows.column_names[:9])
        page.rows = [list(row.values()) for row in shown.to_pylist()]
        page.columns = [snapshots.offers(frozen)[part.entity].column(column) for column in shown.column_names]
    context = {
        "opened": opened, "frozen": frozen, "part": part, "place": place, "page": page, "parts": breakdowns(zone, frozen, opened),
    }  # fmt: skip
    return render(request, "townwright/figure.html", context)


@zone_page("policies.view")
def policies(request: HttpRequest, zone: Any) -> HttpResponse:
    """List the zone's rulebooks."""
    return render(request, "townwright/policies.html", {"rows": incentives.rulebooks(zone)})


@zone_page("policies.view")
def policy(request: HttpRequest, zone: Any, name: str) -> HttpResponse:
    """Show a rulebook: basis, dates, parameters, conditions, cases; and whom it found eligible."""
    try:
        row = incentives.rulebook(zone, name)
    except incentives.UnknownPolicy as fault:
        raise Http404(str(fault)) from fault
    book, frozen, page = incentives.book_of(row), _snapshot(request, zone, "year"), None
    chosen = {key: request.GET.get(key, "") for key in ("verdict", "q")}
    if frozen is not None and may(request.user, "assessments.view", zone):
        page = Paginator(incentives.assessments(zone, snapshot=frozen, rulebook=row, **chosen), 50).get_page(request.GET.get("page"))
    context = {
        "row": row,
        "book": book,
        "variables": book.variables.values(),
        "parameters": book.parameters.values(),
        "page": page,
        "frozen": frozen,
        "chosen": chosen,
        "budgets": incentives.budgets(zone, name),
    }
    return render(request, "townwright/policy.html", context)


@zone_page("assessments.view")
def working(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Show one firm's working under a policy, recomputed from the snapshot."""
    row = incentives.assessment(zone, pk)
    return render(request, "townwright/working.html", {"row": row, "working": incentives.working(row)})


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
    return render(request, "townwright/awards.html", context)


AWARD_COLUMNS = (
    "policy", "title", "year", "key", "firm", "eligible", "granted", "currency", "why_less", "status", "reason", "superseded", "changed",
    "proposed_by", "proposed_at", "decided_by", "decided_at",
)  # fmt: skip


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


@zone_page("figures.view")
def claims(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show the ledger of published figures with its verdicts."""
    frozen = _snapshot(request, zone)
    if request.GET.get("export") and frozen is not None:
        if not may(request.user, "figures.export", zone):
            raise PermissionDenied("figures.export")
        told = indicators.reconciliation_rows(zone, frozen, request.LANGUAGE_CODE)
        columns = list(told[0]) if told else ["system", "claim"]
        return export(request, zone, "claims", columns, ([row[column] for column in columns] for row in told))
    chosen = {key: request.GET.get(key, "") for key in ("q", "verdict")}
    context = {
        "rows": indicators.reconciliations(zone, frozen, **chosen) if frozen else [], "frozen": frozen, "chosen": chosen,
        "verdicts": indicators.VERDICTS, "may_edit": may(request.user, "claims.edit", zone), "waiting": indicators.unreconciled(zone, frozen),
    }  # fmt: skip
    return render(request, "townwright/claims.html", context)


@zone_page("figures.view")
def snapshot_list(request: HttpRequest, zone: Any) -> HttpResponse:
    """List snapshots, and what a revision changed."""
    rows = list(snapshots.snapshots(zone))
    wanted = request.GET.get("snapshot", "")
    newer = next((row for row in rows if str(row.pk) == wanted), None)
    older = next((row for row in rows if newer and row.period == newer.period and row.revision == newer.revision - 1), None)
    changed = snapshots.changes(older, newer) if older else None
    for told in (changed or {}).values():
        for one in told["rows"]:
            one["pairs"] = [
                {"label": told["labels"].get(column, {"zh": column, "en": column}), "old": pair[0], "new": pair[1]}
                for column, pair in one["columns"].items()
            ]
    return render(request, "townwright/snapshots.html", {"rows": rows, "newer": newer, "changed": changed})


@zone_page("audit.view")
def audit(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show who did what, when."""
    rows = AuditEntry.objects.in_zone(zone).order_by("-at", "-id")
    q = request.GET.get("q", "")
    if q:
        named = Q(verb__contains=q) | Q(verb__in=codes_like("verb", q))
        rows = rows.filter(named | Q(subject__contains=q) | Q(actor_label__contains=q) | Q(reason__contains=q))
    return render(request, "townwright/audit.html", {"page": Paginator(rows, 50).get_page(request.GET.get("page")), "q": q})
