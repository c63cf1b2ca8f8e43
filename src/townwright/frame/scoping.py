"""Every query is scoped to a zone: asking for rows without naming one is an error, not an answer."""

from __future__ import annotations

from typing import Any, Self

from django.db import models


class UnscopedQuery(RuntimeError):
    """Rows of a zone-scoped model were asked for without naming the zone."""


class ZoneQuerySet(models.QuerySet[Any]):
    """Rows of one zone."""

    def in_zone(self, zone: Any) -> Self:
        """Keep the rows of the zone (an instance or its primary key)."""
        return self.filter(zone=zone)


class ZoneManager(models.Manager[Any]):
    """Manager whose only way in is ``in_zone``; ``across_zones`` must say why."""

    def in_zone(self, zone: Any) -> ZoneQuerySet:
        """Return the rows of the zone."""
        return ZoneQuerySet(self.model, using=self._db).in_zone(zone)

    def across_zones(self, reason: str) -> ZoneQuerySet:
        """Return rows of every zone; ``reason`` is for the reader of the code."""
        if not reason:
            raise UnscopedQuery(f"Say why {self.model.__name__} is read across zones.")
        return ZoneQuerySet(self.model, using=self._db)

    def get_queryset(self) -> models.QuerySet[Any]:
        """Refuse an unscoped query."""
        raise UnscopedQuery(f"{self.model.__name__} rows belong to a zone: use {self.model.__name__}.objects.in_zone(zone).")


class ZoneScoped(models.Model):
    """Base of every model whose rows belong to one zone.

    ``records`` (Django's default manager: relations, admin, bulk writes in services) is unguarded;
    selectors and pages use ``objects``.
    """

    zone = models.ForeignKey("zones.Zone", on_delete=models.PROTECT, related_name="+")

    records = models.Manager()
    objects = ZoneManager()

    class Meta:
        abstract = True
        base_manager_name = "records"
        default_manager_name = "records"
