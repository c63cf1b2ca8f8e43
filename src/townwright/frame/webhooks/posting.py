"""The postman: takes events out of the outbox, sends what is due, tries again later."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from townwright.frame.actors import Actor
from townwright.frame.clock import now
from townwright.frame.models import OutboxEvent, Webhook, WebhookMessage
from townwright.frame.text import both
from townwright.frame.webhooks.sending import GONE, Tried, send
from townwright.frame.webhooks.subscriptions import TEST, S, UnknownWebhook, message_for, switch_webhook, wants

BATCH = 200
FIRST_WAIT, FACTOR, LONGEST_WAIT = timedelta(seconds=5), 4, timedelta(days=1)
MOST_TRIES = 9
KEPT = timedelta(days=30)
POSTMAN = Actor.of_job("webhooks")
LOG = logging.getLogger("townwright.webhooks")
Send = Callable[..., Tried]


def wait_after(tries: int) -> timedelta:
    """Return how long a message rests after so many tries: 5 s, then four times as long each time, a day at most."""
    return min(FIRST_WAIT * FACTOR ** min(tries - 1, 20), LONGEST_WAIT)


def fan_out(*, at: datetime) -> int:
    """Write a message for every webhook that wants an event of the outbox, and mark the event; return how many events.

    Both are one transaction: an event is handed on once, whatever is killed when. A webhook hears of what came after it.
    """
    if not OutboxEvent.objects.filter(delivered_at=None).exists():
        return 0
    with transaction.atomic():
        events = list(OutboxEvent.objects.select_for_update(skip_locked=True).filter(delivered_at=None).order_by("pk")[:BATCH])
        zones = {event.zone_id for event in events}
        rows = list(
            Webhook.objects.across_zones("the postman serves every zone").filter(active=True, zone__in=zones).select_related("zone")
        )
        told = [
            WebhookMessage(**message_for(row, event.name, event.payload, event.at))
            for event in events
            for row in rows
            if row.zone_id == event.zone_id and row.created_at <= event.at and wants(row, event.name)
        ]
        WebhookMessage.records.bulk_create(told)
        OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(delivered_at=at)
        WebhookMessage.records.filter(ended_at__lt=at - KEPT).delete()
    return len(events)


def claim(*, at: datetime, only: int | None = None) -> WebhookMessage | None:
    """Take the message that is due longest (or ``only`` that one), or None; until the try is over nobody else takes it.

    The try is counted and the next one dated before anything is sent: a process that is killed in between leaves a message
    that is sent again, with the same id.
    """
    due = Q(status=S.WAITING, next_at__lte=at) & (Q(webhook__active=True) | Q(event=TEST))
    if only is not None:
        due &= Q(pk=only)
    if not WebhookMessage.records.filter(due).exists():
        return None
    with transaction.atomic():
        rows = WebhookMessage.records.select_for_update(skip_locked=True, of=("self",)).select_related("webhook", "zone")
        row = rows.filter(due).order_by("next_at", "pk").first()
        if row is None:
            return None
        row.tries += 1
        row.next_at = at + max(wait_after(row.tries), timedelta(seconds=2 * settings.WEBHOOKS_SECONDS))
        row.save(update_fields=["tries", "next_at"])
    return row


def settle(row: WebhookMessage, tried: Tried, *, at: datetime) -> None:
    """Write how a try ended: taken, to be tried again, or given up. An address that answers 410 is switched off."""
    told = {"answer": tried.status, "fault": dict(tried.fault)}
    if tried.taken:
        told |= {"status": S.TAKEN, "ended_at": at}
    elif tried.status == GONE or row.tries >= MOST_TRIES:
        told |= {"status": S.DEAD, "ended_at": at}
        LOG.warning("webhooks: message %s to %s is given up after %s tries: %s", row.uid, row.webhook, row.tries, tried.fault.get("en"))
    else:
        told |= {"next_at": at + wait_after(row.tries)}
    # Only this try's: if it took so long that another took the message over, that one writes.
    WebhookMessage.records.filter(pk=row.pk, tries=row.tries).update(**told)
    if tried.status == GONE:
        why = both(_("The address answered 410: it does not want to be told any more.")).texts
        try:
            switch_webhook(zone=row.zone, pk=row.webhook_id, active=False, actor=POSTMAN, at=at, why=why)
        except UnknownWebhook:
            LOG.info("webhooks: %s was removed meanwhile", row.webhook_id)


class Postman:
    """Carries messages, one at a time, in a thread of its own: a slow receiver delays no job."""

    def __init__(self, sending: Send = send) -> None:
        self.sending = sending

    def deliver_one(self, only: int | None = None) -> bool:
        """Send the message that is due longest (or ``only`` that one); say whether there was one."""
        row = claim(at=now(), only=only)
        if row is None:
            return False
        tried = self.sending(url=row.webhook.url, secret=row.webhook.secret, uid=row.uid, body=row.body, at=now())
        settle(row, tried, at=now())
        return True

    def deliver_waiting(self) -> int:
        """Hand the outbox on and send everything that is due; return how many tries that were."""
        while fan_out(at=now()):
            pass
        count = 0
        while self.deliver_one():
            count += 1
        return count

    def run_until(self, stop: threading.Event, *, poll: float = 2.0) -> None:
        """Deliver until told to stop; a try under way is carried to its end."""
        while not stop.is_set():
            try:
                close_old_connections()
                handed = fan_out(at=now())
                if self.deliver_one() or handed:
                    continue
            except DatabaseError:
                LOG.warning("webhooks: the database does not answer, trying again", exc_info=True)
                connection.close()
            stop.wait(poll)


def start_postman(stop: threading.Event | None = None) -> threading.Thread:
    """Start a postman in a thread of this process; it ends with the process."""
    thread = threading.Thread(target=Postman().run_until, args=(stop or threading.Event(),), name="townwright-webhooks", daemon=True)
    thread.start()
    return thread
