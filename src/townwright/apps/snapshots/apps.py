"""Django app configuration."""

from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    """Frozen records of a zone and a period."""

    name = "townwright.apps.snapshots"
    label = "snapshots"
    default_auto_field = "django.db.models.BigAutoField"
