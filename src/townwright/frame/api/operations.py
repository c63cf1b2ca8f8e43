"""Operations: a function that reads or writes, with the permission it needs and the shape it answers."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Path, Router
from pydantic import BaseModel, TypeAdapter

from townwright.frame.api.doors import Door
from townwright.frame.api.idempotency import HEADER, once
from townwright.frame.api.respond import Answer, render
from townwright.frame.clock import now
from townwright.frame.problems import Problem

View = Callable[..., Any]
ZONE = "/zones/{code}"


@dataclass(frozen=True, slots=True)
class Told:
    """What an operation tells of itself. ``matches`` is "" (takes no If-Match), "may" or "must"."""

    method: str
    name: str
    response: Any
    permission: str
    status: int
    matches: str = ""
    zoned: bool = True
    also: tuple[str, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)


def reads(router: Router, path: str, *, name: str, summary: Any, permission: str, response: Any, zoned: bool = True, **more: Any) -> Callable[[View], View]:  # fmt: skip
    """Register a read; ``name`` is its id, as in ``parties.list``. The view is given the request, ``zone``, and its own parameters.

    ``also`` names permissions that the view itself asks for where they matter.
    """
    return _operation(router, path, summary, Told("GET", name, response, permission, 200, zoned=zoned, **more))


def writes(
    router: Router, method: str, path: str, *, name: str, summary: Any, permission: str, response: Any, status: int = 200, **more: Any
) -> Callable[[View], View]:  # fmt: skip
    """Register a write; ``example`` is a body that it could be sent. It takes an Idempotency-Key, and an If-Match where ``matches`` says so."""
    return _operation(router, path, summary, Told(method, name, response, permission, status, **more))


def _operation(router: Router, path: str, summary: Any, told: Told) -> Callable[[View], View]:
    adapter = TypeAdapter(told.response)

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def run(request: HttpRequest, **given: Any) -> HttpResponse:
            unknown = sorted(set(request.GET) - known)
            if unknown:
                raise Problem(
                    "invalid", errors=[{"field": f"query.{name}", "message": _("There is no such parameter.")} for name in unknown]
                )
            if not told.zoned:
                return _answered(request, told, adapter, lambda: view(request, **given))
            given.pop("code")
            with timezone.override(request.zone.time_zone):
                return _answered(request, told, adapter, lambda: view(request, zone=request.zone, **given))

        run.__signature__ = _signature(view, zoned=told.zoned)  # type: ignore[attr-defined]
        known = _query_names(run.__signature__)  # type: ignore[attr-defined]
        run.told, run.adapter = told, adapter  # type: ignore[attr-defined]
        register = router.api_operation(
            [told.method], (ZONE if told.zoned else "") + path, auth=Door(told.permission, zoned=told.zoned), response={told.status: told.response},
            operation_id=told.name, summary=summary, openapi_extra=_described(told), url_name=told.name,
        )  # fmt: skip
        register(run)
        return view

    return wrap


def _answered(request: HttpRequest, told: Told, adapter: TypeAdapter[Any], work: Callable[[], Any]) -> HttpResponse:
    def answer() -> HttpResponse:
        found = work()
        if isinstance(found, HttpResponse):
            return found
        return render(request, found if isinstance(found, Answer) else Answer(found, told.status), adapter)

    return answer() if told.method == "GET" else once(request, answer, at=now())


def _signature(view: View, *, zoned: bool) -> inspect.Signature:
    """Return the view's signature as the router should read it: the zone's code instead of the zone."""
    read = inspect.signature(view, eval_str=True)
    kept = [one.replace(kind=one.KEYWORD_ONLY) for name, one in read.parameters.items() if name not in ("request", "zone")]
    first = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    if zoned:
        code = Path(..., description="Code of the zone.", max_length=60, pattern=r"^[-a-zA-Z0-9_]+$", examples=["yunqi"])
        first.append(inspect.Parameter("code", inspect.Parameter.KEYWORD_ONLY, default=code, annotation=str))
    return inspect.Signature([*first, *kept])


def _query_names(signature: inspect.Signature) -> frozenset[str]:
    """Return the names that a query may hold: parameters by themselves, and the fields of those that are groups."""
    found: set[str] = set()
    for name, one in signature.parameters.items():
        group = get_args(one.annotation)[0] if get_args(one.annotation) else one.annotation
        found |= set(group.model_fields) if isinstance(group, type) and issubclass(group, BaseModel) else {name}
    return frozenset(found)


def _described(told: Told) -> dict[str, Any]:
    """Return what the description adds to what the router finds by itself."""

    def header(name: str, text: str, *, required: bool = False) -> dict[str, Any]:
        return {"in": "header", "name": name, "required": required, "description": text, "schema": {"type": "string"}}

    if told.method == "GET":
        parameters = [header("If-None-Match", "An ETag that the program has already; 304 if it still holds.")]
    else:
        parameters = [header(HEADER, "A word of the program's own; the same request sent again is answered alike and done once.")]
        parameters[0]["schema"] |= {"maxLength": 255, "pattern": "^[!-~]+$"}
    if told.matches:
        parameters.append(header("If-Match", "The ETag of what the program read.", required=told.matches == "must"))
    return {"parameters": parameters, "x-permission": told.permission, "x-also": list(told.also), **_body_example(told)}


def _body_example(told: Told) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"example": dict(told.example)}}}} if told.example else {}
