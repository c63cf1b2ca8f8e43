"""What to say beside "there is none of that name": the nearest one, or what there is."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

MOST_LISTED = 12


def hint(wanted: str, known: Iterable[str], *, none: str = "") -> str:
    """Return " Did you mean …?", " There is …." or, where nothing is known, ``none``; with the blank before it."""
    names = sorted(set(known))
    near = get_close_matches(wanted, names, n=1)
    if near:
        return " " + _("Did you mean %(name)s?") % {"name": near[0]}
    if not names:
        return f" {none}" if none else ""
    listed = ", ".join(names[:MOST_LISTED]) + (" …" if len(names) > MOST_LISTED else "")
    return " " + _("There is %(names)s.") % {"names": listed}
