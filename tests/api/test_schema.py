"""The description of the API, and the API against it: schemathesis sends what the description allows, and what it does not."""

import json
import os

import pytest
import schemathesis
from django.contrib.auth import get_user_model
from django.core import signals
from django.db import close_old_connections
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.api.calls import CALLS
from tests.api.programs import operations, token
from tests.baselines import compare
from townwright.frame.models import RoleAssignment
from townwright.site.api import api
from townwright.site.wsgi import application

EXAMPLES = int(os.environ.get("TOWNWRIGHT_EXAMPLES", "5"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance,
    negative_data_rejection, unsupported_method,
]  # fmt: skip


def described():
    with translation.override("en"):
        return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def test_the_description_is_the_one_in_git(pytestconfig):
    compare("openapi", described(), pytestconfig)


def test_every_operation_is_described():
    told = described()
    assert told["openapi"].startswith("3.1")
    found = {one["operationId"]: one for methods in told["paths"].values() for one in methods.values()}
    assert set(found) == set(operations())
    assert [name for name, one in found.items() if not (one["summary"] and one["description"])] == []
    assert [name for name, one in found.items() if not {"401", "403", "404", "422", "429"} <= set(one["responses"])] == []
    assert [name for name, one in found.items() if "requestBody" in one and not _has_example(told, one["requestBody"])] == []


def _has_example(told, body):
    """Say whether the body, or a field of it, has an example."""
    (media,) = body["content"].values()
    return "example" in media or "example" in json.dumps(_resolved(told, media["schema"]))


def _resolved(told, schema):
    return told["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema


@pytest.fixture(scope="module")
def town(demo, django_db_blocker):
    """The demo's town; the program may everything in it, and knows what is really there."""
    with django_db_blocker.unblock():
        zone = demo[0].zone
        user = get_user_model().objects.create_user("fuzzer")
        RoleAssignment.records.create(zone=zone, user=user, role="director")
        known = {}
        for name, make in CALLS.items():
            if not name.startswith(("imports.", "jobs.")):
                known[name] = make(zone).path
        return zone, token(user), known


SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def one_connection():
    """Keep the connection that holds the test's transaction: a request from outside would close one that is old."""
    told = (signals.request_started, signals.request_finished)
    for one in told:
        one.disconnect(close_old_connections)
    yield
    for one in told:
        one.connect(close_old_connections)


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_it_keeps_what_it_describes(case, town, db, one_connection, settings):
    settings.API_REQUESTS_A_MINUTE = 10**9
    zone, secret, known = town
    name = case.operation.definition.raw["operationId"]
    # Most paths lead to something that is there: random numbers seldom do.
    if case.path_parameters and case.meta.generation.mode.is_positive and len(str(case.query) + str(case.body)) % 4:
        case.path_parameters = {**case.path_parameters, "code": zone.code, **known.get(name, {})}
    case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS)


def test_the_description_is_served_to_everybody():
    answer = Client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json()["info"]["title"]) == (200, "Townwright")
