"""Returns of firms, and every earlier version of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from townwright.frame.scoping import ZoneScoped


class Filing(ZoneScoped):
    """A firm's return for a period: draft → submitted → accepted or returned."""

    class Status(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        ACCEPTED = "accepted", _("Accepted")
        RETURNED = "returned", _("Returned")

    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="filings")
    dataset = models.CharField(max_length=60)
    period = models.CharField(max_length=10)
    period_start = models.DateField()
    period_end = models.DateField()
    status = models.CharField(max_length=10, choices=Status)
    values = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    return_reason = models.TextField(blank=True)
    # By field: the odd value that a person was asked about, and what was said to it.
    answers = models.JSONField(default=dict)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "party", "dataset", "period"], name="filings_once")]
        indexes = [models.Index(fields=["zone", "dataset", "period", "status"])]

    def __str__(self) -> str:
        return f"{self.dataset} {self.period}"


class FilingVersion(ZoneScoped):
    """Values that a correction replaced, with who, when and why."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    values = models.JSONField()
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=150)
    reason = models.TextField(blank=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["filing", "version"], name="filings_version_once")]

    def __str__(self) -> str:
        return f"{self.filing_id} v{self.version}"
