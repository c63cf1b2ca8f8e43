"""Refusals as RFC 9457 tells them: a stable type, words in the reader's language, the fields that are wrong.

Kept apart from ``frame.api``, which loads far more than the command line should wait for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
PAGE = "/api/v1/problems"


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of refusal: its status, its title, and what a program should do about it."""

    status: int
    title: Any
    advice: Any


KINDS: Mapping[str, Kind] = MappingProxyType({
    "malformed": Kind(400, _("The request cannot be read"), _("Send JSON in UTF-8, without NUL characters.")),
    "unauthenticated": Kind(401, _("Sign in or send a token"), _("Send the header Authorization: Bearer tw_….")),
    "token-refused": Kind(401, _("The token is not valid"), _("It is mistyped, revoked or over: make a new one.")),
    "csrf": Kind(403, _("The request does not come from our own page"), _("From a browser session send the header X-CSRFToken; programs use a token.")),
    "scope-missing": Kind(403, _("The token does not hold the scope"), _("Make a token with the scope that the message names.")),
    "permission-missing": Kind(403, _("Your roles do not allow this"), _("Ask the director of the zone for a role that does.")),
    "not-found": Kind(404, _("There is no such thing here"), _("Look the number or code up in the list. Zones in which you hold no role are not shown.")),
    "method-not-allowed": Kind(405, _("The address does not know this method"), _("See the header Allow.")),
    "conflict": Kind(409, _("Another request is in the way"), _("Wait a moment and ask again.")),
    "precondition-failed": Kind(412, _("Somebody changed it meanwhile"), _("Read it again, look at what changed, and send the new ETag.")),
    "too-large": Kind(413, _("The request is too large"), _("Split it.")),
    "invalid": Kind(422, _("The input does not hold"), _("Mend the fields that are listed.")),
    "refused": Kind(422, _("The records do not allow this"), _("The message says why and what to do.")),
    "key-reused": Kind(422, _("The key was used for another request"), _("Give every request an Idempotency-Key of its own.")),
    "precondition-required": Kind(428, _("Say which version you saw"), _("Read it first and send its ETag in the header If-Match.")),
    "too-many-requests": Kind(429, _("Too many requests"), _("Wait for the seconds that Retry-After tells.")),
    "internal": Kind(500, _("A fault of the program"), _("Tell whoever runs the installation; the log has the rest.")),
})  # fmt: skip
_BY_STATUS = {400: "malformed", 401: "unauthenticated", 403: "csrf", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


@dataclass(slots=True)
class Problem(Exception):
    """A refusal on its way out. ``errors`` are {field, message}, the field as in ``body.name``."""

    kind: str
    detail: str = ""
    errors: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


def refuse(message: str, field_name: str = "", *, kind: str = "refused") -> Problem:
    """Return the refusal of one field of the body, or of the whole request."""
    return Problem(kind, message, [{"field": f"body.{field_name}", "message": message}] if field_name else [])


def problem_body(problem: Problem) -> dict[str, Any]:
    """Return the body in the language in force."""
    kind = KINDS[problem.kind]
    return {
        "type": f"{PAGE}#{problem.kind}", "title": str(kind.title), "status": kind.status, "detail": problem.detail or str(kind.advice),
        "errors": problem.errors, **problem.more,
    }  # fmt: skip


def problem_response(problem: Problem) -> HttpResponse:
    """Return the refusal as an answer."""
    body = json.dumps(problem_body(problem), ensure_ascii=False, cls=DjangoJSONEncoder)
    return HttpResponse(body, status=KINDS[problem.kind].status, content_type=MEDIA_TYPE, headers=problem.headers)


def kind_of_status(status: int) -> str:
    """Return the kind for an answer that was made outside an operation."""
    return _BY_STATUS.get(status, "internal" if status >= 500 else "malformed")


def kinds_of(statuses: Iterable[int]) -> dict[int, list[str]]:
    """Return the kinds behind each status."""
    return {status: [slug for slug, one in KINDS.items() if one.status == status] for status in statuses}


BELOW = "/api/"
_FAILED = 400
Get = Callable[[HttpRequest], HttpResponse]


def problems(get_response: Get) -> Get:
    """Turn answers of 400 and above that are no problems yet (no such address, wrong method, a fault) into ones."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(BELOW) or response.status_code < _FAILED or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        return problem_response(Problem(kind_of_status(response.status_code), headers=kept))

    return answer
