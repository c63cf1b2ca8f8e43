"""The audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from townwright.frame.api import Answer, Out, Paging, page_of, paged, reads
from townwright.frame.api.schemas import Instant
from townwright.frame.models import AuditEntry
from townwright.frame.terms import codes_like

router = Router(tags=["audit"])


class AuditRow(Out):
    """Who did what to which subject, when, with old and new values."""

    id: int
    at: datetime
    actor: str
    actor_label: str
    verb: str
    subject: str
    old: dict[str, Any]
    new: dict[str, Any]
    reason: str


AuditPage = page_of(AuditRow)


class AuditFilter(Paging):
    """Which entries."""

    q: str = Field("", max_length=100, description="Part of verb, subject, actor or reason.")
    verb: str = Field("", max_length=100)
    subject: str = Field("", max_length=250)
    actor: str = Field("", max_length=150)
    since: Instant | None = Field(None, description="From this instant.")
    until: Instant | None = Field(None, description="Before this instant.")


@reads(router, "/audit", name="audit.list", summary=_("List the audit trail"), permission="audit.view", response=AuditPage)
def list_audit(request: HttpRequest, zone: Any, told: Query[AuditFilter]) -> Answer:
    """Return who did what, newest first."""
    rows = AuditEntry.objects.in_zone(zone).order_by("-at", "-id")
    if told.q:
        named = Q(verb__contains=told.q) | Q(verb__in=codes_like("verb", told.q))
        rows = rows.filter(named | Q(subject__contains=told.q) | Q(actor_label__contains=told.q) | Q(reason__contains=told.q))
    exact = {"verb": told.verb, "subject": told.subject, "actor": told.actor, "at__gte": told.since, "at__lt": told.until}
    return paged(request, told, rows.filter(**{name: value for name, value in exact.items() if value}), lambda row: row)
