"""The API as a whole: its description, its refusals, its limits."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema

from townwright.frame.api.doors import Window
from townwright.frame.api.faults import problem_of
from townwright.frame.api.schemas import ProblemBody
from townwright.frame.problems import MEDIA_TYPE, Problem, kinds_of, problem_response

LOG = logging.getLogger("townwright.api")
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token, as in: Authorization: Bearer tw_…"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "A browser's own session; writes send X-CSRFToken."},
}
_ALWAYS = (400, 401, 403, 404, 422, 429)


class TownAPI(NinjaAPI):
    """An API whose operations come from ``reads`` and ``writes``."""

    def __init__(self, *routers: Router, title: str, version: str, description: str) -> None:
        limit = Window(settings.API_REQUESTS_A_MINUTE)
        super().__init__(title=title, version=version, description=description, docs_url=None, urls_namespace="api", throttle=[limit])
        for router in routers:
            self.add_router("", router)

    def operations(self) -> dict[str, Any]:
        """Return every operation's function by its id; ``told`` and ``adapter`` hang on it."""
        routers = self._get_bound_routers()
        return {
            one.operation_id: one.view_func for router in routers for view in router.path_operations.values() for one in view.operations
        }

    def set_default_exception_handlers(self) -> None:
        """Tell every refusal as a problem; what is none stays a fault."""
        self.add_exception_handler(Exception, partial(_handled))

    def get_openapi_schema(self, **told: Any) -> OpenAPISchema:
        """Return the description (OpenAPI 3.1) with the refusals of each operation."""
        schema = super().get_openapi_schema(**told)
        schema["components"]["schemas"]["Problem"] = _problem_schema(schema["components"]["schemas"])
        schema["components"]["securitySchemes"] = _SCHEMES
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                _refusals(method, operation)
                operation["security"] = [{name: []} for name in _SCHEMES]
        return schema


def _handled(request: HttpRequest, fault: Exception) -> HttpResponse:
    problem = problem_of(fault)
    if problem is None:
        raise fault
    return problem_response(problem)


def _problem_schema(schemas: dict[str, Any]) -> dict[str, Any]:
    told = ProblemBody.model_json_schema(ref_template=REF_TEMPLATE, mode="serialization")
    schemas.update(told.pop("$defs", {}))
    return {**told, "title": "Problem", "additionalProperties": True}


def _refusals(method: str, operation: dict[str, Any]) -> None:
    statuses = [*_ALWAYS]
    taken = [one["name"] for one in operation["parameters"]]
    if method != "get":
        statuses += [409, 413]
    if "If-Match" in taken:
        statuses.append(412)
        if any(one["name"] == "If-Match" and one["required"] for one in operation["parameters"]):
            statuses.append(428)
    for status, kinds in kinds_of(sorted(statuses)).items():
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        operation["responses"][str(status)] = {"description": ", ".join(kinds), "content": content}
    if method == "get":
        operation["responses"]["304"] = {"description": "not modified"}
    for status, answer in list(operation["responses"].items()):
        if str(status).startswith("2"):
            answer["headers"] = {"ETag": {"description": "Names this answer.", "schema": {"type": "string"}}}


__all__ = ["Problem", "TownAPI"]
