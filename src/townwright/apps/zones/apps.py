"""Django app configuration."""

from django.apps import AppConfig


class ZonesConfig(AppConfig):
    """The zone itself: kind, place, currency, language, calendar, area."""

    name = "townwright.apps.zones"
    label = "zones"
    default_auto_field = "django.db.models.BigAutoField"
