"""Two directors take each other's role at once, and two use one link at once: one wins, the other is told."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from tests.flows.conftest import AT, CLERK
from tests.flows.racing import at_once, meet_before, without_row_locks
from townwright.frame import roles as verbs
from townwright.frame.accounts.invitations import NewAccount, UnableToAccept, accept_anew, invite
from townwright.frame.actors import Actor
from townwright.frame.models import Invitation, RoleAssignment
from townwright.frame.roles import UnableToGrant, grant_role, revoke_role

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PASSWORD = "long-enough-and-odd-7"


@pytest.fixture
def directors(zone, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for name in ("li", "wei"):
        grant_role(zone=zone, username=name, role="director", password=PASSWORD, actor=CLERK, at=AT)
    return zone


def takes(zone, taker, loser):
    actor = Actor.of_user(get_user_model().objects.get(username=taker))
    return lambda: revoke_role(zone=zone, username=loser, role="director", actor=actor, at=AT)


def left(zone):
    return RoleAssignment.records.filter(zone=zone, role="director").count()


def test_with_the_guard_off_a_zone_is_left_without_a_director(directors, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time: there is no guard to take away")
    without_row_locks(monkeypatch)
    meet_before(monkeypatch, RoleAssignment, "delete")
    at_once(takes(directors, "li", "wei"), takes(directors, "wei", "li"))
    assert left(directors) == 0


def test_with_the_guard_one_director_stays(directors):
    said = at_once(takes(directors, "li", "wei"), takes(directors, "wei", "li"))
    assert left(directors) == 1
    refused = [one for one in said if one is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], UnableToGrant)
    assert "last director" in str(refused[0]) or "does not hold" in str(refused[0])
    assert verbs.DIRECTOR == "director"


def test_a_link_used_twice_at_once_makes_one_account(directors):
    token = invite(zone=directors, email="wang@example.org", role="policy", mailed=True, actor=CLERK, at=AT).token
    said = at_once(*(lambda name=name: accept_anew(token=token, account=NewAccount(name, "", PASSWORD), at=AT) for name in ("one", "two")))
    assert sum(isinstance(one, Invitation) for one in said) == 1
    assert sum(isinstance(one, UnableToAccept) for one in said) == 1
    assert get_user_model().objects.filter(username__in=("one", "two")).count() == 1
