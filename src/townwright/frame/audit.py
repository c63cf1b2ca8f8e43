"""The frame of every write: one transaction, one audit entry, events that leave with the commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from townwright.frame.actors import Actor
from townwright.frame.models import AuditEntry, OutboxEvent


@dataclass(slots=True)
class Write:
    """What a verb tells about itself while it runs."""

    subject: str
    verb: str
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    silent: bool = False

    def event(self, name: str, **payload: Any) -> None:
        """Announce a dotted event that is delivered after the commit."""
        self.events.append((name, payload))

    def nothing_changed(self) -> None:
        """Leave no audit entry: the verb was repeated and found its work done."""
        self.silent = True


@contextmanager
def write(*, verb: str, subject: str, zone: Any, actor: Actor, at: datetime, reason: str = "") -> Iterator[Write]:
    """Run a verb in one transaction and leave one audit entry.

    The caller fills ``old`` and ``new`` (JSON-ready values) on the yielded ``Write``; it may name the ``verb`` more closely. An exception rolls
    back the change, the audit entry and the events together.
    """
    with transaction.atomic():
        told = Write(subject=subject, verb=verb, reason=reason)
        yield told
        if told.silent:
            return
        AuditEntry.records.create(
            zone=zone,
            at=at,
            actor=actor.name,
            actor_label=actor.label,
            verb=told.verb,
            subject=told.subject,
            old=told.old,
            new=told.new,
            reason=told.reason,
        )
        OutboxEvent.objects.bulk_create(OutboxEvent(zone=zone, at=at, name=name, payload=payload) for name, payload in told.events)
