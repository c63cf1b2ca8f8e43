"""Addresses of public pages in templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import get_language

from townwright.frame import terms
from townwright.frame.text import in_language
from townwright.site.public.asking import SCALES

register = template.Library()


@register.simple_tag(takes_context=True)
def public_url(context: Any, page: str, **given: Any) -> str:
    """Return the address of a public page of the zone, in the language that the visitor's address names, if any."""
    language = getattr(context["request"], "public_language", "")
    told = {"code": context["zone"].code, **given}
    return reverse(page, kwargs={**told, "language": language} if language else told)


@register.simple_tag(takes_context=True)
def this_page(context: Any, language: str = "", *, absolute: bool = False) -> str:
    """Return the address of the page in hand in a language ("": without one)."""
    request = context["request"]
    match = request.resolver_match
    told = {name: value for name, value in match.kwargs.items() if name != "language"}
    found = reverse(match.url_name, kwargs={**told, "language": language} if language else told)
    return str(request.build_absolute_uri(found)) if absolute else found


@register.simple_tag
def money_scales(unit: str, language: str) -> list[tuple[str, str]]:
    """Return the scales in which a sum of money may be typed: 元, 万元, 亿元."""
    names = ("", "万", "亿") if language.startswith("zh") else ("", "10,000 ", "100 million ")
    return [(code, f"{name}{unit}") for (code, _scale), name in zip(SCALES, names, strict=True)]


@register.filter
def brief(value: Any, unit: Any) -> str:
    """Return a figure as a headline has it."""
    return terms.brief_figure(value, str(unit), get_language() or "en")


@register.filter
def area_km2(value: Any) -> str:
    """Return an area in m² as km²."""
    return terms.area_km2(value, get_language() or "en")


@register.filter
def listed(labels: Any) -> str:
    """Return labels in a row, parted as the language parts them."""
    return ("、" if (get_language() or "en").startswith("zh") else ", ").join(in_language(one) for one in labels)


@register.filter
def brief_parts(value: Any, unit: Any) -> tuple[str, str]:
    """Return a figure as a headline has it, number and unit apart."""
    return terms.brief_parts(value, str(unit), get_language() or "en")


@register.filter
def one_line(text: str) -> str:
    """Return a text without its line ends."""
    return " ".join(text.split())
