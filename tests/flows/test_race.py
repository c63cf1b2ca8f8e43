"""Two people approve one award at once: without the lock both would pass, with it one wins."""

from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from tests.flows.conftest import AT, CLERK
from townwright.apps.incentives.models import Assessment, Award, PolicyBudget, ZoneRulebook
from townwright.apps.incentives.services import UnableToAward, decide_award
from townwright.apps.snapshots.models import Snapshot
from townwright.frame.actors import Actor

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def award(zone):
    """A proposed award of 60 from a budget of 100, of which 40 is left by another."""
    frozen = Snapshot.records.create(
        zone=zone, period="2016", revision=1, content_hash="x", manifest={}, folder="x", frozen_at=AT, frozen_by="x"
    )
    rules = ZoneRulebook.records.create(
        zone=zone,
        code="p",
        version="1",
        kind="policy",
        status="sample",
        title={},
        text="",
        source="",
        hash="",
        adopted_at=AT,
        adopted_by="x",
    )
    found = Assessment.records.create(
        zone=zone,
        snapshot=frozen,
        rulebook=rules,
        party_key="a",
        party_name="a",
        verdict="eligible",
        amount=60,
        created_at=AT,
        created_by="x",
    )
    PolicyBudget.records.create(zone=zone, policy="p", year=2016, amount=Decimal(100), currency="CNY")
    return Award.records.create(
        zone=zone, assessment=found, policy="p", year=2016, party_key="a", party_name="a", eligible_amount=60, granted_amount=60, currency="CNY",
        status="proposed", proposed_by=CLERK.name, proposed_at=AT,
    )  # fmt: skip


def _at_once(work):
    """Run the work in two threads, each on a connection of its own, and return what each said."""
    said = []

    def run(name):
        try:
            said.append(work(name))
        except UnableToAward as fault:
            said.append(str(fault))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(name,)) for name in ("web:one", "web:two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return said


def test_with_the_guard_off_both_pass(award):
    together = Barrier(2, timeout=10)

    def unguarded(name):
        row = Award.records.get(pk=award.pk)
        allowed = row.status == "proposed"
        together.wait()
        row.status, row.decided_by = "approved", name
        row.save()
        return allowed

    assert _at_once(unguarded) == [True, True]


def test_with_the_guard_one_wins_and_the_other_is_told(award):
    together = Barrier(2, timeout=10)

    def guarded(name):
        together.wait()
        decide_award(zone=award.zone, award_id=award.pk, approve=True, actor=Actor(name, name), at=AT)
        return "done"

    said = sorted(_at_once(guarded))
    assert said[-1] == "done" or said[0] == "done"
    assert sum(one == "done" for one in said) == 1
    assert any("was approved by web:" in one for one in said)
    assert PolicyBudget.records.get().approved == 60
