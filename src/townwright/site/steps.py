"""What the steps of long work are called, for pages and the command line."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAMES = {
    "open": gettext_lazy("Open the file"), "read": gettext_lazy("Read the rows"), "prepare": gettext_lazy("Compare with the register"),
    "land": gettext_lazy("Write the rows"), "snapshot": gettext_lazy("Freeze the records"), "propose awards": gettext_lazy("Propose awards"),
    "measure": gettext_lazy("Measure the figures"), "reconcile": gettext_lazy("Reconcile the claims"),
}  # fmt: skip


def step_name(label: str) -> str:
    """Return a step's name in the language in force; an unknown one as it is."""
    if label.startswith("assess "):
        return _("Assess %(code)s") % {"code": label.removeprefix("assess ")}
    return str(NAMES.get(label, label))
