"""The command line. Django is set up before the verbs are imported."""

import importlib
import os
import sys
from gettext import gettext
from typing import Any, NoReturn

from townwright.site.cli import faults
from townwright.site.cli.language import chosen, speaking


def main() -> None:
    """Run ``townwright``."""
    with speaking(chosen(sys.argv[1:], os.environ)):
        townwright = _set_up()
    sys.exit(townwright(prog_name="townwright"))


def _set_up() -> Any:
    """Return the verbs, once Django is set up; what stands in the way is told in words."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "townwright.site.settings")
    try:
        importlib.import_module("django").setup()
        return importlib.import_module("townwright.site.cli.verbs").townwright
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as fault:
        _refuse(faults.of_home(fault))
    except ValueError as fault:
        if os.environ.get("TOWNWRIGHT_DATABASE_URL") and _names_database(fault):
            _refuse(gettext("TOWNWRIGHT_DATABASE_URL names no database: write sqlite:///FILE or postgres://USER@HOST/NAME."))
        raise


def _names_database(fault: BaseException) -> bool:
    """Say whether reading the address of the database failed."""
    trace = fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__") == "dj_database_url":
            return True
        trace = trace.tb_next
    return False


def _refuse(text: str) -> NoReturn:
    print(f"townwright: {text}", file=sys.stderr)
    sys.exit(1)
