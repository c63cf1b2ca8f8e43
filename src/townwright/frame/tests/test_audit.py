"""One write is one transaction and one audit entry."""

from datetime import UTC, datetime

import pytest

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.models import AuditEntry, OutboxEvent

AT = datetime(2017, 1, 5, 9, 30, tzinfo=UTC)
LI = Actor(name="web:li", label="Li Mei")


@pytest.mark.django_db
def test_a_write_leaves_one_entry_and_its_events():
    with write(verb="zones.open", subject="zone yunqi", zone=None, actor=LI, at=AT, reason="new town") as told:
        told.new = {"name": "Yunqi"}
        told.event("zones.zone.opened", code="yunqi")
    entry = AuditEntry.records.get()
    assert (entry.actor, entry.verb, entry.at, entry.new, entry.reason) == ("web:li", "zones.open", AT, {"name": "Yunqi"}, "new town")
    event = OutboxEvent.objects.get()
    assert (event.name, event.payload, event.delivered_at) == ("zones.zone.opened", {"code": "yunqi"}, None)


@pytest.mark.django_db(transaction=True)
def test_a_failed_write_leaves_nothing():
    def fail() -> None:
        with write(verb="x", subject="y", zone=None, actor=LI, at=AT) as told:
            told.event("x.y")
            AuditEntry.records.create(at=AT, actor="a", actor_label="a", verb="inner", subject="s")
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not AuditEntry.records.exists()
    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db
def test_a_repeated_verb_that_finds_its_work_done_is_silent():
    with write(verb="x", subject="y", zone=None, actor=LI, at=AT) as told:
        told.event("x.y")
        told.nothing_changed()
    assert not AuditEntry.records.exists()
    assert not OutboxEvent.objects.exists()
