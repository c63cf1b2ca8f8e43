"""Django app configuration."""

from django.apps import AppConfig


class FrameConfig(AppConfig):
    """Scoping, actors, audit, outbox, jobs, permissions and workbooks."""

    name = "townwright.frame"
    label = "frame"
    default_auto_field = "django.db.models.BigAutoField"
