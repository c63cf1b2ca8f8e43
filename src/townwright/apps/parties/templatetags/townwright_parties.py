"""Words of the register in templates."""

from __future__ import annotations

from django import template

from townwright.apps.parties.selectors import scheme_label, tag_label
from townwright.frame.text import in_language

register = template.Library()


@register.filter
def tag_words(slug: str) -> str:
    """Return a tag's label in the language in force."""
    return in_language(tag_label(slug))


@register.filter
def scheme_words(slug: str) -> str:
    """Return the label of a scheme of codes in the language in force."""
    return in_language(scheme_label(slug))
