"""Words of policies in templates."""

from __future__ import annotations

from typing import Any

from django import template

from townwright.apps.incentives.selectors import class_label as label_of_class

register = template.Library()


@register.filter
def class_label(assessment: Any) -> Any:
    """Return the name of the class that an assessment found, nothing for a policy."""
    return label_of_class(assessment)
