"""News for other rooms, written in the same transaction as the change it tells of."""

from django.db import models


class OutboxEvent(models.Model):
    """A dotted event such as ``filings.filing.accepted`` that waits to be delivered once."""

    zone = models.ForeignKey("zones.Zone", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    name = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["delivered_at", "id"])]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"
