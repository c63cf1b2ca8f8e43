"""Long pieces of work: one row a piece, from asked for to done."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from townwright.frame.scoping import ZoneScoped


class Job(ZoneScoped):
    """A piece of work that outlives a request: who asked for what, how far it is, what came of it.

    ``done`` of ``total`` and ``label`` are the step under way, ``steps`` the ones behind it with their seconds. ``result``
    is small and read everywhere; ``details`` may be long and is read only by the page that shows it. ``worker`` is
    "host:process:token", ``runs`` counts how often the work was begun.
    """

    class Status(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        INTERRUPTED = "interrupted", _("Interrupted")

    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    actor = models.CharField(max_length=150)
    actor_label = models.CharField(max_length=200)
    user_id = models.BigIntegerField(null=True)
    language = models.CharField(max_length=10)
    status = models.CharField(max_length=12, choices=Status, default=Status.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    label = models.CharField(max_length=150, blank=True)
    steps = models.JSONField(default=list)
    result = models.JSONField(null=True)
    details = models.JSONField(default=list)
    error = models.JSONField(default=dict)
    worker = models.CharField(max_length=200, blank=True)
    runs = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        # Two workers that claim two jobs of one zone in the same moment: the database lets one through.
        constraints = [models.UniqueConstraint(fields=["zone"], condition=Q(status="running"), name="frame_one_job_a_zone")]
        indexes = [models.Index(fields=["status", "id"]), models.Index(fields=["zone", "kind", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} {self.status}"

    @property
    def live(self) -> bool:
        """Whether it waits or runs."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)
