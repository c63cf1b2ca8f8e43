"""Messages to a real server: signed, tried again, given up; at least once, whatever is killed when."""

import json
import socket
import time
from datetime import timedelta

import pytest
from standardwebhooks import Webhook as Standard
from standardwebhooks import WebhookVerificationError

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.services import PartyDetails, register_party
from townwright.frame.clock import now
from townwright.frame.models import AuditEntry, OutboxEvent, Webhook, WebhookMessage
from townwright.frame.webhooks import (
    Postman,
    UnknownWebhook,
    add_webhook,
    remove_webhook,
    retry_message,
    switch_webhook,
    try_webhook,
    webhooks,
)
from townwright.frame.webhooks.posting import MOST_TRIES, claim, fan_out, wait_after
from townwright.frame.webhooks.sending import signature


@pytest.fixture
def hook(zone, receiver):
    return add_webhook(zone=zone, name="crm", url=receiver.url, events=["parties.*"], actor=CLERK, at=AT).webhook


def register(zone, name="甲公司"):
    return register_party(zone=zone, details=PartyDetails(kind="firm", name=name), actor=CLERK, at=now()).party


def message():
    return WebhookMessage.records.get()


def due():
    WebhookMessage.records.filter(status="waiting").update(next_at=now())


def test_an_event_goes_out_once_signed_as_the_standard_says(zone, hook, receiver):
    party = register(zone)
    assert Postman().deliver_waiting() == 1
    ((headers, body, path),) = receiver.got
    assert path == "/hook?of=town"
    told = Standard(hook.secret).verify(body, headers)
    assert (told["type"], told["data"]) == ("parties.party.registered", {"zone": "here", "key": party.key, "kind": "firm"})
    with pytest.raises(WebhookVerificationError):
        Standard(hook.secret).verify(body.replace("firm", "farm"), headers)
    row = message()
    assert (row.status, row.tries, row.answer, headers["webhook-id"]) == ("taken", 1, 204, row.uid)
    assert Postman().deliver_waiting() == 0
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_the_signature_is_that_of_the_published_example():
    """The values of the standard's own reference libraries."""
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(1614265330, UTC)
    told = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}')
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_only_what_a_webhook_asked_for_and_only_from_then_on_and_only_of_its_zone(zone, receiver, demo):
    register(zone, "先前企业")
    add_webhook(zone=zone, name="moves", url=receiver.url, events=["parties.party.arrived"], actor=CLERK, at=now())
    off = add_webhook(zone=zone, name="off", url=receiver.url, events=["*"], actor=CLERK, at=now()).webhook
    switch_webhook(zone=zone, pk=off.pk, active=False, actor=CLERK, at=now())
    add_webhook(zone=demo[0].zone, name="elsewhere", url=receiver.url, events=["*"], actor=CLERK, at=now())
    register(zone, "后来企业")
    Postman().deliver_waiting()
    assert receiver.got == []
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


@pytest.mark.parametrize("status", [400, 404, 500, 503, 301])
def test_another_answer_than_taken_is_tried_again_later_with_the_same_id(zone, hook, receiver, status):
    receiver.answer = status
    register(zone)
    Postman().deliver_waiting()
    row = message()
    assert (row.status, row.tries, row.answer) == ("waiting", 1, status)
    assert str(status) in row.fault["en"] and str(status) in row.fault["zh"]
    assert timedelta(seconds=3) < row.next_at - now() <= timedelta(seconds=5)
    assert Postman().deliver_waiting() == 0
    receiver.answer = 200
    due()
    Postman().deliver_waiting()
    first, second = receiver.got
    assert (first[0]["webhook-id"], first[1]) == (second[0]["webhook-id"], second[1])
    assert Standard(hook.secret).verify(second[1], second[0])
    assert message().status == "taken"


def test_after_so_many_tries_it_is_given_up_shown_and_can_be_sent_again(zone, hook, receiver):
    receiver.answer = 500
    register(zone)
    for _turn in range(MOST_TRIES + 3):
        due()
        Postman().deliver_waiting()
    row = message()
    assert (row.status, row.tries, len(receiver.got)) == ("dead", MOST_TRIES, MOST_TRIES)
    assert [(one.waiting, one.dead) for one in webhooks(zone)] == [(0, 1)]
    receiver.answer = 200
    retry_message(zone=zone, pk=row.pk, actor=CLERK, at=now())
    Postman().deliver_waiting()
    assert message().status == "taken"
    with pytest.raises(UnknownWebhook):
        retry_message(zone=zone, pk=row.pk, actor=CLERK, at=now())


