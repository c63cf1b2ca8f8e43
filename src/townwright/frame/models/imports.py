"""Imports that were run, and column mappings that a person confirmed."""

from django.db import models

from townwright.frame.scoping import ZoneScoped


class ImportRun(ZoneScoped):
    """One import of a file: what was counted and found, and whether it landed."""

    dataset = models.CharField(max_length=60)
    file_name = models.CharField(max_length=250)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    landed = models.BooleanField()
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)

    class Meta(ZoneScoped.Meta):
        abstract = False
        indexes = [models.Index(fields=["zone", "-at"])]

    def __str__(self) -> str:
        return f"{self.dataset}: {self.file_name}"


class ColumnMapping(ZoneScoped):
    """Which header holds which field, as a person confirmed it for one dataset."""

    dataset = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    header = models.CharField(max_length=250)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "dataset", "header"], name="frame_mapping_once")]

    def __str__(self) -> str:
        return f"{self.header} → {self.field}"
