"""Nothing typed is lost when a session ends in the middle of a form: what was sent is held until its author is back.

A form that arrives after its session has ended, and passes the check against forged requests, is kept in a new session
that nobody is signed in to, beside the account that this browser was last signed in as (a signed cookie). After
sign-in the same account gets it back; any other account does not. Files cannot be kept: they are named.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

KEY = "held_form"
COOKIE = "townwright_who"
SALT = "townwright.held"
MOST_BYTES = 200_000
_DAYS_30 = 30 * 24 * 3600


def held_form(request: HttpRequest) -> dict[str, Any] | None:
    """Return what is held for the signed-in person: ``path`` it was sent to, ``page`` it stood on, ``fields``, ``files``."""
    held: dict[str, Any] | None = request.session.get(KEY)
    return held if held is not None and held["who"] == request.user.pk else None


def come_back_to(request: HttpRequest) -> str:
    """Return the address that gives the held form back, or nothing."""
    return reverse("held-form") if KEY in request.session else ""


def drop(request: HttpRequest) -> None:
    """Forget what is held."""
    request.session.pop(KEY, None)


def hold(request: HttpRequest, who: int) -> bool:
    """Keep the form that the request sends for the account of that number; say whether it could be kept."""
    fields = [[name, values] for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"]
    if sum(len(name) + sum(map(len, values)) for name, values in fields) > MOST_BYTES:
        return False
    request.session[KEY] = {
        "who": who, "path": request.get_full_path(), "page": _page(request), "fields": fields, "files": sorted({one.name for one in request.FILES.values() if one.name}),
    }  # fmt: skip
    return True


def same_origin(request: HttpRequest) -> bool:
    """Say whether the browser tells that the form was sent by a page of this very site."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _page(request: HttpRequest) -> str:
    """Return the page that the form stood on: where the browser says it came from, if that is this site."""
    told = urlsplit(request.headers.get("Referer", ""))
    if told.netloc != request.get_host() or not told.path.startswith("/"):
        return request.get_full_path()
    return told.path + (f"?{told.query}" if told.query else "")


def _sent_to_sign_in(response: HttpResponse) -> bool:
    location = urlsplit(response.headers.get("Location", ""))
    return response.status_code == 302 and location.path == reverse(settings.LOGIN_URL) and "next=" in location.query


class HeldForms:
    """Middleware behind the one that finds out who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hold a form that comes too late; note who is signed in; forget a held form once it was sent again."""
        response = self.get_response(request)
        if getattr(request, "public", False):
            # A public answer may be kept for others: it reads no session and sets no cookie.
            return response
        if _sent_to_sign_in(response):
            return self._sent_away(request, response)
        if request.user.is_authenticated:
            self._note(request, response)
            held = held_form(request) if request.method == "POST" else None
            if held is not None and held["path"] == request.get_full_path() and not getattr(request, "just_held", False):
                drop(request)
        return response

    def _sent_away(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        sign_in, back = reverse(settings.LOGIN_URL), response.headers["Location"]
        if request.method == "POST" and not request.user.is_authenticated:
            who = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=_DAYS_30)
            if who.isdecimal() and hold(request, int(who)):
                back = f"{sign_in}?{urlencode({'next': reverse('held-form')})}"
        if request.htmx:
            # A fragment cannot show the sign-in page: the browser is sent there, and then back to the page it is on.
            if request.method == "GET":
                page = urlsplit(request.htmx.current_url_abs_path or "/")
                back = f"{sign_in}?{urlencode({'next': page.geturl()})}"
            return HttpResponseClientRedirect(back)
        return response if back == response.headers["Location"] else HttpResponseRedirect(back)

    @staticmethod
    def _note(request: HttpRequest, response: HttpResponse) -> None:
        who = str(request.user.pk)
        if request.get_signed_cookie(COOKIE, default="", salt=SALT) != who:
            response.set_signed_cookie(
                COOKIE, who, salt=SALT, max_age=_DAYS_30, httponly=True, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE)
            )
