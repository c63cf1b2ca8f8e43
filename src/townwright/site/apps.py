"""Django app configuration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Navigation, design system, public pages and the demo town."""

    name = "townwright.site"
    label = "townwright_site"

    def ready(self) -> None:
        """Name the kinds of long work."""
        from townwright.frame.jobs import KINDS
        from townwright.site.work import WORK

        KINDS.update(WORK)
