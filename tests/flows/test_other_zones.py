"""Every address with an object in it, asked for in one zone with the object of another: it is not there, and nothing moves.

The addresses and their arguments are those of test_pages_and_roles.py, so that a new page is tested here by itself. Who asks
is director of both zones, so that only the object is out of place.
"""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.flows.sheets import state
from tests.flows.test_pages_and_roles import ARGUMENTS, PAGES
from townwright.apps.incentives.models import Award
from townwright.apps.parties.models import Identifier, MergeSuggestion, Party
from townwright.frame.models import RoleAssignment

# Arguments that name no object of one zone: a dataset, a policy, a figure, a tile or a list goes by the same name in every zone.
NAMES = {"template", "policy", "figure", "keep-view", "board-open"}
WITH_OBJECT = sorted(name for name, page in PAGES.items() if page.pattern.converters and name not in NAMES)
POSTS = (
    {},
    {"do": "accept"},
    {"do": "approve", "reason": "x"},
    {"do": "withdraw", "reason": "x"},
    {"do": "land"},
    {"do": "resend"},
    {"tag": "cloud", "from_on": "2016-01-01"},
)


@pytest.fixture(scope="module")
def director(demo, django_db_blocker):
    with django_db_blocker.unblock():
        user = get_user_model().objects.create_user("of-both")
        for town in demo:
            RoleAssignment.records.create(zone=town.zone, user=user, role="director")
            RoleAssignment.records.create(
                zone=town.zone, user=get_user_model().objects.create_user(f"guest-{town.zone.code}"), role="guest"
            )
        # Other than Chinese towns write no unified codes: one to ask for, and a pair to merge.
        abroad = Party.records.filter(zone=demo[1].zone, kind="firm").order_by("pk")[:2]
        Identifier.records.create(zone=demo[1].zone, party=abroad[0], scheme="uscc", value="X1", status="warned")
        MergeSuggestion.records.create(zone=demo[1].zone, kept=abroad[0], other=abroad[1], score=90)
        client = Client()
        client.force_login(user)
    return client


def arguments(name, zone):
    try:
        return ARGUMENTS[name][0](zone)
    except AttributeError:  # the zone has none of these
        return None


@pytest.mark.parametrize("name", WITH_OBJECT)
def test_an_object_of_another_zone_is_not_there(demo, director, db, name):
    tried = 0
    for here, there in ((demo[0].zone, demo[1].zone), (demo[1].zone, demo[0].zone)):
        told = arguments(name, there)
        if told is None or ("key" in told and Party.records.filter(zone=here, key=told["key"]).exists()):
            continue
        address, before = reverse(name, kwargs={"code": here.code, **told}), state()
        assert director.get(address).status_code in (404, 405)
        for sent in POSTS:
            answer = director.post(address, sent)
            assert answer.status_code in (404, 405), (sent, answer.status_code)
        assert state() == before
        tried += 1
    assert tried, "neither zone has such an object: make one in the fixture"


def test_the_table_covers_every_address_with_an_object():
    assert len(WITH_OBJECT) >= 14
    assert set(ARGUMENTS) - set(WITH_OBJECT) <= NAMES | set(PAGES)


def test_numbers_of_another_zone_in_a_form_are_not_there(demo, director, db):
    """Objects that are named in what is sent, not in the address."""
    here, there = demo[0].zone, demo[1].zone
    pair = MergeSuggestion.records.filter(zone=there).first().pk
    before = state()
    assert director.post(reverse("merges", args=[here.code]), {"do": "merge", "id": pair}).status_code == 404
    award = Award.records.filter(zone=here).first()
    director.post(reverse("awards", args=[there.code]), {"do": "approve", "award": award.pk})
    firm = Party.records.filter(zone=here, kind="firm").first()
    said = director.get(reverse("enter-filing", args=[there.code]), {"firm": firm.key, "dataset": "yearly-return", "period": "2016"})
    assert firm.name not in said.content.decode()
    assert state() == before
    assert Award.records.get(pk=award.pk).status == award.status


def test_no_page_tells_a_reader_of_one_zone_a_name_of_another(demo, db):
    here, there = demo
    user = get_user_model().objects.create_user("of-one")
    RoleAssignment.records.create(zone=here.zone, user=user, role="director")
    client = Client()
    client.force_login(user)
    firm = Party.records.filter(zone=there.zone, kind="firm").order_by("pk").first()
    Party.records.filter(pk=firm.pk).update(name="只在彼处有限公司", name_normal="只在彼处有限公司")
    for name, page in PAGES.items():
        if page.pattern.converters or name in ("accept-code",):
            continue
        told = client.get(reverse(name, args=[here.zone.code]), {"q": "只在彼处"})
        if told.streaming:  # never ends, and holds nothing until it is begun; its first words are those of the page that listens
            continue
        assert not told.content.decode().count("只在彼处有限公司"), name
