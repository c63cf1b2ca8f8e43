"""Marks that tables put into a cell."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

COLOURS = {
    "eligible": "green", "agrees": "green", "agrees after rounding": "lime", "approved": "green", "accepted": "green", "verified": "green", "ok": "green",
    "not_eligible": "secondary", "rejected": "secondary", "conflicts": "red", "refused": "red", "warned": "orange", "undecided": "orange", "proposed": "blue",
    "submitted": "blue", "sample": "purple", "returned": "orange", "landed": "green",
}  # fmt: skip


def colour_of(code: str) -> str:
    """Return the colour of a verdict or status."""
    return COLOURS.get(code, "secondary")


def badge(code: str, words: Any) -> SafeString:
    """Return a verdict or status in its colour."""
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour_of(code), words)
