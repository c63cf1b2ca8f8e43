"""Zones abroad as a register tells them, figures and words side by side."""

from django.db import models

from townwright.frame.scoping import ZoneScoped


class OverseasEntry(ZoneScoped):
    """One row of a register of zones abroad, kept by the office of a zone. Numbers stand as printed."""

    number = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    country = models.CharField(max_length=100, blank=True)
    province = models.CharField(max_length=100, blank=True)
    level = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=100, blank=True)
    developer = models.CharField(max_length=500, blank=True)
    host_developer = models.CharField(max_length=500, blank=True)
    place = models.CharField(max_length=1000, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=5, null=True)
    area_km2 = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    area_text = models.TextField(blank=True)
    investment_yi = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    investment_text = models.TextField(blank=True)
    industries = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)

    class Meta(ZoneScoped.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["zone", "number", "name"], name="zones_overseas_once")]

    def __str__(self) -> str:
        return self.name
