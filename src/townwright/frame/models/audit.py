"""The audit trail: one row a write, never changed."""

from django.db import models

from townwright.frame.scoping import ZoneManager


class AuditEntry(models.Model):
    """Who did what to which subject, when, with the old and the new values."""

    zone = models.ForeignKey("zones.Zone", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    actor_label = models.CharField(max_length=200)
    verb = models.CharField(max_length=100)
    subject = models.CharField(max_length=250)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    records = models.Manager()
    objects = ZoneManager()

    class Meta:
        base_manager_name = "records"
        default_manager_name = "records"
        indexes = [models.Index(fields=["zone", "-at"]), models.Index(fields=["zone", "subject"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label}: {self.verb} {self.subject}"
