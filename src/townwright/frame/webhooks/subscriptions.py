"""Verbs on the addresses that are told of events."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.hints import hint
from townwright.frame.models import Webhook, WebhookMessage
from townwright.frame.terms import codes
from townwright.frame.text import LANGUAGES, both
from townwright.frame.webhooks.guard import UnableToReach, parse
from townwright.frame.webhooks.sending import new_secret

TEST = "webhooks.test"
EVERY = "*"
S = WebhookMessage.Status


class UnknownWebhook(LookupError):
    """The zone has no such webhook or message."""


class UnableToManageWebhook(ValueError):
    """A webhook cannot be added or changed: says why and what to do. ``field`` is the argument that is wrong, if one is."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Added:
    """A new webhook with its secret, which the receiver needs to check signatures."""

    webhook: Webhook
    secret: str


def known_events() -> tuple[str, ...]:
    """Return the events that can be asked for by name."""
    return tuple(name for name in codes("event") if name != TEST)


def wants(row: Webhook, event: str) -> bool:
    """Say whether a webhook asked for an event: by name, by the beginning before ``.*``, or for every one."""
    return any(one in (EVERY, event) or (one.endswith(".*") and event.startswith(one[:-1])) for one in row.events)


def webhooks(zone: Any) -> QuerySet[Webhook]:
    """Return the zone's webhooks by name, with how many messages wait and were given up."""
    waiting, dead = (Count("messages", filter=Q(messages__status=status)) for status in (S.WAITING, S.DEAD))
    return Webhook.objects.in_zone(zone).annotate(waiting=waiting, dead=dead).order_by("name", "id")


def webhook(zone: Any, pk: int) -> Webhook:
    """Return one webhook.

    Raises:
        UnknownWebhook: the zone has none of that number.
    """
    found = webhooks(zone).filter(pk=pk).first()
    if found is None:
        raise UnknownWebhook(both(_("There is no webhook number %(number)s in this zone."), number=pk))
    return found


def messages(zone: Any, pk: int | None = None) -> QuerySet[WebhookMessage]:
    """Return the zone's messages (of one webhook), newest first."""
    rows = WebhookMessage.objects.in_zone(zone).select_related("webhook")
    return (rows if pk is None else rows.filter(webhook_id=pk)).order_by("-pk")


def add_webhook(*, zone: Any, name: str, url: str, events: Iterable[str], actor: Actor, at: datetime) -> Added:
    """Tell an address of events from now on.

    ``events`` are names, beginnings as ``parties.*``, or ``*`` for all. Whether the address is one of the open internet is
    looked at each time a message goes there.

    Raises:
        UnableToManageWebhook: no name, one that is taken, an address or event that does not hold.
    """
    named, wanted = name.strip(), list(dict.fromkeys(events))
    if not named or len(named) > Webhook._meta.get_field("name").max_length:
        raise UnableToManageWebhook(both(_("Give the webhook a name of 1 to 80 characters.")), "name")
    if len(url) > Webhook._meta.get_field("url").max_length:
        raise UnableToManageWebhook(both(_("The address is too long.")), "url")
    try:
        parse(url)
    except UnableToReach as fault:
        raise UnableToManageWebhook(fault.args[0], "url") from fault
    _check_events(wanted)
    with write(verb="webhooks.add", subject=named, zone=zone, actor=actor, at=at) as told:
        if Webhook.objects.in_zone(zone).filter(name=named).exists():
            raise UnableToManageWebhook(both(_("There is a webhook “%(name)s” already: choose another name."), name=named), "name")
        row = Webhook.records.create(
            zone=zone, name=named, url=url.strip(), events=wanted, secret=new_secret(), created_at=at, created_by=actor.name
        )
        told.new = {"url": row.url, "events": wanted}
    return Added(row, row.secret)


def _check_events(wanted: list[str]) -> None:
    if not wanted:
        raise UnableToManageWebhook(both(_("Say of which events: names, a beginning as in parties.*, or * for all.")), "events")
    for one in wanted:
        begun = one.endswith(".*") and any(event.startswith(one[:-1]) for event in known_events())
        if one != EVERY and not begun and one not in known_events():
            hints: Any = {}
            for word, language in LANGUAGES.items():
                with override(language):
                    hints[word] = hint(one, known_events())
            raise UnableToManageWebhook(both(_("There is no event %(name)s.%(hint)s"), name=one, hint=hints), "events")


def remove_webhook(*, zone: Any, pk: int, actor: Actor, at: datetime) -> None:
    """Stop telling an address, and forget its messages.

    Raises:
        UnknownWebhook: the zone has none of that number.
    """
    row = webhook(zone, pk)
    with write(verb="webhooks.remove", subject=row.name, zone=zone, actor=actor, at=at) as told:
        told.old = {"url": row.url, "events": row.events, "waiting": row.waiting}
        Webhook.records.filter(pk=row.pk).delete()


def switch_webhook(*, zone: Any, pk: int, active: bool, actor: Actor, at: datetime, why: Mapping[str, str] | None = None) -> Webhook:
    """Switch a webhook on or off; off, it is told of nothing new, and what waits goes on waiting. Repeated, it changes nothing.

    Raises:
        UnknownWebhook: the zone has none of that number.
    """
    row = webhook(zone, pk)
    with write(verb="webhooks.switch", subject=row.name, zone=zone, actor=actor, at=at) as told:
        if row.active == active:
            told.nothing_changed()
            return row
        told.old, told.new = {"active": row.active}, {"active": active}
        row.active, row.stopped_because = active, dict(why or {})
        row.save(update_fields=["active", "stopped_because"])
    return row


def try_webhook(*, zone: Any, pk: int, at: datetime) -> WebhookMessage:
    """Put a message in the queue that only says that it is a test, for a webhook that may be switched off.

    Raises:
        UnknownWebhook: the zone has none of that number.
    """
    return WebhookMessage.records.create(**message_for(webhook(zone, pk), TEST, {}, at))


def retry_message(*, zone: Any, pk: int, actor: Actor, at: datetime) -> WebhookMessage:
    """Try a message again that was given up.

    Raises:
        UnknownWebhook: the zone has no such message, or it was not given up.
    """
    with write(verb="webhooks.retry", subject=f"message {pk}", zone=zone, actor=actor, at=at) as told:
        row = WebhookMessage.records.select_for_update().filter(zone=zone, pk=pk, status=S.DEAD).first()
        if row is None:
            raise UnknownWebhook(both(_("There is no message number %(number)s that was given up."), number=pk))
        told.old, told.new = {"tries": row.tries}, {"uid": row.uid}
        row.status, row.tries, row.next_at, row.ended_at = S.WAITING, 0, at, None
        row.save()
    return row


def message_for(row: Webhook, event: str, payload: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return the columns of a message: its body is written once, so that every try sends the same bytes."""
    told = {"type": event, "timestamp": at.isoformat(), "data": {"zone": row.zone.code, **payload}}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    uid = f"msg_{secrets.token_hex(16)}"
    return {"zone_id": row.zone_id, "webhook": row, "uid": uid, "event": event, "body": body, "next_at": at, "created_at": at}
