"""Every operation by every role: granted and refused, from outside the zone, without a token, without the scope."""

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from tests.api.calls import CALLS, address, send
from tests.api.programs import Program, operations, token
from tests.baselines import compare
from tests.flows.sheets import state
from townwright.frame.permissions import roles, table

OPERATIONS = operations()
ZONED = {name: one for name, one in OPERATIONS.items() if one[2].zoned}
# Their permission hangs on what is asked for: see jobs.get.
BY_KIND = {"jobs.get": "imports.run", "jobs.again": "imports.run"}


def _permission(name):
    return BY_KIND.get(name) or OPERATIONS[name][2].permission


def _held(name):
    return table()[_permission(name)] if _permission(name) else set(roles())


def test_each_operation_names_a_permission_of_the_table_and_keeps_it(pytestconfig):
    assert {one[2].permission for one in OPERATIONS.values()} - {""} <= set(table())
    assert set(CALLS) == set(OPERATIONS), "add a call to tests/api/calls.py"
    compare("api_permissions", {name: _permission(name) for name in OPERATIONS}, pytestconfig)


def test_what_has_no_permission_of_its_own_shows_nothing_of_the_town():
    assert {name for name in OPERATIONS if not _permission(name)} == {"me.get", "zones.list", "zones.get", "jobs.list"}


def test_a_search_finds_only_what_the_token_may_see(demo, db):
    zone, director = demo[0].zone, get_user_model().objects.get(username="director")
    kinds = {}
    for named in (["read", "people.view"], ["read"], ["search.use", "policies.view"]):
        found = Program(token(director, *named)).get(f"zones/{zone.code}/search?q=%E4%BA%91")
        kinds[tuple(named)] = {one["kind"] for one in found.json()}
    assert kinds["search.use", "policies.view"] <= {"policies"}
    assert "people" not in kinds["read",]
    assert kinds["read",] > kinds["search.use", "policies.view"]


class Undo(Exception):
    pass


def _cell(program, name, zone):
    """Call it for real and take back what it did; an edit reads first."""
    method, path, _told = OPERATIONS[name]
    answer = None
    try:
        with transaction.atomic():
            call = CALLS[name](zone)
            etag = program.get(address(path, zone, call)).headers.get("ETag", "") if call.match else ""
            answer = send(program, method, path, zone, call, etag)
            raise Undo
    except Undo:
        return answer


@pytest.mark.parametrize("name", ZONED)
def test_who_may(demo, programs, db, name, record_property):
    zone, held = demo[0].zone, _held(name)
    cells = 0
    for who, program in programs.items():
        answer, cells = _cell(program, name, zone), cells + 1
        if who == "stranger":
            assert (who, answer.status_code, answer.json()["type"]) == (who, 401, "/api/v1/problems#unauthenticated")
        elif who == "elsewhere":
            assert (who, answer.status_code) == (who, 404)
        elif who in held:
            assert (who, answer.status_code) == (who, OPERATIONS[name][2].status), answer.content[:600]
        else:
            # An edit first reads, which the role may not either: both are refused for the permission, never for the version.
            assert (who, answer.status_code, answer.json()["permission"]) == (who, 403, _permission(name))
    record_property("cells", cells)


@pytest.mark.parametrize("name", [name for name in ZONED if _permission(name)])
def test_a_token_without_the_scope_is_refused_and_nothing_changes(demo, db, name):
    zone = demo[0].zone
    director = get_user_model().objects.get(username="director")
    others = [one for one in table() if one != _permission(name)]
    method, path, _told = OPERATIONS[name]
    call, program = CALLS[name](zone), Program(token(director, *others))
    before = state()
    answer = send(program, method, path, zone, call)
    assert (answer.status_code, answer.json()["type"], answer.json()["scope"]) == (403, "/api/v1/problems#scope-missing", _permission(name))
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]
    assert state() == before


@pytest.mark.parametrize("name", ZONED)
def test_a_token_for_another_zone_finds_nothing(demo, db, name):
    town, abroad = demo[0].zone, demo[1].zone
    director = get_user_model().objects.get(username="director")
    method, path, _told = OPERATIONS[name]
    answer = send(Program(token(director, zone=abroad)), method, path, town, CALLS[name](town))
    assert (answer.status_code, answer.json()["type"]) == (404, "/api/v1/problems#not-found")


ABROAD = [
    name
    for name in ZONED
    if "{" in OPERATIONS[name][1].replace("{code}", "") and "policy" not in OPERATIONS[name][1] and "figure" not in OPERATIONS[name][1]
]


@pytest.mark.parametrize("name", ABROAD)
def test_a_row_of_one_zone_is_not_found_below_another(demo, db, name):
    """The director holds both zones: rows of the one are no rows of the other all the same."""
    town, abroad = demo[0].zone, demo[1].zone
    director = Program(token(get_user_model().objects.get(username="director")))
    method, path, _told = OPERATIONS[name]
    call = CALLS[name](town)
    assert send(director, method, path, abroad, call, '"0.0"' if call.match else "").status_code == 404


def test_the_number_of_cells(demo, programs, capsys):
    with capsys.disabled():
        print(f"\nAPI permission matrix: {len(ZONED)} operations x {len(programs)} = {len(ZONED) * len(programs)} cells")
