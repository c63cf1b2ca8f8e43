"""Pages of one firm: a delegate opens those of their own firm by the rights they were given; any other firm is not there."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.models import MergeSuggestion, Party
from townwright.apps.parties.services import merge_parties, undo_merge
from townwright.frame.doors import firm_page
from townwright.frame.models import RoleAssignment
from townwright.frame.permissions import rights, roles
from townwright.frame.roles import grant_role

GIVEN = rights()[1:]


@pytest.fixture
def two(firms):
    """Two firms, the first with a delegate for each right, the second with one who holds all."""
    one, other = Party.records.filter(zone=firms).order_by("pk")
    for given in GIVEN:
        get_user_model().objects.create_user(given)
        grant_role(zone=firms, username=given, role="delegate", party_key=one.key, given=[given], actor=CLERK, at=AT)
    get_user_model().objects.create_user("other")
    grant_role(zone=firms, username="other", role="delegate", party_key=other.key, given=GIVEN, actor=CLERK, at=AT)
    return one, other


def opened(name, right, key, code="here"):
    """What a page that asks for the right answers: the firm it is given, 302, 403 or 404."""

    @firm_page(right)
    def page(request, zone, firm):
        return HttpResponse(firm.key)

    request = RequestFactory().get("/")
    request.user = get_user_model().objects.get(username=name) if name else AnonymousUser()
    try:
        answer = page(request, code, key)
    except PermissionDenied:
        return 403
    except Http404:
        return 404
    return answer.content.decode() if answer.status_code == 200 else answer.status_code


def test_every_right_of_every_delegate_in_both_firms(two):
    _one, other = two
    seen = {(name, right, firm.key): opened(name, right, firm.key) for name in (*GIVEN, "other") for right in rights() for firm in two}
    wanted = {}
    for name, right, key in seen:
        if (key == other.key) != (name == "other"):
            wanted[name, right, key] = 404
        else:
            wanted[name, right, key] = key if name == "other" or right in (name, "own.view") else 403
    assert seen == wanted


def test_nobody_else_opens_a_page_of_a_firm(two, firms):
    one, _other = two
    assert opened("", "own.view", one.key) == 302
    get_user_model().objects.create_user("stranger")
    assert opened("stranger", "own.view", one.key) == 404
    for role in roles():
        user = get_user_model().objects.create_user(role)
        RoleAssignment.records.create(zone=firms, user=user, role=role)
        assert opened(role, "own.view", one.key) == 404
    get_user_model().objects.create_superuser("root")
    assert opened("root", "own.file", one.key) == one.key
    assert opened("own.file", "own.file", "uscc:nobody") == 404
    assert opened("own.file", "own.file", one.key, code="there") == 404


def test_a_delegate_follows_the_firm_into_the_one_that_it_was_merged_with(two, firms):
    one, other = two
    row = MergeSuggestion.records.create(zone=firms, kept=other, other=one, score=1, reasons=[])
    merge_parties(zone=firms, suggestion_id=row.pk, actor=CLERK, at=AT)
    assert {opened("own.file", "own.file", key) for key in (one.key, other.key)} == {other.key}
    assert opened("other", "own.file", one.key) == other.key
    undo_merge(zone=firms, suggestion_id=row.pk, actor=CLERK, at=AT)
    assert (opened("own.file", "own.file", one.key), opened("own.file", "own.file", other.key)) == (one.key, 404)
