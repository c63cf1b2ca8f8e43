"""Roles that must have a second factor: who holds one and has none yet is led to set one up, and to nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from townwright.frame.permissions import all_roles_of

# Addresses, and all below them, that stay open: signing in and out, the account itself, the language, what is public.
OPEN = ("sign-in", "sign-out", "account-overview", "set_language", "public-index")
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: Any) -> bool:
    """Say whether the account has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def lacks_second_factor(user: Any) -> bool:
    """Say whether a role of the user, in any zone, demands a second factor that the account does not have.

    An administrator counts as holding the role "administrator".
    """
    demanding = frozenset(settings.SECOND_FACTOR_ROLES)
    if not demanding or not user.is_authenticated or not user.is_active:
        return False
    held = all_roles_of(user) | ({"administrator"} if user.is_superuser else set())
    return bool(held & demanding) and not has_second_factor(user)


class SecondFactor:
    """Middleware: pages below the open ones are shut to who lacks a second factor that a role demands."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.open = tuple(reverse(name) for name in OPEN)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead to the set-up, or on."""
        # The setting is asked first: where no role demands a second factor, nothing is read.
        if settings.SECOND_FACTOR_ROLES and not request.path.startswith(self.open) and lacks_second_factor(request.user):
            messages.warning(request, _("Your role demands a second factor. Set up an authenticator app or a passkey, then go on."))
            return redirect("mfa_index")
        return self.get_response(request)
