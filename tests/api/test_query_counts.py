"""How many SQL queries each read costs: pinned, and the same for twelve firms as for twenty-four."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.calls import CALLS, address
from tests.api.programs import Program, operations, token
from tests.baselines import compare
from tests.flows.test_query_counts import towns  # noqa: F401 - fixture

READS = {name: one for name, one in operations().items() if one[0] == "GET"}


def _queries(program, name, zone):
    _method, path, told = READS[name]
    where = address(path, zone, CALLS[name](zone)) if told.zoned else f"/api/v1{path}"
    program.get(where)  # what is kept in memory between requests is not counted
    with CaptureQueriesContext(connection) as captured:
        answer = program.get(where)
    assert answer.status_code == 200, (where, answer.content[:300])
    return len(captured)


def test_each_read_of_the_demo_costs_what_the_baseline_says(demo, db, pytestconfig):
    program = Program(token(get_user_model().objects.get(username="director")))
    compare("api_query_counts", {name: _queries(program, name, demo[0].zone) for name in READS}, pytestconfig)


@pytest.mark.parametrize("name", READS)
def test_twice_the_rows_cost_no_query_more(towns, db, name):  # noqa: F811
    few, twice = towns
    program = Program(token(get_user_model().objects.create_superuser("root")))
    assert _queries(program, name, twice) == _queries(program, name, few)
