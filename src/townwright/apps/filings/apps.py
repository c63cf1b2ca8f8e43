"""Django app configuration."""

from django.apps import AppConfig


class FilingsConfig(AppConfig):
    """What firms report, period by period."""

    name = "townwright.apps.filings"
    label = "filings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lend the register's file a card, and name what an import of returns imported."""
        from townwright.apps.filings.pages.notices import returns_due
        from townwright.apps.filings.pages.on_file import PANEL
        from townwright.apps.filings.selectors import definitions, words
        from townwright.frame.doors import lend
        from townwright.frame.notices import lend_notices
        from townwright.frame.terms import name_verbs, name_words

        lend(PANEL)
        lend_notices("filings", returns_due)
        name_verbs("import", lambda name: definitions()[name].title if name in definitions() else None)
        name_words(words)
