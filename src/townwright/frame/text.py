"""Text kept in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext, override

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """Pick the text for the language in force ("zh…" or anything else), falling back to the other one."""
    wanted = "zh" if (language or get_language() or "en").startswith("zh") else "en"
    other = "en" if wanted == "zh" else "zh"
    return texts.get(wanted) or texts.get(other) or ""


class Told(str):
    """A message in the language in force that still knows itself in both: ``texts``."""

    texts: Mapping[str, str]


def both(message: str, **values: Any) -> Told:
    """Fill a message that is marked for translation (``gettext_noop as _``), in both languages at once.

    A value that is itself ``{zh, en}`` goes into each language as its own. What is raised with the result reads in the
    language in force, and can be kept for a reader of the other one: see ``said``.
    """
    texts = {}
    for word, language in LANGUAGES.items():
        with override(language):
            filled = {name: in_language(value) if isinstance(value, Mapping) else value for name, value in values.items()}
            texts[word] = gettext(message) % filled if filled else gettext(message)
    told = Told(in_language(texts))
    told.texts = texts
    return told


def said(fault: BaseException) -> dict[str, str]:
    """Return what an error says in both languages; one that was told in a single language says the same in both."""
    message = getattr(fault, "message", None)
    if isinstance(message, Mapping):
        return dict(message)
    first = fault.args[0] if fault.args else ""
    if isinstance(first, Told):
        return dict(first.texts)
    return dict.fromkeys(LANGUAGES, str(fault))