def test_the_waits_grow_fourfold_up_to_a_day():
    assert [int(wait_after(tries).total_seconds()) for tries in (1, 2, 3, 8, 9, 30)] == [5, 20, 80, 81920, 86400, 86400]


def test_an_address_that_is_gone_is_switched_off(zone, hook, receiver):
    receiver.answer = 410
    register(zone)
    Postman().deliver_waiting()
    hook.refresh_from_db()
    assert (message().status, hook.active, "410" in hook.stopped_because["en"]) == ("dead", False, True)
    assert AuditEntry.records.get(verb="webhooks.switch").actor == "job:webhooks"


def test_a_process_that_is_killed_between_sending_and_marking_sends_again(zone, hook, receiver):
    class Killed(BaseException):
        pass

    def killed(**told):
        from townwright.frame.webhooks.sending import send

        assert send(**told).taken
        raise Killed

    register(zone)
    with pytest.raises(Killed):
        Postman(killed).deliver_waiting()
    row = message()
    assert (row.status, row.tries, len(receiver.got)) == ("waiting", 1, 1)
    # Another worker leaves it alone until the time of the first is over.
    assert Postman().deliver_waiting() == 0
    due()
    assert Postman().deliver_waiting() == 1
    assert [one[0]["webhook-id"] for one in receiver.got] == [row.uid, row.uid]
    assert message().status == "taken"


def test_a_process_that_is_killed_before_sending_sends_all_the_same(zone, hook, receiver):
    register(zone)
    fan_out(at=now())
    assert claim(at=now()) is not None
    due()
    Postman().deliver_waiting()
    assert (message().status, message().tries, len(receiver.got)) == ("taken", 2, 1)


def test_a_late_worker_does_not_write_over_the_one_that_took_over(zone, hook, receiver):
    from townwright.frame.webhooks.posting import settle
    from townwright.frame.webhooks.sending import Tried

    register(zone)
    fan_out(at=now())
    late = claim(at=now())
    due()
    Postman().deliver_waiting()
    settle(late, Tried(500, {"en": "late"}), at=now())
    assert message().status == "taken"


@pytest.mark.parametrize("drip", [False, True])
def test_a_slow_receiver_is_left_after_the_time_allowed(zone, hook, receiver, drip):
    def slow(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" if drip else b"")
        for letter in b"x-slow: " + b"a" * 400:
            time.sleep(0.05)
            try:
                handler.wfile.write(bytes([letter]) if drip else b"")
                handler.wfile.flush()
            except OSError:
                return

    receiver.answer = slow
    register(zone)
    begun = time.monotonic()
    Postman().deliver_waiting()
    assert time.monotonic() - begun < 6
    assert (message().status, message().answer, "2 seconds" in message().fault["en"]) == ("waiting", None, True)


def test_a_receiver_that_breaks_off_or_talks_nonsense_is_tried_again(zone, hook, receiver):
    for answer in (lambda handler: handler.connection.shutdown(socket.SHUT_RDWR), lambda handler: handler.wfile.write(b"hello\r\n\r\n")):
        receiver.answer = answer
        register(zone, f"企业{len(receiver.got)}")
        Postman().deliver_waiting()
        row = WebhookMessage.records.order_by("-pk").first()
        assert (row.status, "failed" in row.fault["en"]) == ("waiting", True)


def test_nobody_at_home_is_tried_again(zone, hook, receiver):
    Webhook.records.update(url="http://127.0.0.1:9/hook")
    register(zone)
    Postman().deliver_waiting()
    assert (message().status, message().answer) == ("waiting", None)


def test_a_test_message_goes_to_one_webhook_even_switched_off(zone, hook, receiver):
    switch_webhook(zone=zone, pk=hook.pk, active=False, actor=CLERK, at=now())
    row = try_webhook(zone=zone, pk=hook.pk, at=now())
    assert Postman().deliver_one(row.pk)
    assert json.loads(receiver.got[0][1])["type"] == "webhooks.test"


def test_what_waits_is_forgotten_with_its_webhook(zone, hook, receiver):
    register(zone)
    fan_out(at=now())
    remove_webhook(zone=zone, pk=hook.pk, actor=CLERK, at=now())
    assert Postman().deliver_waiting() == 0
    assert (receiver.got, WebhookMessage.records.count()) == ([], 0)
    with pytest.raises(UnknownWebhook):
        remove_webhook(zone=zone, pk=hook.pk, actor=CLERK, at=now())
