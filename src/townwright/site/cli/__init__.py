"""The command line. Django is set up before the verbs are imported."""

import os
import sys


def main() -> None:
    """Run ``townwright``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "townwright.site.settings")
    import django  # noqa: PLC0415 - settings must be named first

    django.setup()
    from townwright.site.cli.verbs import townwright  # noqa: PLC0415 - needs Django to be set up

    sys.exit(townwright(prog_name="townwright"))
