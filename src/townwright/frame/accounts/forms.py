"""Forms of django-allauth in the words of this house."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy


class SignInForm(LoginForm):  # type: ignore[misc]
    """Name or address, and password; whether one stays signed in is the installation's setting."""

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self.fields["login"].label = gettext_lazy("User name or e-mail address")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
