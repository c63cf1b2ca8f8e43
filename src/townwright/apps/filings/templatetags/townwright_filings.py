"""Values of returns in templates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from townwright.apps.filings.selectors import definitions
from townwright.frame.text import in_language
from townwright.frame.workbooks.forms import Field
from townwright.frame.workbooks.writing import unit_name

register = template.Library()


@register.filter
def of_field(value: Any, field: Field) -> str:
    """Return a value of a return, stored or typed, as people read it; a dash where it is missing."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.kind == "choice":
        return in_language(field.choices.get(value, {"zh": value, "en": value}))
    if field.kind in ("text", "date", "code") or isinstance(value, date):
        return str(value)
    number = Decimal(value)
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def unit(field: Field) -> str:
    """Return the name of a field's base unit in the language in force."""
    return unit_name(field, get_language() or "en")


@register.filter
def dataset(name: str) -> str:
    """Return the title of a dataset of returns, or its name."""
    told = definitions().get(name)
    return in_language(told.title) if told is not None else name
