"""Text kept in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """Pick the text for the language in force ("zh…" or anything else), falling back to the other one."""
    wanted = "zh" if (language or get_language() or "en").startswith("zh") else "en"
    other = "en" if wanted == "zh" else "zh"
    return texts.get(wanted) or texts.get(other) or ""
