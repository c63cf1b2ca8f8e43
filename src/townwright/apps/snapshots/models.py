"""Frozen records of a zone and a period."""

from typing import Any

from django.db import models

from townwright.frame.scoping import ZoneScoped


class UnableToChangeSnapshot(RuntimeError):
    """A snapshot never changes; freeze a new revision instead."""


class Snapshot(ZoneScoped):
    """A revision of what was known of a zone for a period, with its hash and manifest."""

    period = models.CharField(max_length=10)
    revision = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    manifest = models.JSONField()
    folder = models.CharField(max_length=300)
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=150)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "period", "revision"], name="snapshots_revision_once")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new snapshot.

        Raises:
            UnableToChangeSnapshot: the row exists already.
        """
        if self.pk is not None:
            raise UnableToChangeSnapshot(f"Snapshot {self} cannot be changed: freeze a new revision.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: decisions stand on snapshots."""
        raise UnableToChangeSnapshot(f"Snapshot {self} cannot be deleted: decisions stand on it.")

    def __str__(self) -> str:
        return f"{self.period} r{self.revision} {self.content_hash[:12]}"
