"""Rows of the frame."""

from townwright.frame.models.api import ApiAnswer, ApiToken
from townwright.frame.models.audit import AuditEntry
from townwright.frame.models.imports import ColumnMapping, ImportRun
from townwright.frame.models.jobs import Job
from townwright.frame.models.outbox import OutboxEvent
from townwright.frame.models.roles import CalendarFeed, Invitation, RoleAssignment, SystemLogin
from townwright.frame.models.views import SavedView
from townwright.frame.models.webhooks import Webhook, WebhookMessage

__all__ = [
    "ApiAnswer",
    "ApiToken",
    "AuditEntry",
    "CalendarFeed",
    "ColumnMapping",
    "ImportRun",
    "Invitation",
    "Job",
    "OutboxEvent",
    "RoleAssignment",
    "SavedView",
    "SystemLogin",
    "Webhook",
    "WebhookMessage",
]
