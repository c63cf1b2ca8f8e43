"""Who asks: a token or a browser's own session; in which zone; with which permission."""

from __future__ import annotations

from typing import Any

from django.core.cache import caches
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.throttling import BaseThrottle
from ninja.utils import check_csrf

from townwright.frame.actors import Actor
from townwright.frame.clock import now
from townwright.frame.doors import find_zone
from townwright.frame.models import ApiToken
from townwright.frame.permissions import may, roles_of
from townwright.frame.problems import Problem
from townwright.frame.tokens import PREFIX, allows, token_of

WINDOW = 60


class Door:
    """Stands before an operation: 401 for a stranger, 404 outside one's zones, 403 where scope or role do not do.

    ``permission`` "" lets in everybody who holds a role in the zone; ``zoned`` False, everybody who is known.
    """

    def __init__(self, permission: str = "", *, zoned: bool = True) -> None:
        self.permission, self.zoned = permission, zoned

    def __call__(self, request: HttpRequest) -> bool:
        """Let the request in, or raise the problem."""
        request.token = identify(request)
        if "\x00" in request.path or any("\x00" in text for _name, told in request.GET.lists() for text in (_name, *told)):
            raise Problem("malformed")
        self.enter(request, request.resolver_match.kwargs.get("code", ""))
        return True

    def enter(self, request: HttpRequest, code: str) -> None:
        """Let whoever is known already into the zone, or raise the problem."""
        if self.zoned:
            request.zone = zone_of(request, code)
        if self.permission:
            demand(request, self.permission)


def identify(request: HttpRequest) -> ApiToken | None:
    """Find out who asks and set ``request.user``; return the token, None for a browser's session.

    Raises:
        Problem: nobody is known, the token is not valid, or a session's write does not come from our own page.
    """
    told = request.headers.get("Authorization", "")
    if told:
        scheme, _blank, secret = told.partition(" ")
        token = token_of(secret.strip(), at=now()) if scheme.lower() == "bearer" and secret.strip().startswith(PREFIX) else None
        if token is None:
            raise Problem("token-refused", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        request.user = token.user
        return token
    if not request.user.is_authenticated:
        raise Problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    if check_csrf(request) is not None:
        raise Problem("csrf")
    return None


def zone_of(request: HttpRequest, code: str) -> Any:
    """Return the zone, as if there were none where the person holds no role or the token is for another.

    Raises:
        Problem: it is not theirs, or does not exist.
    """
    zone = find_zone(code)
    if zone is None or not opens(request, zone):
        raise Problem("not-found", _("There is no zone %(code)s among yours.") % {"code": code[:60]})
    return zone


def opens(request: HttpRequest, zone: Any) -> bool:
    """Say whether whoever asks may know of the zone."""
    if request.token is not None and request.token.zone_id not in (None, zone.pk):
        return False
    return bool(request.user.is_superuser or roles_of(request.user, zone))


def allowed(request: HttpRequest, permission: str) -> bool:
    """Say whether whoever asks may, in the zone in hand: by the token's scopes, and by the person's roles."""
    return (request.token is None or allows(request.token, permission)) and may(request.user, permission, request.zone)


def demand(request: HttpRequest, permission: str) -> None:
    """Refuse who may not.

    Raises:
        Problem: the token lacks the scope, or the person the role.
    """
    if request.token is not None and not allows(request.token, permission):
        told = _("The token “%(name)s” does not hold the scope %(scope)s.") % {"name": request.token.name, "scope": permission}
        challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{permission}"'}
        raise Problem("scope-missing", told, headers=challenge, more={"scope": permission})
    if not may(request.user, permission, request.zone):
        told = _("%(name)s does not hold %(permission)s in %(zone)s.")
        raise Problem(
            "permission-missing", told % {"name": request.user.get_username(), "permission": permission, "zone": request.zone.code},
            more={"permission": permission},
        )  # fmt: skip


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts. The name is the person's own, so that two-person rules hold across pages and programs; the label
    tells the token."""
    door = request.token.name if request.token is not None else ""
    return Actor.of_user(request.user, door=door)


class Window(BaseThrottle):
    """At most so many requests of a token, or of a signed-in person, in each minute by the clock.

    Counted in the cache ``requests``: as it is set, each process counts for itself.
    """

    def __init__(self, most: int) -> None:
        self.most = most

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the request; say whether it is still within the limit."""
        second = int(now().timestamp())
        self.left = WINDOW - second % WINDOW
        who = f"token:{request.token.pk}" if request.token is not None else f"user:{request.user.pk}"
        name = f"api:{who}:{second // WINDOW}"
        counts = caches["requests"]
        counts.add(name, 0, timeout=2 * WINDOW)
        try:
            return bool(counts.incr(name) <= self.most)
        except ValueError:
            # Thrown out of a full cache between the two calls: counted from here.
            return True

    def wait(self) -> float:
        """Return the seconds until the next minute begins."""
        return float(self.left)
