"""A whole process is killed while the receiver has the message and has not answered yet."""

import os
import signal
import threading

import pytest

from tests.flows.test_killed_worker import run  # noqa: F401 - fixture
from tests.webhooks.receivers import listening

pytestmark = pytest.mark.slow
OPEN = """
from townwright.apps.parties.services import PartyDetails, register_party
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.actors import Actor
from townwright.frame.clock import now
from townwright.frame.webhooks import add_webhook
told = {"zone": zone_by_code("here"), "actor": Actor("web:a", "A"), "at": now()}
add_webhook(name="crm", url=sys.argv[1], events=["*"], **told)
register_party(details=PartyDetails(kind="firm", name="甲公司"), **{**told, "at": now()})
"""
DUE = """
from townwright.frame.clock import now
from townwright.frame.models import WebhookMessage
WebhookMessage.records.update(next_at=now())
"""
STATE = """
from townwright.frame.models import WebhookMessage
print(*WebhookMessage.records.values_list("status", "tries").get())
"""


def test_the_message_is_sent_again_with_the_same_id(run):  # noqa: F811
    run("init", "--zone", "here")
    with listening() as receiver:
        arrived, victim = threading.Event(), []

        def kill(handler):
            arrived.wait(30)
            os.kill(victim[0].pid, signal.SIGKILL)
            victim[0].wait(30)

        receiver.answer = kill
        run(receiver.url, script=PRIVATE + OPEN)
        victim.append(run.begin(script=PRIVATE + WORK))
        arrived.set()
        victim[0].communicate(timeout=120)
        assert victim[0].returncode == -signal.SIGKILL
        assert run(script=STATE).split() == ["waiting", "1"]
        receiver.answer = 204
        run(script=DUE)
        run(script=PRIVATE + WORK)
        assert run(script=STATE).split() == ["taken", "2"]
        first, second = receiver.got
        assert first[0]["webhook-id"] == second[0]["webhook-id"]


PRIVATE = "from django.conf import settings\nsettings.WEBHOOKS_PRIVATE = True\n"
WORK = "from townwright.frame.webhooks import Postman\nPostman().deliver_waiting()\n"
