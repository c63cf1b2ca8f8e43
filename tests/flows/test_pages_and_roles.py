"""Every address of a zone by every role: the permission that the page names, and the table, say who gets in.

Addresses are found in ``site/urls.py`` by themselves. One with arguments needs a line in ARGUMENTS that fills them in.
"""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.baselines import compare
from tests.flows.conftest import AT
from tests.flows.sheets import state
from townwright.apps.filings.models import Filing
from townwright.apps.incentives.models import Assessment, RulebookDraft
from townwright.apps.incentives.selectors import awards
from townwright.apps.incentives.services import begin_draft
from townwright.apps.indicators.selectors import claims
from townwright.apps.parties.models import Identifier, Party
from townwright.apps.parties.selectors import merge_suggestions
from townwright.frame.jobs import ask
from townwright.frame.models import Invitation, Job, RoleAssignment, SavedView, Webhook
from townwright.frame.permissions import roles, table
from townwright.frame.webhooks import add_webhook
from townwright.kernel.formula.skeleton import skeleton
from townwright.site.demo.build import CLERK
from townwright.site.urls import ZONE
from townwright.site.work import CLOSE, PREVIEW

PAGES = {one.name: one for one in ZONE}
# How to fill in the arguments of an address, from the zone; and, of the same address, arguments that nothing answers to.
ARGUMENTS = {
    "firm-file": (lambda zone: {"key": _party(zone).key}, {"key": "uscc:nobody"}),
    "edit-party": (lambda zone: {"key": _party(zone).key}, {"key": "uscc:nobody"}),
    "party-act": (lambda zone: {"key": _party(zone).key, "verb": "tag"}, {"key": "uscc:nobody", "verb": "tag"}),
    "accept-code": (lambda zone: {"identifier": Identifier.records.filter(zone=zone).first().pk}, {"identifier": 10**9}),
    "webhook": (lambda zone: {"pk": _webhook(zone)}, {"pk": 10**9}),
    "filing": (lambda zone: {"pk": _filing(zone).pk}, {"pk": 10**9}),
    "decide-filing": (lambda zone: {"pk": _filing(zone).pk}, {"pk": 10**9}),
    "correct-filing": (lambda zone: {"pk": _filing(zone).pk}, {"pk": 10**9}),
    "template": (lambda _zone: {"dataset": "yearly-return"}, {"dataset": "no-such"}),
    "import-job": (lambda zone: {"pk": _job(zone, PREVIEW)}, {"pk": 10**9}),
    "import-job-progress": (lambda zone: {"pk": _job(zone, PREVIEW)}, {"pk": 10**9}),
    "close-job": (lambda zone: {"pk": _job(zone, CLOSE)}, {"pk": 10**9}),
    "close-job-progress": (lambda zone: {"pk": _job(zone, CLOSE)}, {"pk": 10**9}),
    "policy": (lambda _zone: {"name": "sample-rent-relief"}, {"name": "no-such"}),
    "draft": (lambda zone: {"pk": _draft(zone)}, {"pk": 10**9}),
    "draft-compare": (lambda zone: {"pk": _draft(zone)}, {"pk": 10**9}),
    "claim-withdraw": (lambda zone: {"pk": claims(zone).first().pk}, {"pk": 10**9}),
    "working": (lambda zone: {"pk": Assessment.records.filter(zone=zone).order_by("pk").first().pk}, {"pk": 10**9}),
    "take-role": (lambda zone: {"pk": RoleAssignment.records.filter(zone=zone, role="guest").order_by("pk").first().pk}, {"pk": 10**9}),
    "change-invitation": (lambda zone: {"pk": _invitation(zone)}, {"pk": 10**9}),
    "figure": (lambda _zone: {"name": "firms"}, {"name": "no-such"}),
    "board-open": (lambda _zone: {"name": "firms"}, {"name": "no-such"}),
    "keep-view": (lambda _zone: {"listing": "firm-list"}, {"listing": "no-such"}),
    "forget-view": (lambda zone: {"pk": _view(zone)}, {"pk": 10**9}),
}  # fmt: skip
POST_ONLY = {"accept-code", "decide-filing", "draft-check", "party-act", "keep-view", "forget-view", "take-role", "change-invitation"}
# A page that follows a job asks for its progress by htmx; anybody else is sent to the job's own page.
SENT_ON = {"import-job-progress": 302, "close-job-progress": 302}


def _draft(zone):
    held = RulebookDraft.records.filter(zone=zone).first()
    return (held or begin_draft(zone=zone, text=skeleton("new-policy", "policy"), actor=CLERK, at=AT)).pk


def _party(zone):
    return Party.records.filter(zone=zone, kind="firm").order_by("pk").first()


def _webhook(zone):
    held = Webhook.records.filter(zone=zone).first()
    return (held or add_webhook(zone=zone, name="crm", url="https://crm.example.org/", events=["*"], actor=CLERK, at=AT).webhook).pk


def _filing(zone):
    return Filing.records.filter(zone=zone, dataset="yearly-return", period="2016").order_by("pk").first()


def _job(zone, kind):
    arguments = {"period": "2016"} if kind == CLOSE else {"token": "none", "dataset": "registry", "name": "r.csv"}
    return ask(zone=zone, kind=kind, arguments=arguments, language="en", actor=CLERK, at=AT).pk


def _invitation(zone):
    told = {"email": "wei@example.org", "role": "judge", "mailed": True, "secret_hash": "x", "sent_at": AT, "expires_at": AT}
    return Invitation.records.get_or_create(zone=zone, status="open", invited_by="web:x", invited_by_label="x", defaults=told)[0].pk


def _view(zone):
    user = get_user_model().objects.order_by("pk").first()
    return SavedView.records.get_or_create(zone=zone, user=user, listing="firm-list", title="mine")[0].pk


