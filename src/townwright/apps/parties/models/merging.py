"""Proposals that two parties are one, and how they were decided."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from townwright.frame.scoping import ZoneScoped


class MergeSuggestion(ZoneScoped):
    """Two parties that may be one: a score, reasons, a person's decision, and what an undo needs."""

    class Status(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("Open")
        MERGED = "merged", _("Merged")
        DISMISSED = "dismissed", _("Kept apart")

    kept = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="suggested_kept")
    other = models.ForeignKey("parties.Party", on_delete=models.CASCADE, related_name="suggested_other")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["kept", "other"], name="parties_suggestion_once")]

    def __str__(self) -> str:
        return f"{self.kept_id} ~ {self.other_id}: {self.score}"
