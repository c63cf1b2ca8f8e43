"""Django app configuration."""

from django.apps import AppConfig


class ZonesConfig(AppConfig):
    """The zone itself: kind, place, currency, language, calendar, area."""

    name = "townwright.apps.zones"
    label = "zones"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let pages find zones by their code."""
        from townwright.apps.zones.selectors import zone_by_code
        from townwright.frame.doors import find_zones_by

        find_zones_by(zone_by_code)