def _address(zone, name, arguments=None):
    page = PAGES[name]
    if page.pattern.converters and name not in ARGUMENTS:
        pytest.fail(f"add arguments for {name!r} to ARGUMENTS in {__file__}")
    return reverse(name, kwargs={"code": zone.code, **(arguments or (ARGUMENTS[name][0](zone) if page.pattern.converters else {}))})


@pytest.fixture(scope="module")
def people(demo, django_db_blocker):
    """A signed-in client for each role in the town, one with every role in the other zone only, and a stranger."""
    town, abroad = demo[0].zone, demo[1].zone
    with django_db_blocker.unblock():
        users = {role: get_user_model().objects.create_user(f"role-{role}") for role in roles()}
        for role, user in users.items():
            RoleAssignment.records.create(zone=town, user=user, role=role)
        elsewhere = get_user_model().objects.create_user("elsewhere")
        for role in roles():
            RoleAssignment.records.create(zone=abroad, user=elsewhere, role=role)
        clients = {}
        for name, user in {**users, "elsewhere": elsewhere}.items():
            clients[name] = Client(raise_request_exception=True)
            clients[name].force_login(user)
    return {**clients, "stranger": Client()}


def test_every_page_names_a_permission_of_the_table_and_keeps_it(pytestconfig):
    assert {name: getattr(page.callback, "permission", None) in table() for name, page in PAGES.items()} == dict.fromkeys(PAGES, True)
    compare("pages", {name: page.callback.permission for name, page in PAGES.items()}, pytestconfig)
    assert set(ARGUMENTS) <= set(PAGES)
    assert set(PAGES) >= POST_ONLY


@pytest.mark.parametrize("name", PAGES)
def test_who_opens_a_page(demo, people, db, name):
    zone, held = demo[0].zone, table()[PAGES[name].callback.permission]
    address = _address(zone, name)
    opened = 405 if name in POST_ONLY else SENT_ON.get(name, 200)
    expected = {role: opened if role in held else 403 for role in roles()} | {"elsewhere": 404, "stranger": 302}
    assert {who: client.get(address).status_code for who, client in people.items()} == expected
    assert people["stranger"].get(address).headers["Location"].startswith(f"{reverse('sign-in')}?next=")


@pytest.mark.parametrize("name", PAGES)
def test_who_may_not_open_a_page_may_not_write_by_it(demo, people, db, name):
    zone, held = demo[0].zone, table()[PAGES[name].callback.permission]
    address, told = _address(zone, name), {"do": "approve", "award": "1", "id": "1", "reason": "x", "value": "1"}
    before = state()
    answers = {who: client.post(address, told).status_code for who, client in people.items() if who not in held}
    assert answers == {role: 403 for role in roles() if role not in held} | {"elsewhere": 404, "stranger": 302}
    assert state() == before


@pytest.mark.parametrize("name", PAGES)
def test_an_auditor_writes_nothing_by_any_page(demo, people, db, name):
    zone = demo[0].zone
    address, award, pair = _address(zone, name), awards(zone, status="proposed").first().pk, merge_suggestions(zone).first().pk
    before = state()
    for told in ({}, {"do": "approve", "award": award, "reason": "x"}, {"do": "accept"}, {"do": "merge", "id": pair}, {"do": "land"}):
        assert people["auditor"].post(address, told).status_code in (200, 302, 403, 404, 405)
    assert state() == before


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.pattern.converters])
def test_what_the_zone_does_not_hold_is_not_found(demo, people, db, name):
    if name not in ARGUMENTS:
        pytest.fail(f"add arguments for {name!r} to ARGUMENTS in {__file__}")
    send = people["director"].post if name in POST_ONLY else people["director"].get
    nobody = ARGUMENTS[name][1]
    for told in (nobody, {key: 10**30 if isinstance(value, int) else value for key, value in nobody.items()}):
        answer = send(_address(demo[0].zone, name, told), {"do": "accept", "reason": "x"})
        assert answer.status_code in ((404, 302) if name in POST_ONLY else (404,)), told


NONSENSE = {
    "page": "x", "at": "2016-02-31", "period": "last year", "snapshot": "999999999999", "part": "99", "q": "%_'\"\\", "status": "x", "dataset": "x", "verdict": "x",
    "policy": "x", "section": "ZZ", "kind": "x", "sample": "x", "tag": "x", "severity": "x", "older": "x", "newer": "x", "sort": "x", "firm": "x",
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in PAGES if name not in POST_ONLY])
def test_nonsense_in_an_address_is_never_a_fault_of_the_server(demo, people, db, name):
    address = _address(demo[0].zone, name)
    for told in (NONSENSE, dict.fromkeys(NONSENSE, "9" * 30), dict.fromkeys(NONSENSE, "²")):
        assert people["director"].get(address, told).status_code in (200, 302, 400, 404), told
    assert people["director"].get(address, {"q": "a\x00b"}).status_code == 400


def test_a_superuser_without_a_role_opens_every_page(demo, db):
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root"))
    for name in PAGES:
        opened = 405 if name in POST_ONLY else SENT_ON.get(name, 200)
        assert (name, client.get(_address(demo[0].zone, name)).status_code) == (name, opened)


def test_who_is_no_longer_active_gets_nowhere(demo, db):
    user = get_user_model().objects.create_user("left", last_login=datetime(2016, 1, 1, tzinfo=UTC))
    RoleAssignment.records.create(zone=demo[0].zone, user=user, role="director")
    client = Client()
    client.force_login(user)
    user.is_active = False
    user.save()
    assert {client.get(_address(demo[0].zone, name)).status_code for name in PAGES} == {302}
    assert not Job.records.filter(zone=demo[0].zone, actor="web:left").exists()
