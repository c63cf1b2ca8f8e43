"""What the steps of long work are called, for pages and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from townwright.frame.text import in_language

NAMES = {
    "open": gettext_lazy("Open the file"), "read": gettext_lazy("Read the rows"), "prepare": gettext_lazy("Compare with the register"),
    "land": gettext_lazy("Write the rows"), "snapshot": gettext_lazy("Freeze the records"), "propose awards": gettext_lazy("Propose awards"),
    "measure": gettext_lazy("Measure the figures"), "reconcile": gettext_lazy("Reconcile the claims"),
}  # fmt: skip


def step_name(label: str, titles: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> str:
    """Return a step's name in the language in force, with a rulebook's title where it is known; an unknown one as it is."""
    if label.startswith("assess "):
        code = label.removeprefix("assess ")
        return _("Assess %(code)s") % {"code": in_language(titles[code]) if code in titles else code}
    return str(NAMES.get(label, label))
