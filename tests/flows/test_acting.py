"""The person behind: the command line for an account, and two-person rules across its door and the pages'."""

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model

from tests.flows.conftest import AT, CLERK
from townwright.apps.incentives.selectors import awards
from townwright.apps.incentives.services import UnableToAward, decide_awards
from townwright.apps.parties.models import Party
from townwright.frame.actors import Actor
from townwright.frame.models import AuditEntry, RoleAssignment
from townwright.frame.roles import UnableToGrant, account_of_login, tie_login
from townwright.site.cli import acting
from townwright.site.cli.verbs import townwright


@pytest.fixture(autouse=True)
def _nobody_is_told_by_the_surroundings(monkeypatch):
    monkeypatch.delenv("TOWNWRIGHT_USER", raising=False)
    monkeypatch.setattr(acting, "login", lambda: "ops")


@pytest.fixture
def town(zone):
    for role in ("director", "registrar", "auditor"):
        RoleAssignment.records.create(zone=zone, user=get_user_model().objects.create_user(role), role=role)
    return zone


def run(*words, **env):
    said = CliRunner().invoke(townwright, [*words, "--language", "en"], env=env)
    return said.exit_code, said.output


def last():
    return AuditEntry.records.order_by("-pk").first()


def test_without_a_person_the_operator_acts_and_is_named(town):
    assert run("party", "add", "--zone", "here", "--name", "甲公司")[0] == 0
    assert (last().actor, last().actor_label) == ("cli:ops", "ops (command line)")


@pytest.mark.parametrize("how", ["option", "environment"])
def test_with_a_person_the_command_line_obeys_their_roles_and_is_theirs(town, how):
    def said(user, *words):
        return run(*words, "--as", user) if how == "option" else run(*words, TOWNWRIGHT_USER=user)

    code, told = said("auditor", "party", "add", "--zone", "here", "--name", "甲公司")
    assert (code, "auditor may not do party add in here: no role there holds parties.edit" in told) == (1, True)
    assert said("registrar", "party", "add", "--zone", "here", "--name", "甲公司")[0] == 0
    assert (last().actor, last().actor_label) == ("web:registrar", "registrar (ops, command line)")
    assert Party.records.count() == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["party", "show", "x", "--zone", "here", "--as", "registar"], "no account registar. Did you mean registrar?"),
        (["party", "show", "x", "--zone", "there", "--as", "registrar"], "there"),
        (["explain", "x", "sample-rent-relief", "--as", "director"], "Say --zone"),
        (["init", "--as", "director"], "only an administrator"),
        (["work", "--once", "--as", "director"], "only an administrator"),
        (["user", "login", "ops", "director", "--as", "director"], "only an administrator"),
        (["party", "show", "x", "--zone", "here", "--as", "closed"], "is closed"),
    ],
)
def test_what_a_person_may_not_is_told(town, words, told):
    get_user_model().objects.create_user("closed", is_active=False)
    code, said = run(*words)
    assert (code, told in said) == (1, True), said


def test_people_on_record_need_the_permission_for_people(town):
    RoleAssignment.records.create(zone=town, user=get_user_model().objects.create_user("events"), role="events")
    assert run("party", "add", "--zone", "here", "--kind", "person", "--name", "王小明")[0] == 0
    assert run("party", "show", "王小明", "--zone", "here", "--as", "events")[0] == 1
    assert run("party", "show", "王小明", "--zone", "here", "--as", "registrar")[0] == 0


def test_an_administrator_may_everywhere(town):
    get_user_model().objects.create_superuser("root")
    assert run("party", "add", "--zone", "here", "--name", "甲公司", "--as", "root")[0] == 0


def test_a_login_of_the_machine_stands_for_an_account_until_it_is_untied(town):
    assert run("user", "login", "ops", "director")[0] == 0
    run("party", "add", "--zone", "here", "--name", "甲公司")
    assert (last().actor, last().actor_label) == ("web:director", "director (ops, command line)")
    director = get_user_model().objects.get(username="director")
    director.is_active = False
    director.save()
    assert account_of_login("ops") is None
    assert run("user", "login", "ops")[0] == 0
    run("party", "add", "--zone", "here", "--name", "乙公司")
    assert last().actor == "cli:ops"
    with pytest.raises(UnableToGrant, match="no account"):
        tie_login(login="ops", username="nobody", actor=CLERK, at=AT)


def test_invitations_and_delegates_at_the_command_line(town):
    code, said = run("user", "invite", "wei@example.org", "--zone", "here", "--role", "policy", "--site", "https://town.example.org/")
    assert (code, "https://town.example.org/invitation/" in said) == (0, True)
    assert "wei@example.org" in run("user", "invitations", "--zone", "here")[1]
    run("party", "add", "--zone", "here", "--name", "甲公司")
    assert run("user", "delegate", "auditor", "--zone", "here", "--firm", "甲公司", "--right", "own.file", "--as", "registrar")[0] == 0
    row = RoleAssignment.records.get(role="delegate")
    assert (row.user.get_username(), row.rights) == ("auditor", ["own.view", "own.file"])
    assert run("user", "delegate", "auditor", "--zone", "here", "--firm", "甲公司", "--end")[0] == 0
    assert not RoleAssignment.records.filter(role="delegate").exists()
    assert run("user", "unlock", "auditor")[0] == 0


def test_who_proposed_at_the_command_line_does_not_approve_on_the_pages(demo, db):
    zone = demo[0].zone
    user = get_user_model().objects.get(username="director")
    tie_login(login="ops", username="director", actor=CLERK, at=AT)
    row = awards(zone, status="proposed").first()
    row.proposed_by = acting.actor().name
    row.save(update_fields=["proposed_by"])
    told = {"zone": zone, "award_ids": [row.pk], "approve": False, "reason": "the lease is missing", "at": AT}
    with pytest.raises(UnableToAward, match="you proposed this award"):
        decide_awards(actor=Actor.of_user(user), **told)
    tie_login(login="ops", username="", actor=CLERK, at=AT)
    assert acting.actor().name != row.proposed_by
    other = Actor.of_user(get_user_model().objects.get(username="policy"))
    assert decide_awards(actor=other, **told) == 1
