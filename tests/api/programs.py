"""Programs that speak to the API with a token, and what the API has to offer."""

import json

from django.contrib.auth import get_user_model
from django.test import Client

from tests.flows.conftest import CLERK
from townwright.frame.clock import now
from townwright.frame.models import RoleAssignment
from townwright.frame.tokens import create_token
from townwright.site.api import api

BASE = "/api/v1"


class Program:
    """Speaks JSON with a token."""

    def __init__(self, secret, **headers):
        self.client = Client(raise_request_exception=True)
        self.headers = {"authorization": f"Bearer {secret}", **headers} if secret else headers

    def send(self, method, path, body=None, **headers):
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, path if path.startswith("/") else f"{BASE}/{path}", headers=given, **sent)

    def get(self, path, **headers):
        return self.send("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.send("POST", path, {} if body is None else body, **headers)

    def patch(self, path, body, **headers):
        return self.send("PATCH", path, body, **headers)


def token(user, *named, zone=None, at=None, **more):
    """Return the secret of a new key."""
    named = named or ("write", "people.view", "people.edit", "people.export")
    return create_token(user=user, name="test", named=named, zone=zone, actor=CLERK, at=at or now(), **more).secret


def person(name, zone, *held):
    """Return a person with roles in a zone."""
    user = get_user_model().objects.create_user(name)
    for role in held:
        RoleAssignment.records.create(zone=zone, user=user, role=role)
    return user


def operations():
    """Return every operation of the API: method, path and what it tells of itself, by id."""
    found = {}
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for one in view.operations:
                found[one.operation_id] = (one.methods[0], path, one.view_func.told)
    return found
