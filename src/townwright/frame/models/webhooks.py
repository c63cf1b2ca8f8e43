"""Who outside is told of what, and every message on its way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from townwright.frame.scoping import ZoneScoped


class Webhook(ZoneScoped):
    """An address outside that wants to be told of events. The secret signs the messages and must be kept to do so."""

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    secret = models.CharField(max_length=100)
    active = models.BooleanField(default=True)
    stopped_because = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "name"], name="frame_webhook_once")]

    def __str__(self) -> str:
        return self.name


class WebhookMessage(ZoneScoped):
    """One event for one address: sent until it is taken, or given up after so many tries.

    ``uid`` stays the same from try to try, so that the receiver can tell a message that it has had already. While a try is
    under way ``next_at`` lies ahead: a worker that was killed in the middle leaves a message that is due again then.
    """

    class Status(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting")
        TAKEN = "taken", _("Taken")
        DEAD = "dead", _("Given up")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="messages")
    uid = models.CharField(max_length=40, unique=True)
    event = models.CharField(max_length=100)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    answer = models.PositiveIntegerField(null=True)
    fault = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["next_at"], condition=Q(status="waiting"), name="frame_message_due"),
            models.Index(fields=["webhook", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.uid}"
