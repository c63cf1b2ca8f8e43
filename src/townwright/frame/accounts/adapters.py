"""What this house tells django-allauth: nobody signs up, secrets lie enciphered, and what people read."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from townwright.frame.accounts.held import come_back_to

LOCKED_OUT = gettext_lazy(
    "Too many failed attempts for this name or from this address. Wait five minutes and try again, or set a new password by e-mail."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come by invitation or from the command line, never by signing up."""

    error_messages = {**DefaultAccountAdapter.error_messages, "too_many_login_attempts": LOCKED_OUT}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed attempts by name alone: allauth adds the host, and an installation may answer to several."""
        return attempts_key(credentials.get("email") or credentials.get("username") or "")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to a form that was typed when the session had ended, if there is one."""
        return come_back_to(request) or str(super().get_login_redirect_url(request))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets lie in the database enciphered by the installation's key."""

    def get_totp_issuer(self) -> str:
        """Return the name that an authenticator app shows."""
        return "Townwright"

    def encrypt(self, text: str) -> str:
        """Encipher a secret before it is stored."""
        return _cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decipher a stored secret by the key in force or one before it (SECRET_KEY_FALLBACKS).

        Raises:
            ValueError: no key opens it: the installation's key was changed and the old one is not among the fall-backs.
        """
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return _cipher(key).decrypt(encrypted_text.encode()).decode()
            except InvalidToken:
                continue
        raise ValueError(
            _("A second factor was kept under another secret key. Put that key among the fall-backs, or set the factor up anew.")
        )


def _cipher(key: Any) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"townwright.second-factor" + str(key).encode()).digest()))


def attempts_key(name: str) -> str:
    """Return what failed attempts at a name are counted by; upper and lower case are one."""
    return f"sign-in:{name.strip().lower()}"


def unlock(name: str, request: HttpRequest) -> None:
    """Let somebody who was locked out for failed attempts try again at once; limits of the network address stay."""
    ratelimit.clear(request, action="login_failed", key=attempts_key(name))
