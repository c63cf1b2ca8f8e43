"""Two registrars write of one firm at once: without the lock their facts overlap, with it one is refused."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from tests.flows.conftest import AT, CLERK
from townwright.apps.parties.domain import Span, first_overlap
from townwright.apps.parties.models import Party, Relation, ZoneMembership
from townwright.apps.parties.services import PartyDetails, UnableToChangeParty, arrive, register_party, relate
from townwright.apps.zones.selectors import take_turns
from townwright.frame.actors import Actor

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
DAYS = {"web:one": date(2015, 1, 1), "web:two": date(2015, 6, 1)}


@pytest.fixture
def firm(zone):
    """A firm that has not arrived yet."""
    return register_party(zone=zone, details=PartyDetails(kind="firm", name="示例甲"), actor=CLERK, at=AT).party


def _at_once(work):
    """Run the work in two threads, each on a connection of its own, and return what each said."""
    said, together = [], Barrier(2, timeout=10)

    def run(name):
        try:
            work(name, together)
            said.append("done")
        except UnableToChangeParty as fault:
            said.append(str(fault))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(name,)) for name in DAYS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return said


def test_with_the_guard_off_two_stays_overlap(firm):
    def unguarded(name, together):
        span = Span(DAYS[name])
        free = first_overlap(span, [Span(one.arrived_on, one.left_on) for one in ZoneMembership.records.filter(party=firm)]) is None
        together.wait()
        if free:
            ZoneMembership.records.create(zone=firm.zone, party=firm, arrived_on=span.start)

    assert _at_once(unguarded) == ["done", "done"]
    assert ZoneMembership.records.count() == 2


def test_with_the_guard_one_stay_is_recorded_and_the_other_refused(firm):
    def guarded(name, together):
        together.wait()
        arrive(zone=firm.zone, party=firm, arrived_on=DAYS[name], actor=Actor(name, name), at=AT)

    said = _at_once(guarded)
    assert said.count("done") == 1
    assert sum("would overlap" in one for one in said) == 1
    assert ZoneMembership.records.count() == 1


def test_two_legal_representatives_at_once(firm):
    people = {
        name: register_party(zone=firm.zone, details=PartyDetails(kind="person", name=name, token=name[4:]), actor=CLERK, at=AT).party
        for name in DAYS
    }

    def guarded(name, together):
        together.wait()
        relate(zone=firm.zone, first=people[name], second=firm, kind="legal_representative", actor=Actor(name, name), at=AT)

    said = _at_once(guarded)
    assert said.count("done") == 1
    assert sum("one at a time" in one for one in said) == 1
    assert Relation.records.count() == 1


def test_one_code_registered_twice_at_once(zone):
    def guarded(name, together):
        together.wait()
        told = PartyDetails(kind="firm", name=f"示例{name}", code="91110000600037341L")
        register_party(zone=zone, details=told, actor=Actor(name, name), at=AT)

    said = _at_once(guarded)
    assert said.count("done") == 1
    assert sum("belongs to 示例" in one for one in said) == 1
    assert Party.records.count() == 1


def test_who_takes_turns_on_the_zone_does_not_hold_up_a_stay(firm):
    done = []

    def other():
        try:
            done.append(arrive(zone=firm.zone, party=firm, arrived_on=date(2015, 1, 1), actor=CLERK, at=AT))
        finally:
            connection.close()

    with transaction.atomic():
        take_turns(firm.zone)
        thread = Thread(target=other)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
    assert len(done) == 1
