"""Every cell of the permission table, granted and refused."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from townwright.apps.zones.models import Zone
from townwright.frame.models import AuditEntry, RoleAssignment
from townwright.frame.permissions import UnknownPermission, may, roles, table
from townwright.frame.scoping import UnscopedQuery


def _zone(code):
    return Zone.objects.create(
        code=code,
        name_zh=code,
        kind="innovation_town",
        country="CN",
        currency="CNY",
        time_zone="Asia/Shanghai",
        area_m2=Decimal("3000000"),
    )


@pytest.fixture
def people(db):
    zone, other = _zone("here"), _zone("there")
    users = {}
    for role in roles():
        users[role] = get_user_model().objects.create_user(role)
        RoleAssignment.records.create(zone=zone, user=users[role], role=role)
    return zone, other, users


def test_every_cell(people):
    zone, other, users = people
    cells = {(role, permission): may(users[role], permission, zone) for role in roles() for permission in table()}
    assert cells == {(role, permission): role in table()[permission] for role in roles() for permission in table()}
    assert not any(may(users[role], permission, other) for role in roles() for permission in table())


def test_the_table_names_only_known_roles():
    assert {role for held in table().values() for role in held} <= set(roles())


def test_an_auditor_reads_and_never_writes():
    writes = ("edit", "merge", "decide", "run", "propose", "approve")
    assert not [name for name, held in table().items() if "auditor" in held and name.split(".")[1] in writes]


@pytest.mark.django_db
def test_an_inactive_superuser_may_nothing():
    user = get_user_model().objects.create_superuser("root")
    zone = _zone("here")
    assert may(user, "audit.view", zone)
    user.is_active = False
    assert not may(user, "audit.view", zone)


def test_an_unknown_permission_is_an_error_not_a_refusal(people):
    zone, _, users = people
    with pytest.raises(UnknownPermission, match=r"parties\.veiw"):
        may(users["director"], "parties.veiw", zone)


@pytest.mark.django_db
def test_rows_are_never_read_without_a_zone():
    here, there = _zone("here"), _zone("there")
    at = datetime(2017, 1, 1, tzinfo=UTC)
    for zone in (here, there):
        AuditEntry.records.create(zone=zone, at=at, actor="a", actor_label="a", verb="v", subject=zone.code)
    with pytest.raises(UnscopedQuery, match="in_zone"):
        AuditEntry.objects.all()
    with pytest.raises(UnscopedQuery, match="across zones"):
        AuditEntry.objects.across_zones("")
    assert [entry.subject for entry in AuditEntry.objects.in_zone(here)] == ["here"]


def test_a_persons_roles_are_read_once_for_all_zones(people, django_assert_num_queries):
    zone, other, users = people
    user = get_user_model().objects.get(pk=users["director"].pk)
    with django_assert_num_queries(1):
        assert [may(user, permission, zone) for permission in table()].count(False) == len(
            [name for name, held in table().items() if "director" not in held]
        )
        assert not any(may(user, permission, other) for permission in table())
