"""Django app configuration."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Firms, institutions, public bodies and people; identifiers, memberships, relations."""

    name = "townwright.apps.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"
