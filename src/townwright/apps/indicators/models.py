"""Measured figures, the claims ledger, and how the two were reconciled."""

from django.db import models

from townwright.frame.scoping import ZoneScoped


class IndicatorBook(ZoneScoped):
    """A version of an indicator rulebook that a zone adopted, with its text and hash. Versions are kept."""

    code = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
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
        constraints = [models.UniqueConstraint(fields=["zone", "code", "version"], name="indicators_book_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class IndicatorValue(ZoneScoped):
    """One indicator measured over one snapshot; None with a reason where it cannot be told."""

    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="+")
    rulebook = models.CharField(max_length=80)
    rulebook_hash = models.CharField(max_length=64)
    code = models.CharField(max_length=80)
    label = models.JSONField()
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    unit = models.CharField(max_length=20)
    measured_at = models.DateTimeField()

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["snapshot", "rulebook_hash", "code"], name="indicators_value_once")]

    def __str__(self) -> str:
        return f"{self.code}: {self.value}"


class Claim(ZoneScoped):
    """A published figure, with its bound, as-of date, source and words. One claim never overwrites another.

    ``value`` and ``step`` are in the base unit; ``printed`` is the figure as it was told in another one. A withdrawn claim
    stays in the ledger with who withdrew it, when and why.
    """

    uid = models.CharField(max_length=80)
    system = models.CharField(max_length=5)
    label = models.JSONField()
    value = models.DecimalField(max_digits=24, decimal_places=6)
    bound = models.CharField(max_length=12)
    step = models.DecimalField(max_digits=24, decimal_places=6)
    unit = models.CharField(max_length=20)
    as_of = models.CharField(max_length=10)
    source = models.CharField(max_length=300)
    published = models.CharField(max_length=20)
    quote = models.CharField(max_length=200)
    speaker = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=80, blank=True)
    rising = models.BooleanField(default=False)
    promise_due = models.DateField(null=True)
    indicator = models.CharField(max_length=80, blank=True)
    why_not = models.JSONField(default=dict)
    derived_from = models.CharField(max_length=200, blank=True)
    printed = models.CharField(max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "uid"], name="indicators_claim_once")]

    def __str__(self) -> str:
        return self.uid


class Reconciliation(ZoneScoped):
    """The verdict on one claim over one snapshot."""

    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="reconciliations")
    measured = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    verdict = models.CharField(max_length=30)
    why = models.JSONField()
    at = models.DateTimeField()

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["snapshot", "claim"], name="indicators_reconciled_once")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.verdict}"
