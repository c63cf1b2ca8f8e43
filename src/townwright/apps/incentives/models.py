"""Rulebooks in force in a zone, assessments, awards."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from townwright.frame.scoping import ZoneScoped


class ZoneRulebook(ZoneScoped):
    """A rulebook version that a zone adopted, with its text and hash. Versions are kept."""

    code = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=10)
    title = models.JSONField()
    text = models.TextField()
    source = models.CharField(max_length=200)
    hash = models.CharField(max_length=64)
    in_force_from = models.DateField(null=True)
    in_force_to = models.DateField(null=True)
    adopted_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=150)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "code", "version"], name="incentives_rulebook_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    def holds(self, day: date) -> bool:
        """Say whether the version is in force in the zone on the day (half-open)."""
        return (self.in_force_from is None or self.in_force_from <= day) and (self.in_force_to is None or day < self.in_force_to)


class Assessment(ZoneScoped):
    """One firm judged by one rulebook over one snapshot."""

    class Verdict(models.TextChoices):
        """What came out."""

        ELIGIBLE = "eligible", _("Eligible")
        NOT_ELIGIBLE = "not_eligible", _("Not eligible")
        UNDECIDED = "undecided", _("Cannot be decided")
        CLASSIFIED = "classified", _("Classified")

    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="+")
    rulebook = models.ForeignKey(ZoneRulebook, on_delete=models.PROTECT, related_name="assessments")
    party_key = models.CharField(max_length=120)
    party_name = models.CharField(max_length=300)
    verdict = models.CharField(max_length=14, choices=Verdict)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    score = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    result = models.CharField(max_length=60, blank=True)
    conditions = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)

    award: "Award | None" = None  # the firm's award of the policy and year, where a selector has looked it up

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["snapshot", "rulebook", "party_key"], name="incentives_assessment_once")]
        indexes = [models.Index(fields=["zone", "party_key"]), models.Index(fields=["rulebook", "snapshot", "verdict"])]

    def __str__(self) -> str:
        return f"{self.party_key} {self.verdict}"


class Award(ZoneScoped):
    """Money for a firm under a policy: proposed by one person, decided by another.

    A firm has one award of a policy and year that stands; rejected ones before it are kept, and so are proposals that a
    later close withdrew because the newest assessment found something else.
    """

    class Status(models.TextChoices):
        """Where it stands."""

        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        SUPERSEDED = "superseded", _("Superseded")

    FALLEN = (Status.REJECTED, Status.SUPERSEDED)

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="awards")
    policy = models.CharField(max_length=80)
    year = models.PositiveIntegerField()
    party_key = models.CharField(max_length=120)
    party_name = models.CharField(max_length=300)
    eligible_amount = models.DecimalField(max_digits=20, decimal_places=2)
    granted_amount = models.DecimalField(max_digits=20, decimal_places=2)
    currency = models.CharField(max_length=3)
    cut = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    superseded = models.JSONField(default=dict, blank=True)  # why a close withdrew the proposal, {zh, en}

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "policy", "year", "party_key"],
                condition=~Q(status__in=["rejected", "superseded"]),
                name="incentives_award_stands_once",
            ),
            models.UniqueConstraint(
                fields=["assessment"], condition=~Q(status__in=["rejected", "superseded"]), name="incentives_assessment_award_once"
            ),
            models.CheckConstraint(
                condition=Q(granted_amount__gte=0) & Q(granted_amount__lte=F("eligible_amount")), name="incentives_award_within"
            ),
            models.CheckConstraint(condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")), name="incentives_two_persons"),
        ]
        indexes = [models.Index(fields=["zone", "policy", "year", "status"])]

    def __str__(self) -> str:
        return f"{self.policy} {self.party_key} {self.granted_amount}"


class PolicyBudget(ZoneScoped):
    """What a policy may spend in a year, and what is approved of it; the database holds the limit."""

    policy = models.CharField(max_length=80)
    year = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    approved = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["zone", "policy", "year"], name="incentives_budget_once"),
            models.CheckConstraint(condition=Q(amount=None) | Q(approved__lte=F("amount")), name="incentives_budget_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.year}"


class RulebookDraft(ZoneScoped):
    """A rulebook version that is being written: seen by who writes policies, in force nowhere until another person publishes it."""

    class Status(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", _("Being written")
        SUBMITTED = "submitted", _("Waits for a second person")
        PUBLISHED = "published", _("Published")
        DROPPED = "dropped", _("Dropped")

    OPEN = (Status.DRAFT, Status.SUBMITTED)

    code = models.CharField(max_length=80)
    base = models.ForeignKey(ZoneRulebook, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status)
    written_by = models.CharField(max_length=150)
    written_label = models.CharField(max_length=150)
    written_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=150, blank=True)
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    published = models.ForeignKey(ZoneRulebook, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | (~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("written_by"))),
                name="incentives_draft_two_persons",
            )
        ]
        indexes = [models.Index(fields=["zone", "status", "written_at"])]

    def __str__(self) -> str:
        return f"{self.code} #{self.pk}"


class DraftText(ZoneScoped):
    """A text that a draft had: nothing that was saved is lost."""

    draft = models.ForeignKey(RulebookDraft, on_delete=models.CASCADE, related_name="texts")
    revision = models.PositiveIntegerField()
    text = models.TextField()
    written_by = models.CharField(max_length=150)
    written_label = models.CharField(max_length=150)
    written_at = models.DateTimeField()

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["draft", "revision"], name="incentives_draft_text_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} r{self.revision}"
