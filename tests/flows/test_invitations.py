"""Invitations by link: signed, expiring, used once, sent again, withdrawn; and what safety the roles themselves have."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail, signing
from django.test import Client
from django.urls import reverse

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.models import Party
from townwright.frame.accounts import invitations as verbs
from townwright.frame.accounts.invitations import (
    NewAccount,
    UnableToAccept,
    UnableToInvite,
    accept_anew,
    accept_as,
    invite,
    resend,
    withdraw,
)
from townwright.frame.actors import Actor
from townwright.frame.models import AuditEntry, Invitation, RoleAssignment
from townwright.frame.permissions import UnknownPermission, firms_of, may, roles
from townwright.frame.roles import UnableToGrant, grant_role, holders, revoke_role

PASSWORD = "long-enough-and-odd-7"
WEI = NewAccount("wei", "韦某", PASSWORD)


@pytest.fixture(autouse=True)
def _mailbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def asked(zone, **told):
    return invite(**{"zone": zone, "email": "Wei@Example.org", "role": "policy", "mailed": True, "actor": CLERK, "at": AT, **told})


def entries(zone):
    return list(AuditEntry.objects.in_zone(zone).filter(verb__startswith="roles.").order_by("pk").values_list("verb", "subject", "actor"))


def test_an_invited_person_makes_an_account_and_holds_the_role(zone):
    issued = asked(zone)
    assert issued.invitation.secret_hash not in issued.token
    assert signing.loads(issued.token, salt=verbs.SALT)[1] not in str(list(Invitation.records.values()))
    row = accept_anew(token=issued.token, account=WEI, at=AT)
    user = get_user_model().objects.get(username="wei")
    assert (row.status, row.user_id, user.email, user.first_name, user.check_password(PASSWORD)) == (
        "accepted", user.pk, "wei@example.org", "韦某", True,
    )  # fmt: skip
    assert EmailAddress.objects.get(user=user).verified is True
    assert may(user, "awards.propose", zone)
    assert entries(zone) == [("roles.invite", "wei@example.org", "web:clerk"), ("roles.accept", "wei@example.org", "web:wei")]


def test_a_link_that_was_handed_over_proves_no_address(zone):
    accept_anew(token=asked(zone, mailed=False).token, account=WEI, at=AT)
    assert EmailAddress.objects.get().verified is False


def refusals(zone):
    """Each bad link with a word of what is said of it."""
    good = asked(zone)
    yield good.token[:-2] + ("AA" if good.token[-2:] != "AA" else "BB"), AT, "not a link of ours"
    yield signing.dumps([good.invitation.pk, "x"], salt="another"), AT, "not a link of ours"
    yield signing.dumps("x", salt=verbs.SALT), AT, "not a link of ours"
    yield signing.dumps([10**9, "x"], salt=verbs.SALT), AT, "not here any more"
    yield good.token, AT + timedelta(days=7), "expired on 2017-01-12"
    newer = resend(zone=zone, invitation_id=good.invitation.pk, mailed=True, actor=CLERK, at=AT + timedelta(days=1))
    yield good.token, AT, "newer link was sent on 2017-01-06"
    yield newer.token, AT + timedelta(days=8), "expired on 2017-01-13"
    withdraw(zone=zone, invitation_id=good.invitation.pk, actor=CLERK, at=AT)
    yield newer.token, AT, "withdrawn"
    used = asked(zone)
    accept_anew(token=used.token, account=NewAccount("used", "", PASSWORD), at=AT)
    yield used.token, AT, "accepted on 2017-01-05"


def test_every_bad_link_is_refused_in_its_own_words_and_makes_nobody(zone):
    seen = 0
    for token, at, words in refusals(zone):
        before = (get_user_model().objects.count(), RoleAssignment.records.count(), AuditEntry.records.count())
        with pytest.raises(UnableToAccept, match=words):
            accept_anew(token=token, account=WEI, at=at)
        assert (get_user_model().objects.count(), RoleAssignment.records.count(), AuditEntry.records.count()) == before
        seen += 1
    assert seen == 9


@pytest.mark.parametrize(
    ("account", "field"),
    [
        (NewAccount("wei", "", "short"), "password"),
        (NewAccount("wei.long.name", "", "wei.long.name"), "password"),
        (NewAccount("taken", "", PASSWORD), "username"),
        (NewAccount("TAKEN", "", PASSWORD), "username"),
        (NewAccount("no spaces", "", PASSWORD), "username"),
        (NewAccount("", "", PASSWORD), "username"),
        (NewAccount("x" * 151, "", PASSWORD), "username"),
    ],
)
def test_an_account_that_does_not_do_is_refused_at_its_field_and_the_link_stays_good(zone, account, field):
    get_user_model().objects.create_user("taken")
    issued = asked(zone)
    with pytest.raises(UnableToAccept) as fault:
        accept_anew(token=issued.token, account=account, at=AT)
    assert fault.value.field == field
    assert accept_anew(token=issued.token, account=WEI, at=AT).status == "accepted"


def test_an_address_with_an_account_is_for_that_account_alone(zone):
    owner, other = (get_user_model().objects.create_user(name, email=f"{name}@example.org") for name in ("wei", "li"))
    issued = asked(zone)
    with pytest.raises(UnableToAccept, match="has an account"):
        accept_anew(token=issued.token, account=NewAccount("second", "", PASSWORD), at=AT)
    with pytest.raises(UnableToAccept, match="Another account"):
        accept_as(token=issued.token, user=other, at=AT)
    accept_as(token=issued.token, user=owner, at=AT)
    assert (may(owner, "awards.propose", zone), may(other, "awards.propose", zone)) == (True, False)


def test_invitations_that_make_no_sense_are_refused(zone):
    asked(zone)
    get_user_model().objects.create_user("li", email="li@example.org")
    grant_role(zone=zone, username="li", role="events", actor=CLERK, at=AT)
    for told, fault, words in (
        ({}, UnableToInvite, "already: send that invitation again"),
        ({"email": "li@example.org", "role": "events"}, UnableToInvite, "holds this role already"),
        ({"email": "nobody"}, UnableToInvite, "no address of mail"),
        ({"role": "polcy"}, UnableToGrant, "Did you mean policy"),
        ({"role": "delegate"}, UnableToGrant, "say which"),
        ({"party_key": "uscc:x"}, UnableToGrant, "Only a delegate"),
        ({"role": "delegate", "party_key": "uscc:x", "given": ["own.fly"]}, UnableToGrant, "There is no right own.fly"),
    ):
        with pytest.raises(fault, match=words):
            asked(zone, **told)
    assert Invitation.records.count() == 1


def director(zone, name):
    grant_role(zone=zone, username=name, role="director", password=PASSWORD, actor=CLERK, at=AT)
    user = get_user_model().objects.get(username=name)
    return user, Actor.of_user(user)


def test_nobody_takes_their_own_director_role_and_the_last_director_stays(zone):
    (_li, by_li), (wei, by_wei) = director(zone, "li"), director(zone, "wei")
    with pytest.raises(UnableToGrant, match="their own director role"):
        revoke_role(zone=zone, username="li", role="director", actor=by_li, at=AT)
    wei.is_active = False
    wei.save()
    with pytest.raises(UnableToGrant, match="last director"):
        revoke_role(zone=zone, username="li", role="director", actor=CLERK, at=AT)
    wei.is_active = True
    wei.save()
    revoke_role(zone=zone, username="li", role="director", actor=by_wei, at=AT)
    with pytest.raises(UnableToGrant, match="last director"):
        revoke_role(zone=zone, username="wei", role="director", actor=CLERK, at=AT)
    assert [row.user.username for row in holders(zone)] == ["wei"]


def test_a_delegate_may_in_their_firm_what_they_were_given_and_nothing_elsewhere(zone):
    grant_role(zone=zone, username="d", role="delegate", password=PASSWORD, party_key="uscc:a", given=["own.file"], actor=CLERK, at=AT)
    user = get_user_model().objects.get(username="d")
    cells = {
        (right, key): may(user, right, zone, party=key) for right in ("own.view", "own.file", "own.bills") for key in ("uscc:a", "uscc:b")
    }
    assert {cell for cell, granted in cells.items() if granted} == {("own.view", "uscc:a"), ("own.file", "uscc:a")}
    assert may(user, "own.file", zone, party=("uscc:b", "uscc:a"))
    assert firms_of(user, zone) == {"uscc:a": {"own.view", "own.file"}}
    with pytest.raises(UnknownPermission, match="say which"):
        may(user, "own.file", zone)
    grant_role(zone=zone, username="d", role="delegate", party_key="uscc:a", given=["own.bills"], actor=CLERK, at=AT)
    changed = AuditEntry.objects.in_zone(zone).filter(verb="roles.grant").order_by("-pk").first()
    assert (changed.old["rights"], changed.new["rights"]) == (["own.view", "own.file"], ["own.view", "own.bills"])


@pytest.fixture
def page(firms):
    for role in roles():
        user = get_user_model().objects.create_user(role, email=f"{role}@example.org")
        RoleAssignment.records.create(zone=firms, user=user, role=role)

    def client(role):
        made = Client(headers={"accept-language": "en"})
        made.force_login(get_user_model().objects.get(username=role))
        return made

    return client


def test_a_director_invites_on_the_page_and_the_letter_leads_to_an_account(page):
    address = reverse("roles", args=["here"])
    said = page("director").post(address, {"who": "wei@example.org", "role": "policy"}, follow=True)
    assert "on its way to wei@example.org" in said.content.decode()
    letter = mail.outbox[0]
    assert (letter.to, "此地" in letter.subject, "Policy" in letter.body) == (["wei@example.org"], True, True)
    link = re.search(r"http://testserver(\S+)", letter.body)[1]
    stranger = Client(headers={"accept-language": "en"})
    assert stranger.get(link).status_code == 200
    told = {"username": "wei", "name": "Wei", "password": PASSWORD, "again": "different"}
    assert "differ" in stranger.post(link, told).content.decode()
    done = stranger.post(link, {**told, "again": PASSWORD})
    assert (done.status_code, stranger.get(reverse("policy-list", args=["here"])).status_code) == (302, 200)
    again = Client(headers={"accept-language": "en"}).get(link)
    assert (again.status_code, "accepted on" in again.content.decode()) == (410, True)


def test_a_link_handed_over_is_shown_once_and_a_new_one_replaces_it(page):
    address = reverse("roles", args=["here"])
    client = page("director")
    shown = client.post(address, {"who": "wei@example.org", "role": "events", "hand_over": "on"}, follow=True).content.decode()
    first = re.search(r"http://testserver(/invitation/[^\"]+)", shown)[1]
    assert "/invitation/" not in client.get(address).content.decode()
    number = Invitation.records.get().pk
    shown = client.post(reverse("change-invitation", args=["here", number]), {"do": "link"}, follow=True).content.decode()
    second = re.search(r"http://testserver(/invitation/[^\"]+)", shown)[1]
    assert [Client().get(one).status_code for one in (first, second)] == [410, 200]
    client.post(reverse("change-invitation", args=["here", number]), {"do": "withdraw"})
    assert (Client().get(second).status_code, mail.outbox) == (410, [])


def test_a_registrar_gives_delegates_their_firms_and_no_other_role(page, firms):
    address, key = reverse("roles", args=["here"]), Party.records.get(name="甲科技有限公司").key
    client = page("registrar")
    refused = client.post(address, {"who": "guest", "role": "director"})
    assert (refused.status_code, "not one of the available choices" in refused.content.decode()) == (200, True)
    client.post(address, {"who": "guest", "role": "delegate", "firm": "甲科技有限公司", "given": ["own.file"]})
    row = RoleAssignment.records.get(user__username="guest", role="delegate")
    assert (row.party_key, row.rights) == (key, ["own.view", "own.file"])
    assert "甲科技有限公司" in client.get(address).content.decode()
    of_director = RoleAssignment.records.get(user__username="policy", role="policy")
    assert client.post(reverse("take-role", args=["here", of_director.pk])).status_code == 403
    assert client.post(reverse("take-role", args=["here", row.pk])).status_code == 302
    assert not RoleAssignment.records.filter(pk=row.pk).exists()
    assert page("auditor").post(address, {"who": "guest", "role": "judge"}).status_code == 403


def test_a_mail_server_that_is_not_there_is_told_and_the_invitation_stands(page, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1
    said = page("director").post(reverse("roles", args=["here"]), {"who": "wei@example.org", "role": "policy"}, follow=True)
    assert ("did not leave" in said.content.decode(), Invitation.records.get().status) == (True, "open")
