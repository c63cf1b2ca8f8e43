"""Roles are given and taken by verbs, and each leaves its entry."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from tests.flows.conftest import AT, CLERK
from townwright.frame.models import AuditEntry
from townwright.frame.permissions import may
from townwright.frame.roles import UnableToGrant, grant_role, holders, revoke_role

PASSWORD = "long-enough-and-odd-7"


def _grant(zone, role="policy", **told):
    return grant_role(zone=zone, username="li.mei", role=role, actor=CLERK, at=AT, **told)


def test_a_new_person_gets_an_account_and_the_role_and_loses_it_again(zone):
    _grant(zone, password=PASSWORD)
    user = get_user_model().objects.get(username="li.mei")
    assert user.check_password(PASSWORD)
    assert may(user, "awards.propose", zone)
    _grant(zone)
    assert AuditEntry.objects.in_zone(zone).filter(verb="roles.grant").count() == 1
    _grant(zone, role="statistics")
    assert [row.role for row in holders(zone)] == ["policy", "statistics"]
    revoke_role(zone=zone, username="li.mei", role="policy", actor=CLERK, at=AT)
    assert not may(get_user_model().objects.get(username="li.mei"), "awards.propose", zone)


def test_what_is_refused_leaves_nobody_and_no_entry(zone):
    before = AuditEntry.records.count()
    for told, fault, words in (
        ({"role": "polcy", "password": PASSWORD}, UnableToGrant, "Did you mean policy"),
        ({}, UnableToGrant, "needs a password"),
        ({"password": "short"}, ValidationError, "too short"),
    ):
        with pytest.raises(fault, match=words):
            _grant(zone, **told)
    with pytest.raises(UnableToGrant, match="does not hold"):
        revoke_role(zone=zone, username="li.mei", role="policy", actor=CLERK, at=AT)
    assert (get_user_model().objects.count(), AuditEntry.records.count()) == (0, before)
