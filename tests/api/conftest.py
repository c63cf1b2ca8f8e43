"""A town with people of every role, and tokens of theirs."""

import pytest
from django.core.cache import caches

from tests.api.programs import Program, person, token
from tests.flows.conftest import demo, firms, zone  # noqa: F401 - fixtures
from townwright.frame.permissions import roles


@pytest.fixture(autouse=True)
def _uncounted():
    caches["requests"].clear()


@pytest.fixture(scope="module")
def programs(demo, django_db_blocker):  # noqa: F811
    """A program with a full token for each role of the town, one with every role abroad, and one without a token."""
    town, abroad = demo[0].zone, demo[1].zone
    with django_db_blocker.unblock():
        found = {role: Program(token(person(f"api-{role}", town, role))) for role in roles()}
        found["elsewhere"] = Program(token(person("api-elsewhere", abroad, *roles())))
    return {**found, "stranger": Program("")}
