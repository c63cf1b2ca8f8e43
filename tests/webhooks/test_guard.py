"""Where messages may not go, and what a webhook may not be."""

import json
import re
import socket

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from tests.flows.conftest import AT, CLERK
from tests.repo.source import ROOT
from townwright.frame.models import AuditEntry, Webhook
from townwright.frame.webhooks import UnableToManageWebhook, add_webhook, known_events
from townwright.frame.webhooks.guard import UnableToReach, is_public, parse, resolve
from townwright.frame.webhooks.sending import send
from townwright.site.cli.verbs import townwright

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::",
    "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe",
)  # fmt: skip
PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e")


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_outside_is(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["https://localhost/", "https://127.0.0.1:8000/", "https://[::1]/", "https://0x7f000001/", "https://2130706433/", "https://127.1/"],
)
def test_however_it_is_written_nothing_is_sent_inside(url):
    told = send(url=url, secret="whsec_" + "A" * 32, uid="msg_1", body="{}", at=AT)
    assert (told.status, told.taken) == (None, False)
    assert "address of this machine" in told.fault["en"] or "not known" in told.fault["en"]


def test_a_name_that_leads_inside_is_refused_if_only_one_of_its_addresses_does(monkeypatch):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_told, **_more: answers)
    with pytest.raises(UnableToReach, match=r"10\.0\.0\.7"):
        resolve(parse("https://crm.example.org/hook"))


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    """A name server that answers anew for every question (rebinding) is asked once."""
    asked, reached = [], []

    def answer(host, *_told, **_more):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14" if len(asked) == 1 else "127.0.0.1", 443))]

    def connect(address, *_told, **_more):
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr(socket, "create_connection", connect)
    send(url="https://crm.example.org/hook", secret="whsec_" + "A" * 32, uid="msg_1", body="{}", at=AT)
    assert (asked, reached) == (["crm.example.org"], [("93.184.215.14", 443)])


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.org/", "ftp://crm.example.org/", "https://", "crm.example.org", "https://a:b@crm.example.org/", "https://crm.example.org:99999/",
        "https://crm.example.org/\r\nx: y", "javascript:alert(1)", "file:///etc/passwd", "https://" + "a" * 600 + ".org/",
    ],
)  # fmt: skip
def test_what_is_no_address_for_messages_is_refused_at_its_field(zone, url):
    with pytest.raises(UnableToManageWebhook) as refused:
        add_webhook(zone=zone, name="a", url=url, events=["*"], actor=CLERK, at=AT)
    assert refused.value.field == "url"
    assert not Webhook.records.exists()
    assert not AuditEntry.records.filter(verb="webhooks.add").exists()


@pytest.mark.parametrize(
    ("events", "hint"),
    [([], "Say of which"), (["parties.party.registred"], "Did you mean parties.party.registered"), (["nope.*"], "no event")],
)
def test_an_event_that_is_not_known_is_refused_with_a_hint(zone, events, hint):
    with override("en"), pytest.raises(UnableToManageWebhook, match=hint) as refused:
        add_webhook(zone=zone, name="a", url="https://crm.example.org/", events=events, actor=CLERK, at=AT)
    assert refused.value.field == "events"


def test_every_event_that_is_announced_can_be_asked_for_by_name():
    announced = set()
    for path in (ROOT / "src" / "townwright").rglob("*.py"):
        if "tests" not in path.parts:
            announced |= set(re.findall(r"\.event\(\s*\"([a-z.]+)\"", path.read_text(encoding="utf-8")))
    # The opening of a zone is nobody's news yet: no webhook stands in a zone that is just being opened.
    assert announced - {"zones.zone.opened"} == set(known_events())


def test_the_command_line_adds_lists_tests_and_removes(zone, receiver):
    def run(*words, code=0):
        done = CliRunner().invoke(townwright, ["webhook", *words, "--zone", "here", "--language", "en"])
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if "--json" in words else done.output

    made = run("add", receiver.url, "--name", "crm", "--event", "parties.*", "--json")
    assert made["secret"].startswith("whsec_")
    assert "secret" not in run("list", "--json")[0]
    assert run("test", str(made["webhook"]), "--json")["status"] == "taken"
    receiver.answer = 500
    assert "Answered 500" in run("test", str(made["webhook"]), code=1)
    assert run("list", "--json")[0]["waiting"] == 1
    assert "is removed" in run("remove", str(made["webhook"]))
    assert "no webhook number" in run("remove", str(made["webhook"]), code=1)
