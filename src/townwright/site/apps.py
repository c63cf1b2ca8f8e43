"""Django app configuration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Navigation, design system, public pages and the demo town."""

    name = "townwright.site"
    label = "townwright_site"
