"""Forms as the design has them: labels above, the unit behind its field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispy_forms.bootstrap import AppendedText
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms


def laid_out(form: forms.Form, units: Mapping[str, Any]) -> FormHelper:
    """Return a helper that draws a form's fields in their order, each field of ``units`` with its unit behind it."""
    helper = FormHelper(form)
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*(AppendedText(name, str(units[name])) if name in units else name for name in form.fields))
    return helper
