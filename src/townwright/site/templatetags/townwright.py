"""Words and figures in templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from townwright.frame.text import in_language
from townwright.kernel.formula.wording import show_value

register = template.Library()
VERDICTS = {
    "eligible": "green", "agrees": "green", "agrees after rounding": "lime", "approved": "green", "accepted": "green", "verified": "green", "ok": "green",
    "not_eligible": "secondary", "rejected": "secondary", "conflicts": "red", "refused": "red", "warned": "orange", "undecided": "orange", "proposed": "blue",
    "submitted": "blue", "sample": "purple", "returned": "orange",
}  # fmt: skip
NAMES = {
    "eligible": _("Eligible"), "not_eligible": _("Not eligible"), "undecided": _("Cannot be decided"), "classified": _("Classified"),
    "proposed": _("Proposed"), "approved": _("Approved"), "rejected": _("Rejected"), "draft": _("Draft"), "submitted": _("Submitted"), "accepted": _("Accepted"), "returned": _("Returned"),
}  # fmt: skip


@register.filter
def named(code: str) -> str:
    """Return a verdict or status in the language in force."""
    return str(NAMES.get(code, code))


@register.filter
def words(texts: Any) -> str:
    """Return bilingual data in the language in force."""
    return in_language(texts) if isinstance(texts, dict) else str(texts or "")


@register.filter
def sentences(node: Any) -> list[str]:
    """Return a trace's working as sentences."""
    return node.sentences(get_language() or "en") if node is not None else []


@register.filter
def shown(node: Any) -> str:
    """Return a trace node's value as people read it."""
    return node.shown(get_language() or "en")


@register.filter
def in_unit(value: Any, unit: Any) -> str:
    """Return an exact figure with its unit, as the working shows it."""
    return show_value(value, str(unit), get_language() or "en")


@register.filter
def colour(word: str) -> str:
    """Return the colour of a verdict or status."""
    return VERDICTS.get(word, "secondary")


@register.filter
def plain(value: Any) -> str:
    """Return a decimal with thousands parted and no trailing zeros."""
    if value is None:
        return "—"
    return f"{value:,.6f}".rstrip("0").rstrip(".") if not isinstance(value, int | str) else str(value)
