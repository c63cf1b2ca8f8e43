"""Django app configuration."""

from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    """Policies assessed over snapshots, and the awards made from them."""

    name = "townwright.apps.incentives"
    label = "incentives"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lend the register's file a card."""
        from townwright.apps.incentives.pages.notices import awards_told
        from townwright.apps.incentives.pages.on_file import PANEL
        from townwright.frame.doors import lend
        from townwright.frame.notices import lend_notices

        lend(PANEL)
        lend_notices("incentives", awards_told)
