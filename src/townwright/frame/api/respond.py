"""Answers: their body, the ETag that names it, and what a program may make an edit depend on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_etags
from pydantic import TypeAdapter

from townwright.frame.problems import Problem

_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers: a value of its shape, the status, a record's state, where a new thing stands."""

    value: Any
    status: int = 200
    state: str = ""
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def state_of(*facts: Any) -> str:
    """Return a short name of a record's state, from JSON-ready facts; another state has another name."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:_LETTERS]


def render(request: HttpRequest, told: Answer, adapter: TypeAdapter[Any]) -> HttpResponse:
    """Return the answer as JSON. Of a read, and of an edit, the ETag is ``"STATE.BODY"``: two hashes, of the record and of
    what is shown of it. A read whose ETag the program has already is answered 304 without a body."""
    value = adapter.validate_python(told.value, from_attributes=True)
    body = adapter.dump_json(value)
    response = HttpResponse(body, status=told.status, content_type="application/json", headers=told.headers)
    shown = hashlib.sha256(body).hexdigest()[:_LETTERS]
    response["ETag"] = f'"{told.state}.{shown}"' if told.state else f'"{shown}"'
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Authorization", "Cookie", "Accept-Language"))
    if told.location:
        response["Location"] = told.location
    if request.method in ("GET", "HEAD"):
        return get_conditional_response(request, etag=response["ETag"], response=response) or response
    return response


def demand_state(request: HttpRequest, state: str, *, needed: bool = True) -> None:
    """Compare If-Match with the record's state; call it in the transaction that holds the record.

    Raises:
        Problem: it is needed and not there, or names another state: somebody changed the record meanwhile.
    """
    told = request.headers.get("If-Match", "")
    if not told.strip():
        if needed:
            raise Problem("precondition-required")
        return
    if told.strip() == "*":
        return
    seen = {tag.strip('"').partition(".")[0] for tag in parse_etags(told)}
    if state not in seen:
        raise Problem("precondition-failed")
