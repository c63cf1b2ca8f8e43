"""Signing in: lock-out told clearly and lifted by the clock, second factors, sessions, passwords; nobody signs up."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.flows.conftest import AT
from townwright.frame.models import RoleAssignment

PASSWORD = "long-enough-and-odd-7"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _fresh(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def li(zone):
    user = get_user_model().objects.create_user("li.mei", email="li@example.org", password=PASSWORD)
    RoleAssignment.records.create(zone=zone, user=user, role="director")
    return user


def sign_in(client, name="li.mei", password=PASSWORD, **told):
    return client.post(reverse("sign-in"), {"login": name, "password": password, **told}, REMOTE_ADDR="192.0.2.1")


def signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("name", ["li.mei", "LI@example.org"])
def test_one_signs_in_by_user_name_or_address_and_is_led_on(li, name):
    client = Client(headers=ENGLISH)
    refused = sign_in(client, name, "wrong")
    assert (refused.status_code, signed_in(client)) == (200, False)
    said = sign_in(client, name, next=reverse("firm-list", args=["here"]))
    assert (said.status_code, said.headers["Location"]) == (302, reverse("firm-list", args=["here"]))
    assert signed_in(client)
    client.post(reverse("sign-out"))
    assert not signed_in(client)


def test_nobody_signs_up(db):
    said = Client(headers=ENGLISH).post(reverse("account_signup"), {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert (b"closed" in said.content.lower(), get_user_model().objects.count()) == (True, 0)


def test_control_without_limits_a_password_is_guessed_at_for_ever(li, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    client = Client(headers=ENGLISH)
    for _ in range(8):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 302


def test_five_failures_lock_a_name_out_of_every_address_until_five_minutes_are_over(li):
    with time_machine.travel(AT, tick=False) as clock:
        for number in range(5):
            said = Client(headers=ENGLISH).post(reverse("sign-in"), {"login": "Li.Mei", "password": "no"}, REMOTE_ADDR=f"192.0.2.{number}")
            assert "not correct" in said.content.decode()
        locked = sign_in(Client(headers=ENGLISH))
        assert (locked.status_code, "Too many failed attempts" in locked.content.decode()) == (200, True)
        assert "five minutes" in locked.content.decode()
        clock.shift(timedelta(minutes=4, seconds=59))
        assert sign_in(Client()).status_code == 200
        clock.shift(timedelta(seconds=2))
        assert sign_in(Client()).status_code == 302


def test_thirty_failures_lock_an_address_out_of_every_name(li):
    with time_machine.travel(AT, tick=False) as clock:
        for number in range(30):
            sign_in(Client(), f"guess-{number}", "no")
        assert "Too many failed" in sign_in(Client(headers=ENGLISH)).content.decode()
        elsewhere = Client().post(reverse("sign-in"), {"login": "li.mei", "password": PASSWORD}, REMOTE_ADDR="192.0.2.99")
        assert elsewhere.status_code == 302
        clock.shift(timedelta(minutes=5, seconds=1))
        assert sign_in(Client()).status_code == 302


def test_a_flood_of_sign_ins_from_one_address_is_told_so(li):
    with time_machine.travel(AT, tick=False):
        for number in range(60):
            said = sign_in(Client(headers=ENGLISH), f"guess-{number}", "no")
        assert said.status_code == 200
        flooded = sign_in(Client(headers=ENGLISH))
    assert (flooded.status_code, "Wait a minute" in flooded.content.decode()) == (429, True)


def test_a_success_does_not_wipe_failures(li):
    with time_machine.travel(AT, tick=False) as clock:
        for _ in range(4):
            sign_in(Client(), password="no")
            clock.shift(timedelta(seconds=1))
        assert sign_in(Client()).status_code == 302
        sign_in(Client(), password="no")
        assert "Too many failed" in sign_in(Client(headers=ENGLISH)).content.decode()


def test_the_admin_has_no_sign_in_of_its_own(li):
    said = Client().get("/admin/")
    assert said.status_code == 302
    after = Client().get(said.headers["Location"])
    assert (after.status_code, after.headers["Location"].startswith(reverse("sign-in"))) == (302, True)


def totp_now(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def with_totp(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def test_an_authenticator_app_is_asked_for_and_a_code_works_once(li):
    with time_machine.travel(AT, tick=False):
        secret = with_totp(li)
        client = Client(headers=ENGLISH)
        said = sign_in(client)
        assert (said.headers["Location"], signed_in(client)) == (reverse("mfa_authenticate"), False)
        assert client.get(reverse("firm-list", args=["here"])).status_code == 302
        wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert (wrong.status_code, signed_in(client)) == (200, False)
        code = totp_now(secret)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
        assert signed_in(client)
        other = Client(headers=ENGLISH)
        sign_in(other)
        other.post(reverse("mfa_authenticate"), {"code": code})
        assert not signed_in(other)


def test_a_recovery_code_works_once(li):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    with_totp(li)
    code = RecoveryCodes.activate(li).get_unused_codes()[0]
    for expected in (True, False):
        client = Client()
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert signed_in(client) is expected


def test_guessing_at_the_second_factor_is_locked_out_too(li):
    with time_machine.travel(AT, tick=False):
        secret = with_totp(li)
        client = Client(headers=ENGLISH)
        sign_in(client)
        for _ in range(5):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
        client.post(reverse("mfa_authenticate"), {"code": totp_now(secret)})
        assert not signed_in(client)


def test_secrets_lie_enciphered_and_another_key_is_told(li, settings):
    secret = with_totp(li)
    row = Authenticator.objects.get(user=li)
    assert secret not in str(row.data)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    with pytest.raises(ValueError, match="another secret key"):
        row.wrap().validate_code("000000")
    settings.SECRET_KEY_FALLBACKS = [former]
    assert row.wrap().validate_code("000000") is False


def test_a_role_that_must_have_a_second_factor_opens_nothing_without_one(li, settings):
    client = Client(headers=ENGLISH)
    client.force_login(li)
    assert client.get(reverse("firm-list", args=["here"])).status_code == 200
    settings.SECOND_FACTOR_ROLES = ["director", "administrator"]
    shut = client.get(reverse("firm-list", args=["here"]))
    assert (shut.status_code, shut.headers["Location"]) == (302, reverse("mfa_index"))
    assert client.get(reverse("home")).status_code == 302
    assert client.get(reverse("account-overview")).status_code == 200
    with_totp(li)
    assert client.get(reverse("firm-list", args=["here"])).status_code == 200
    root = get_user_model().objects.create_superuser("root")
    client.force_login(root)
    assert client.get("/admin/").status_code == 302


def test_other_sessions_are_listed_and_signed_out(li):
    first, second = Client(headers={**ENGLISH, "user-agent": "Old phone"}), Client(headers={**ENGLISH, "user-agent": "Desk"})
    sign_in(first)
    sign_in(second)
    page = second.get(reverse("usersessions_list")).content.decode()
    assert [word for word in ("Old phone", "Desk", "192.0.2.1") if word not in page] == []
    assert second.post(reverse("usersessions_list")).status_code == 302
    assert first.get(reverse("firm-list", args=["here"])).status_code == 302
    assert second.get(reverse("firm-list", args=["here"])).status_code == 200
    assert UserSession.objects.filter(user=li).count() == 1


def test_a_password_is_reset_by_mail_once_and_an_unknown_address_learns_nothing(li):
    client = Client(headers=ENGLISH)
    known = client.post(reverse("account_reset_password"), {"email": "li@example.org"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [one.to for one in mail.outbox] == [["li@example.org"]]
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
    form = client.get(link, follow=True)
    address = form.request["PATH_INFO"]
    weak = client.post(address, {"password1": "password", "password2": "password"})
    assert weak.status_code == 200
    assert client.post(address, {"password1": "quite-another-9", "password2": "quite-another-9"}).status_code == 302
    li.refresh_from_db()
    assert li.check_password("quite-another-9")
    assert Client().get(link, follow=True).context.get("token_fail") is True


@pytest.mark.parametrize("password", ["short-7", "password12", "1234567890", "li.mei.2024"])
def test_a_weak_password_is_refused(li, password):
    client = Client(headers=ENGLISH)
    sign_in(client)
    told = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client.post(reverse("account_change_password"), told).status_code == 200
    li.refresh_from_db()
    assert li.check_password(PASSWORD)


def test_a_session_ends_after_its_hours(li, settings):
    assert settings.SESSION_COOKIE_AGE == 12 * 3600
    with time_machine.travel(AT, tick=False) as clock:
        client = Client()
        sign_in(client)
        clock.shift(timedelta(hours=11, minutes=59))
        assert client.get(reverse("firm-list", args=["here"])).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get(reverse("firm-list", args=["here"])).status_code == 302
