"""The policy workbench: a version is written, checked while it is typed, compared, and published by a second person."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.models import RulebookDraft
from townwright.apps.incentives.services import (
    DraftChanged,
    UnableToAdoptRulebook,
    UnableToDraft,
    begin_draft,
    decide_draft,
    drop_draft,
    save_draft,
    submit_draft,
)
from townwright.frame.clock import now
from townwright.frame.doors import actor_of, whole, zone_page
from townwright.frame.permissions import may
from townwright.kernel.formula.skeleton import skeleton

NEW = "new-policy"


@zone_page("policies.write")
def draft_list(request: HttpRequest, zone: Any) -> HttpResponse:
    """List drafts; begin one from an adopted version or from a skeleton that says what to put where."""
    if request.method == "POST":
        base, text = None, skeleton(NEW, "policy")
        if request.POST.get("base"):
            try:
                base = incentives.rulebook(zone, request.POST["base"])
            except incentives.UnknownPolicy as fault:
                raise Http404(str(fault)) from fault
            text = base.text
        row = begin_draft(zone=zone, text=text, base=base, actor=actor_of(request), at=now())
        return redirect("draft", zone.code, row.pk)
    status = request.GET.get("status", "")
    page = Paginator(incentives.drafts(zone, status=status), 50).get_page(request.GET.get("page"))
    context = {"page": page, "status": status, "statuses": RulebookDraft.Status.choices, "bases": incentives.newest_rulebooks(zone)}
    return render(request, "incentives/drafts.html", context)


@zone_page("policies.write")
def draft_page(request: HttpRequest, zone: Any, pk: int) -> HttpResponse:
    """Show a draft with its findings, cases and history; save, submit, publish, send back or drop it."""
    row = _draft(zone, pk)
    if request.method != "POST":
        return _shown(request, zone, row, row.text)
    text, do = _typed(request, row), request.POST.get("do", "")
    if do == "check":
        return _shown(request, zone, row, text)
    try:
        row = _done(request, zone, row, text, do)
    except DraftChanged as fault:
        messages.error(request, str(fault))
        return _shown(request, zone, fault.row, text, status=409)
    except (UnableToDraft, UnableToAdoptRulebook) as fault:
        messages.error(request, str(fault))
        return _shown(request, zone, _draft(zone, pk), text, status=409)
    return redirect("draft-list", zone.code) if do == "drop" else redirect("draft", zone.code, row.pk)


def _typed(request: HttpRequest, row: RulebookDraft) -> str:
    # Browsers send lines with CRLF; rulebooks are kept with LF, or saving without a change would be one.
    return request.POST.get("text", row.text).replace("\r\n", "\n")


def _done(request: HttpRequest, zone: Any, row: RulebookDraft, text: str, do: str) -> RulebookDraft:
    """Do what a button asks; whoever submits has saved first, so that what they see is what is submitted."""
    told = {"zone": zone, "pk": row.pk, "actor": actor_of(request), "at": now()}
    revision = whole(request.POST.get("revision", "")) or 0
    if do in ("publish", "return"):
        if not may(request.user, "policies.publish", zone):
            raise PermissionDenied("policies.publish")
        row = decide_draft(**told, revision=revision, publish=do == "publish", reason=request.POST.get("reason", ""))
        messages.success(request, _("Published: the zone has adopted it.") if do == "publish" else _("Sent back."))
        return row
    if do == "drop":
        return drop_draft(**told, revision=revision)
    row = save_draft(**told, revision=revision, text=text)
    if do == "submit":
        row = submit_draft(**told, revision=row.revision)
        messages.success(request, _("Submitted: another person can publish it."))
    else:
        messages.success(request, _("Saved as revision %(revision)s.") % {"revision": row.revision})
    return row


def _shown(request: HttpRequest, zone: Any, row: RulebookDraft, text: str, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    theirs = ""
    if text != row.text:
        lines = unified_diff(row.text.splitlines(), text.splitlines(), _("saved"), _("yours"), lineterm="", n=2)
        theirs = "\n".join(lines)
    context = {
        "row": row, "text": text, "difference": theirs, "history": incentives.history(row)[:20], "open": row.status in RulebookDraft.OPEN,
        "may_publish": may(request.user, "policies.publish", zone) and actor.name not in (row.written_by, row.submitted_by),
        **_findings(request, zone, text, str(row)),
    }  # fmt: skip
    return render(request, "incentives/draft.html", context, status=status)


def _findings(request: HttpRequest, zone: Any, text: str, source: str) -> dict[str, Any]:
    """Return what the panel beside the text shows."""
    told = incentives.checked(zone, text, source)
    language = request.LANGUAGE_CODE
    rows = [
        {
            "line": one.place.line, "column": one.place.column, "severity": one.severity, "code": one.code,
            "message": (one.message_zh or one.message) if language.startswith("zh") else one.message,
            "repair": (one.repair_zh or one.repair) if language.startswith("zh") else one.repair,
        }
        for one in told.findings
    ]  # fmt: skip
    passed = sum(case.passed for case in told.cases)
    collision = incentives.collision(zone, told.book) if told.book is not None else ""
    return {"checked": told, "rows": rows, "passed": passed, "collision": collision}


@zone_page("policies.write")
@require_POST
def draft_check(request: HttpRequest, zone: Any) -> HttpResponse:
    """Return the findings of a text that is being typed; nothing is saved."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        context = _findings(request, zone, text, "draft")
    except UnableToAdoptRulebook as fault:
        context = {"fault": str(fault)}
    return render(request, "incentives/_draft_checks.html", context)


def _draft(zone: Any, pk: int) -> RulebookDraft:
    try:
        return incentives.draft(zone, pk)
    except incentives.UnknownDraft as fault:
        raise Http404(str(fault)) from fault
