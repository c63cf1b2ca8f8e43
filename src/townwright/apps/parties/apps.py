"""Django app configuration."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Firms, institutions, public bodies and people; identifiers, memberships, relations."""

    name = "townwright.apps.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lend the frame's pages the questions about firms."""
        from townwright.apps.parties.pages.subjects import SUBJECTS
        from townwright.frame.doors import lend_subjects

        lend_subjects(SUBJECTS)
