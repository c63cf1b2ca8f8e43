"""The pages of webhooks and of one's own tokens: granted, refused, and what stands on them."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.flows.conftest import AT, CLERK
from townwright.frame.clock import now
from townwright.frame.models import ApiToken, RoleAssignment, Webhook, WebhookMessage
from townwright.frame.tokens import create_token
from townwright.frame.webhooks import Postman, add_webhook


def as_role(zone, role, name=""):
    client = Client()
    user = get_user_model().objects.create_user(name or role)
    RoleAssignment.records.create(zone=zone, user=user, role=role)
    client.force_login(user)
    client.user = user
    return client


def test_a_webhook_is_added_tried_switched_and_removed_on_its_pages(zone, receiver):
    client = as_role(zone, "director")
    page = client.post(reverse("webhooks", args=["here"]), {"name": "crm", "url": receiver.url, "events": ["parties.party.registered"]})
    row = Webhook.records.get()
    assert row.secret in page.content.decode()
    assert row.secret not in client.get(reverse("webhooks", args=["here"])).content.decode()
    here = reverse("webhook", args=["here", row.pk])
    client.post(here, {"do": "test"})
    receiver.answer = 500
    Postman().deliver_waiting()
    shown = client.get(here, headers={"accept-language": "zh-hans"}).content.decode()
    assert "测试消息" in shown and "500" in shown
    WebhookMessage.records.update(status="dead")
    client.post(here, {"do": "retry", "message": WebhookMessage.records.get().pk})
    assert WebhookMessage.records.get().status == "waiting"
    assert client.post(here, {"do": "retry", "message": "x"}).status_code == 404
    client.post(here, {"do": "off"})
    assert not Webhook.records.get().active
    client.post(here, {"do": "remove"})
    assert not Webhook.records.exists()


def test_what_does_not_hold_is_told_at_its_field_and_what_was_typed_stays(zone):
    client = as_role(zone, "director")
    page = client.post(reverse("webhooks", args=["here"]), {"name": "crm", "url": "http://crm.example.org/", "events": ["*"]})
    assert list(page.context["form"].errors) == ["url"]
    assert 'value="http://crm.example.org/"' in page.content.decode()
    assert not Webhook.records.exists()


def test_who_may_not_see_webhooks_and_the_secret_is_not_in_the_admin(zone):
    row = add_webhook(zone=zone, name="crm", url="https://crm.example.org/", events=["*"], actor=CLERK, at=AT).webhook
    for role in ("registrar", "auditor", "statistics"):
        assert as_role(zone, role).get(reverse("webhook", args=["here", row.pk])).status_code == 403
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root"))
    page = client.get(reverse("admin:frame_webhook_change", args=[row.pk])).content.decode()
    assert ("crm.example.org" in page, row.secret in page) == (True, False)


def test_a_token_is_made_shown_once_used_and_revoked(zone):
    client = as_role(zone, "registrar")
    told = {"name": "nightly", "group": "read", "more": ["people.view"], "zone": zone.pk, "expires_on": "2999-01-01"}
    page = client.post(reverse("tokens"), told)
    (secret,) = set(re.findall(r"tw_[\w-]{43}", page.content.decode()))
    assert page["Cache-Control"].startswith("max-age=0")
    row = ApiToken.records.get()
    assert (row.user, row.zone, row.scopes) == (client.user, zone, ["read", "people.view"])
    assert row.expires_at.isoformat() == "2998-12-31T16:00:00+00:00"  # midnight in the zone
    assert secret not in client.get(reverse("tokens")).content.decode()
    bearer = {"authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/zones/here/people", headers=bearer).status_code == 200
    another = as_role(zone, "director")
    another.post(reverse("revoke-token", args=[row.pk]))
    assert Client().get("/api/v1/me", headers=bearer).status_code == 200
    client.post(reverse("revoke-token", args=[row.pk]))
    assert Client().get("/api/v1/me", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "field"), [({"name": ""}, "name"), ({"group": "", "more": []}, "more"), ({"expires_on": "2001-01-01"}, "expires_on")]
)
def test_a_token_that_does_not_hold_is_told_at_its_field(zone, wrong, field):
    client = as_role(zone, "registrar")
    page = client.post(reverse("tokens"), {"name": "nightly", "group": "read", **wrong})
    assert list(page.context["form"].errors) == [field]
    assert not ApiToken.records.exists()


def test_a_person_sees_only_their_own_tokens_and_zones(zone):
    other = as_role(zone, "director")
    create_token(user=other.user, name="of another", named=["read"], zone=None, actor=CLERK, at=now())
    stranger = Client()
    stranger.force_login(get_user_model().objects.create_user("stranger"))
    page = stranger.get(reverse("tokens"))
    assert "of another" not in page.content.decode()
    assert list(page.context["form"].fields["zone"].queryset) == []
    assert Client().get(reverse("tokens")).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_programs_can_ask_is_readable_without_signing_in(language):
    page = Client().get(reverse("api-docs"), headers={"accept-language": language}).content.decode()
    assert page.count('class="operation"') > 60
    assert "If-Match" in page
    problems = Client().get(reverse("api-problems"), headers={"accept-language": language}).content.decode()
    assert 'id="scope-missing"' in problems
