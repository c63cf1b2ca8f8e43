"""``python -m townwright.site.bench FIRMS SEED``: make the town in the home that the environment names."""

import importlib
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "townwright.site.bench.settings")
    importlib.import_module("django").setup()
    importlib.import_module("django.core.management").call_command("migrate", interactive=False, verbosity=0)
    importlib.import_module("townwright.site.bench.town").main(int(sys.argv[1]), int(sys.argv[2]))
