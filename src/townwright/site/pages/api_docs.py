"""What programs can ask: every operation, readable, from the description that programs read."""

from __future__ import annotations

import json
from functools import cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from townwright.frame.problems import KINDS
from townwright.site.api import api

_BELOW = "/api/v1"


@cache
def _described(language: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the operations by group; made once a language, since nothing changes them while the program runs."""
    told = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    rows = [
        _row(path, method, one, told["components"]["schemas"]) for path, methods in told["paths"].items() for method, one in methods.items()
    ]
    rows.sort(key=lambda one: (one["group"], one["path"], one["method"]))
    return [(group, list(held)) for group, held in groupby(rows, key=lambda one: one["group"])]


def _row(path: str, method: str, told: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    done = {status: one for status, one in told["responses"].items() if status.startswith("2")}
    body = next(iter(told.get("requestBody", {}).get("content", {}).items()), None)
    return {
        "id": told["operationId"], "group": (told.get("tags") or [""])[0], "method": method.upper(), "path": path, "summary": told["summary"],
        "description": told.get("description", ""), "permission": told["x-permission"], "also": told["x-also"],
        "parameters": [_parameter(one) for one in told["parameters"]],
        "body": body and {
            "type": body[0], "example": json.dumps(body[1]["example"], ensure_ascii=False, indent=2) if "example" in body[1] else "",
            "fields": _fields(body[1]["schema"], schemas),
        },
        "answers": [(status, _fields(next(iter(one.get("content", {"": {"schema": {}}}).values()))["schema"], schemas)) for status, one in done.items()],
        "refusals": [(status, one["description"]) for status, one in told["responses"].items() if not status.startswith("2")],
    }  # fmt: skip


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "type": _type(told["schema"]), "where": told["in"]}


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of an object, or of what a list holds."""
    schema = schema.get("items", schema) if schema.get("type") == "array" else schema
    named = schemas.get(schema.get("$ref", "").rsplit("/", 1)[-1], schema)
    required = named.get("required", [])
    return [
        {"name": name, "type": _type(one), "required": name in required, "description": one.get("description", "")}
        for name, one in named.get("properties", {}).items()
    ]


def _type(told: dict[str, Any]) -> str:
    """Return a field's type in a word or two: its choices, a shape's name, what a list holds."""
    if "$ref" in told:
        return str(told["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in told:
        return " | ".join(_type(one) for one in told["anyOf"])
    if "enum" in told:
        return " | ".join(map(json.dumps, told["enum"]))
    if told.get("type") == "array":
        return f"{_type(told.get('items', {}))}[]"
    return str(told.get("format") or told.get("type") or "object")


def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation: what it needs, what it takes, what it answers, what it refuses."""
    context = {"groups": _described(get_language() or "en"), "root": request.build_absolute_uri(reverse("api:api-root"))}
    return render(request, "townwright/api_docs.html", context)


def problems(request: HttpRequest) -> HttpResponse:
    """Show every sort of refusal: the address of this page stands in ``type``."""
    return render(request, "townwright/api_problems.html", {"kinds": KINDS.items()})
