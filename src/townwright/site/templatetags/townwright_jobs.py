"""Words for long work and its findings in templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from townwright.site.steps import step_name

register = template.Library()
COLOURS = {"queued": "secondary", "running": "blue", "done": "green", "failed": "red", "interrupted": "orange"}
SEVERITIES = {"refused": _("Refused"), "warned": _("To be checked"), "note": _("Note")}
COUNTS = {
    "read": _("rows read"), "created": _("new"), "updated": _("changed"), "unchanged": _("unchanged"), "warned": _("rows to be checked"),
    "refused": _("rows refused"),
}  # fmt: skip
KINDS = {"import-preview": _("Preview"), "import-landing": _("Import"), "close": _("Close")}


@register.filter
def step(label: str, titles: Mapping[str, Any] | None = None) -> str:
    """Return the name of a step of long work; ``titles`` are those of rulebooks by code."""
    return step_name(label, titles or {})


@register.filter
def job_colour(status: str) -> str:
    """Return the colour of a job's state."""
    return COLOURS.get(status, "secondary")


@register.filter
def job_kind(kind: str) -> str:
    """Return what sort of work a job is."""
    return str(KINDS.get(kind, kind))


@register.filter
def severity(code: str) -> str:
    """Return how grave a finding is, in words."""
    return str(SEVERITIES.get(code, code))


@register.filter
def count_name(code: str) -> str:
    """Return what a count of an import counts."""
    return str(COUNTS.get(code, code))
