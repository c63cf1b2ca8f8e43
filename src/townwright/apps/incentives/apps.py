"""Django app configuration."""

from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    """Policies assessed over snapshots, and the awards made from them."""

    name = "townwright.apps.incentives"
    label = "incentives"
    default_auto_field = "django.db.models.BigAutoField"
