"""The zone itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Zone(models.Model):
    """An innovation town, industrial park, cooperation zone or new city."""

    class Kind(models.TextChoices):
        """What sort of place it is."""

        INNOVATION_TOWN = "innovation_town", _("Innovation town")
        INDUSTRIAL_PARK = "industrial_park", _("Industrial park")
        COOPERATION_ZONE = "cooperation_zone", _("Cooperation zone")
        NEW_CITY = "new_city", _("New city")

    code = models.SlugField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    country = models.CharField(max_length=2)
    place = models.CharField(max_length=300, blank=True)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="zh-hans")
    area_m2 = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=5, null=True)
    sample = models.BooleanField(default=False)
    # Public keys by name (Ed25519, Base64): where any is named, only packs of rulebooks that one of them signed are adopted.
    trusted_keys = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(area_m2__gt=0) | models.Q(area_m2=None), name="zones_area_positive"),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="zones_place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.code
