"""What a draft would change: winners and losers over a snapshot, by size class and industry, by clause, and the budget curve."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.doors import export, whole, zone_page
from townwright.frame.permissions import may
from townwright.frame.terms import term
from townwright.frame.text import in_language
from townwright.kernel.formula import UNDECIDED
from townwright.kernel.formula.compare import OUTCOMES, UnableToCompare
from townwright.kernel.values.period import Period

PER_PAGE = 50
SAME = "unchanged"
COLUMNS = ("key", "firm", "size_class", "industry", "outcome", "before", "after", "difference")


@zone_page("policies.write")
def draft_compare(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Compare a draft with an adopted version over a closed year."""
    try:
        row = incentives.draft(zone, pk)
    except incentives.UnknownDraft as fault:
        raise Http404(str(fault)) from fault
    frozen = snapshots.asked(zone, whole(request.GET.get("snapshot", "")), request.GET.get("period", ""), grain="year")
    others = list(incentives.rulebooks(zone, "policy"))
    chosen = whole(request.GET.get("with", "")) or row.base_id
    other = next((one for one in others if one.pk == chosen), next((one for one in others if one.code == row.code), None))
    context: dict[str, Any] = {
        "row": row, "frozen": frozen, "years": [one for one in snapshots.snapshots(zone) if Period.parse(one.period).grain == "year"], "others": others, "other": other,
        "sweep": request.GET.get("sweep", ""),
    }  # fmt: skip
    checked = incentives.checked(zone, row.text, str(row))
    if frozen is None or other is None or not checked.sound:
        return render(request, "incentives/draft_compare.html", {**context, "checked": checked})
    try:
        told = incentives.compared(frozen, incentives.book_of(other), checked.book, sweep=context["sweep"])
    except (incentives.UnableToCompareHere, UnableToCompare) as fault:
        message = getattr(fault, "message", None)
        context["fault"] = in_language(message) if isinstance(message, dict) else str(fault)
        return render(request, "incentives/draft_compare.html", {**context, "checked": checked})
    rows = _rows(told, request)
    if request.GET.get("export"):
        if not may(request.user, "figures.export", zone):
            raise PermissionDenied("figures.export")
        return export(request, zone, f"compare-{row.code}", COLUMNS, ([one[name] for name in COLUMNS] for one in rows))
    context |= _sums(told, request.LANGUAGE_CODE)
    context["page"] = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context["may_export"] = may(request.user, "figures.export", zone)
    return render(request, "incentives/draft_compare.html", {**context, "checked": checked})


def _rows(told: Any, request: HttpRequest) -> list[dict[str, Any]]:
    """Return the firms that the change touches, those that gain or lose most first."""
    language = request.LANGUAGE_CODE
    classes = incentives.class_words()
    outcome = request.GET.get("outcome", "")
    rows = [
        {
            "key": one["key"], "firm": told.names.get(one["key"], one["key"]), "outcome": term("change", one["outcome"], language), "code": one["outcome"],
            "before": one["amount_before"], "after": one["amount_after"], "difference": one["difference"],
            "size_class": in_language(classes[one["size_class"]], language) if one.get("size_class") in classes else one.get("size_class") or "",
            "industry": term("section", one["industry_section"], language) if one.get("industry_section") else "",
        }
        for one in told.comparison.table.to_pylist()
        if (one["outcome"] == outcome if outcome else one["outcome"] != SAME and one["verdict_before"] != UNDECIDED)
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (-abs(one["difference"] or 0), one["key"]))


def _sums(told: Any, language: str) -> dict[str, Any]:
    """Return totals, sums by dimension in words, the effect of each clause and the budget curve."""
    classes = incentives.class_words()

    def named(name: str, value: Any) -> str:
        if value is None:
            return _("not told")
        if name == incentives.SECTION:
            return term("section", value, language)
        return in_language(classes[value], language) if value in classes else str(value)

    titles = {incentives.SIZE_CLASS: _("By size class"), incentives.SECTION: _("By industry")}
    policy = told.after.policy
    unit = told.after.variables[policy.entity, policy.amount].type.unit
    return {
        "totals_rows": [{**told.comparison.totals, "name": _("all")}], "outcomes": OUTCOMES, "currency": str(unit or ""),
        "by": [(titles[name], [{**one, "name": named(name, one["value"])} for one in rows]) for name, rows in told.comparison.by.items()],
        "effects": told.split.effects, "parameters": list(told.after.parameters.values()),
        "curve": [(float(point.value), point.total, point.eligible, point.undecided) for point in told.curve],
    }  # fmt: skip
