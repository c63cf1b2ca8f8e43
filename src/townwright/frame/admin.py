"""The admin as a bare tool to look: superusers read rows, nobody changes them there. Changes are verbs with an audit entry."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from townwright.frame.models import (
    ApiAnswer,
    ApiToken,
    AuditEntry,
    CalendarFeed,
    ColumnMapping,
    ImportRun,
    Invitation,
    Job,
    OutboxEvent,
    RoleAssignment,
    SavedView,
    SystemLogin,
    Webhook,
    WebhookMessage,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Base of every room's admin."""

    actions = None
    # Even who may look at everything has no use for these.
    exclude = ("secret", "digest")
    list_per_page = 50
    ordering = ("-pk",)
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app to superusers."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show rows to superusers; permissions of the table are a zone's, and the admin knows no zone."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


def look(model: type[models.Model], *columns: str, search: tuple[str, ...] = (), filters: tuple[str, ...] = ()) -> None:
    """Register a model to be looked at: its columns, where to search, what to filter by."""
    joined = [name for name in columns if isinstance(model._meta.get_field(name), models.ForeignKey)]
    room = {"list_display": columns, "search_fields": search, "list_filter": filters, "list_select_related": joined, "__module__": __name__}
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), room))


look(AuditEntry, "at", "zone", "actor_label", "verb", "subject", "reason", search=("subject", "actor", "verb"), filters=("zone", "verb"))
look(
    ImportRun, "at", "zone", "dataset", "file_name", "actor", "landed", search=("file_name", "actor"), filters=("zone", "dataset", "landed")
)
look(ColumnMapping, "zone", "dataset", "field", "header", search=("field", "header"), filters=("zone", "dataset"))
look(OutboxEvent, "at", "zone", "name", "delivered_at", search=("name",), filters=("zone", "name"))
look(
    ApiToken,
    "user",
    "zone",
    "name",
    "start",
    "created_at",
    "expires_at",
    "revoked_at",
    "used_at",
    search=("user__username", "name"),
    filters=("zone",),
)
look(ApiAnswer, "at", "user", "key", "status", search=("user__username", "key"), filters=("status",))
look(Webhook, "zone", "name", "url", "active", "created_at", search=("name", "url"), filters=("zone", "active"))
look(
    WebhookMessage,
    "created_at",
    "zone",
    "webhook",
    "event",
    "status",
    "tries",
    "answer",
    search=("event", "uid"),
    filters=("zone", "status"),
)
look(
    Invitation,
    "sent_at",
    "zone",
    "email",
    "role",
    "party_key",
    "status",
    "expires_at",
    search=("email", "party_key"),
    filters=("zone", "role", "status"),
)
look(CalendarFeed, "user", "language", "made_at", search=("user__username",), filters=("language",))
look(SystemLogin, "login", "user", search=("login", "user__username"), filters=("user__is_active",))
look(RoleAssignment, "zone", "user", "role", "party_key", search=("user__username", "party_key"), filters=("zone", "role"))
look(
    Job,
    "queued_at",
    "zone",
    "kind",
    "status",
    "actor_label",
    "runs",
    "ended_at",
    search=("kind", "actor"),
    filters=("zone", "kind", "status"),
)
look(SavedView, "zone", "user", "listing", "title", search=("user__username", "title"), filters=("zone", "listing"))
