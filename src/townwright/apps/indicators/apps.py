"""Django app configuration."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Measured figures, published claims and their reconciliation."""

    name = "townwright.apps.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"
