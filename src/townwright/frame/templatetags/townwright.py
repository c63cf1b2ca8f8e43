"""Words and figures in templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from townwright.frame import terms
from townwright.frame.doors.marks import colour_of
from townwright.frame.text import in_language
from townwright.kernel.formula.wording import show_value
from townwright.kernel.values.said import Said

register = template.Library()


def _language() -> str:
    return get_language() or "en"


@register.filter
def term(code: Any, group: str) -> str:
    """Return a code of a group of terms in the language in force."""
    return terms.term(group, code, _language())


@register.filter
def words(texts: Any) -> str:
    """Return bilingual data in the language in force."""
    if isinstance(texts, Said):
        return texts.text(_language())
    return in_language(texts) if isinstance(texts, dict) else str(texts or "")


@register.filter
def sentences(node: Any) -> list[str]:
    """Return a trace's working as sentences."""
    return node.sentences(_language()) if node is not None else []


@register.filter
def shown(node: Any) -> str:
    """Return a trace node's value as people read it."""
    return node.shown(_language())


@register.filter
def rounded(node: Any) -> str:
    """Return where a step of the working is rounded, in words; nothing where it is not."""
    return node.rounded(_language())


@register.filter
def in_unit(value: Any, unit: Any) -> str:
    """Return a value of the working with its unit, as the working shows it."""
    return show_value(value, str(unit), _language())


@register.filter
def figure(value: Any, unit: Any) -> str:
    """Return an exact figure with its unit."""
    return terms.figure(value, str(unit), _language())


@register.filter
def short_figure(value: Any, unit: Any) -> str:
    """Return a figure with its unit, large money in 亿 and 万 where nothing is lost by it."""
    return terms.short_figure(value, str(unit), _language())


@register.filter
def unit(code: str) -> str:
    """Return a unit in words."""
    return terms.unit_name(code, _language())


@register.simple_tag
def zone_name(zone: Any) -> str:
    """Return the zone's name in the language in force, the other one where it has none."""
    return in_language({"zh": zone.name_zh, "en": zone.name_en})


@register.filter
def country(code: str) -> str:
    """Return a country's name."""
    return terms.country_name(code, _language())


@register.filter
def verb(code: str) -> str:
    """Return what an audit entry's verb did."""
    return terms.verb_name(code, _language())


@register.filter
def at_key(values: dict[str, Any], name: str) -> Any:
    """Return the value under a name that the template holds in a variable."""
    return values.get(name)


@register.filter
def grouped(number: int) -> str:
    """Return a count with its thousands parted."""
    return f"{number:,}"


@register.filter
def pairs(values: Any) -> str:
    """Return the old or new values of an audit entry as a line: name: value; lists are counted where they are long."""
    told = []
    for name, value in (values or {}).items():
        text = f"[{len(value)}]" if isinstance(value, list) and len(value) > 8 else value
        told.append(f"{name}: {text}")
    return "; ".join(told)


@register.filter
def cell(value: Any) -> str:
    """Return a cell of a table of records as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return show_value(value, "", _language())
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@register.filter
def colour(word: str) -> str:
    """Return the colour of a verdict or status."""
    return colour_of(word)


@register.filter
def plain(value: Any) -> str:
    """Return a decimal with thousands parted and no trailing zeros."""
    if value is None:
        return "—"
    return value if isinstance(value, str) else terms.digits(value)
