"""Django app configuration."""

from django.apps import AppConfig


class FilingsConfig(AppConfig):
    """What firms report, period by period."""

    name = "townwright.apps.filings"
    label = "filings"
    default_auto_field = "django.db.models.BigAutoField"
