"""Two freezes, two closes, two decisions, two corrections at once: shown to go wrong without the guard, and right with it."""

import threading
import time
from decimal import Decimal

import pytest
from django.db import IntegrityError, OperationalError

from tests.flows.conftest import AT, CLERK, DIRECTOR
from tests.flows.racing import Meeting, at_once, meet_before, without_row_locks
from townwright.apps.filings.models import Filing, FilingVersion
from townwright.apps.filings.services import UnableToFile, accept, correct, return_filing, save_draft, submit
from townwright.apps.incentives.models import Assessment, Award, PolicyBudget
from townwright.apps.incentives.services import adopt_rulebook, decide_award, propose_awards
from townwright.apps.indicators.models import IndicatorValue, Reconciliation
from townwright.apps.indicators.selectors import claims
from townwright.apps.indicators.services import load_claims
from townwright.apps.parties.models import Party
from townwright.apps.snapshots.models import Snapshot
from townwright.apps.snapshots.selectors import folder_of, verify
from townwright.apps.snapshots.services import freeze
from townwright.apps.zones.models import Zone
from townwright.frame.models import AuditEntry
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.rulebooks import read_text
from townwright.site.close import close_period
from townwright.site.datasets import handler_for

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
YEAR = Period.parse("2016")
POLICY = "policies/sample-rent-relief.yaml"


@pytest.fixture
def filed(zone, tmp_path, settings):
    """A firm that paid 1,000 of rent in 2016 and has handed its application in; a policy and claims to close with."""
    settings.TOWNWRIGHT_HOME = tmp_path / "home"
    path = tmp_path / "r.csv"
    path.write_text("企业名称,入驻日期\n甲,2014-01-01\n", encoding="utf-8")
    run_import(path, dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT)
    adopt_rulebook(zone=zone, text=read_text(POLICY), source=POLICY, actor=CLERK, at=AT)
    load_claims(zone=zone, text=read_text("claims/yunqi.yaml"), actor=CLERK, at=AT)
    values = {"rent_paid": Decimal(1000), "rented_area": Decimal(10)}
    row = save_draft(zone=zone, party=Party.records.get(), dataset="support-application", period=YEAR, values=values, actor=CLERK, at=AT)
    return submit(zone=zone, filing_id=row.pk, actor=CLERK, at=AT)


@pytest.fixture
def accepted(filed):
    """The same application, accepted."""
    return accept(zone=filed.zone, filing_id=filed.pk, actor=DIRECTOR, at=AT)


def _entries(verb):
    return AuditEntry.records.filter(verb=verb).count()


def _zone_lock_off(monkeypatch):
    monkeypatch.setattr("townwright.apps.zones.selectors.take_turns", lambda _zone: None)


def _freezing(zone):
    return lambda: freeze(zone=zone, period=YEAR, actor=CLERK, at=AT)


def _closing(zone):
    return lambda: close_period(zone=zone, period=YEAR, actor=CLERK, at=AT)


def test_two_freezes_without_the_lock_collide(accepted, monkeypatch):
    _zone_lock_off(monkeypatch)
    meet_before(monkeypatch, Snapshot.records, "create")
    said = at_once(_freezing(accepted.zone), _freezing(accepted.zone))
    assert any(isinstance(one, IntegrityError) for one in said), said


def test_two_freezes_with_the_lock_are_one(accepted):
    first, second = at_once(_freezing(accepted.zone), _freezing(accepted.zone))
    assert (first.pk, first.revision) == (second.pk, 1)
    assert (Snapshot.records.count(), _entries("snapshots.freeze")) == (1, 1)
    assert [path.name for path in folder_of(first).parent.iterdir()] == ["r1"]
    verify(first)


def test_two_closes_without_the_lock_collide(accepted, monkeypatch):
    freeze(zone=accepted.zone, period=YEAR, actor=CLERK, at=AT)
    _zone_lock_off(monkeypatch)
    meet_before(monkeypatch, Assessment.records, "bulk_create")
    said = at_once(_closing(accepted.zone), _closing(accepted.zone))
    assert any(isinstance(one, IntegrityError) for one in said), said


VERBS = ("snapshots.freeze", "incentives.assess", "incentives.awards.propose", "indicators.measure", "indicators.reconcile")


def test_two_closes_with_the_lock_are_one(accepted):
    zone = accepted.zone
    first, second = at_once(_closing(zone), _closing(zone))
    assert first.snapshot.pk == second.snapshot.pk
    assert sorted([first.proposed, second.proposed]) == [0, 1]
    assert first.assessed == second.assessed == {"sample-rent-relief": 1}
    assert (Snapshot.records.count(), Assessment.records.count()) == (1, 1)
    assert Award.records.get().granted_amount == Decimal(500)  # half of the rent
    assert (IndicatorValue.records.count(), Reconciliation.records.count()) == (16, claims(zone).count())
    assert {verb: _entries(verb) for verb in VERBS} == dict.fromkeys(VERBS, 1)


def _deciding(row):
    told = {"zone": row.zone, "filing_id": row.pk, "at": AT}
    return lambda: accept(actor=DIRECTOR, **told), lambda: return_filing(actor=CLERK, reason="rent is missing", **told)


def test_two_decisions_of_one_return_without_the_lock_both_stand(filed, monkeypatch):
    without_row_locks(monkeypatch)
    meet_before(monkeypatch, Filing, "save")
    said = at_once(*_deciding(filed))
    assert {one.status for one in said} == {"accepted", "returned"}
    assert _entries("filings.accept") + _entries("filings.return") == 2


def test_two_decisions_of_one_return_with_the_lock_leave_one(filed):
    said = at_once(*_deciding(filed))
    won = next(one for one in said if isinstance(one, Filing))
    lost = next(one for one in said if isinstance(one, UnableToFile))
    assert f"is {won.status}" in str(lost)
    assert "甲" in str(lost)
    kept = Filing.records.get()
    assert (kept.status, kept.decided_by) == (won.status, won.decided_by)
    assert _entries("filings.accept") + _entries("filings.return") == 1


def _correcting(row, rent):
    told = {"zone": row.zone, "filing_id": row.pk, "version": 1, "actor": CLERK, "at": AT}
    return lambda: correct(values={"rent_paid": Decimal(rent), "rented_area": Decimal(10)}, reason="receipt seen", **told)


def test_two_corrections_without_the_lock_get_past_the_version(accepted, monkeypatch):
    without_row_locks(monkeypatch)
    meet_before(monkeypatch, FilingVersion.records, "create")
    said = at_once(_correcting(accepted, 2000), _correcting(accepted, 3000))
    # Both believed to replace version 1: only the database's constraint, not the verb, kept one of them out.
    assert [type(one) for one in sorted(said, key=lambda one: isinstance(one, IntegrityError))] == [Filing, IntegrityError]


def test_two_corrections_with_the_lock_leave_one_and_tell_the_other(accepted):
    said = at_once(_correcting(accepted, 2000), _correcting(accepted, 3000))
    won = next(one for one in said if isinstance(one, Filing))
    lost = next(one for one in said if isinstance(one, UnableToFile))
    assert "corrected meanwhile (version 2, you saw 1)" in str(lost)
    kept = Filing.records.get()
    assert (kept.values["rent_paid"], kept.version) == (won.values["rent_paid"], 2)
    assert FilingVersion.records.get().values["rent_paid"] == "1000.00"
    assert _entries("filings.correct") == 1


def _close_and_decide(accepted, monkeypatch):
    """Propose an award (holds the zone, asks for the budget) while another is decided (holds the budget, writes of the zone)."""
    zone = accepted.zone
    close_period(zone=zone, period=YEAR, actor=CLERK, at=AT)
    award = Award.records.get()
    late = Assessment.records.get()
    late.pk, late.party_key, late.party_name = None, "another", "乙"
    late.save()
    meeting, lock, proposing = Meeting(), PolicyBudget.records.select_for_update, threading.local()

    def decision_first(**told):
        meeting.wait()
        if getattr(proposing, "here", False):
            time.sleep(1)
        return lock(**told)

    monkeypatch.setattr(PolicyBudget.records, "select_for_update", decision_first)

    def propose():
        proposing.here = True
        return propose_awards(zone=zone, snapshot=late.snapshot, actor=CLERK, at=AT)

    return at_once(propose, lambda: decide_award(zone=zone, award_id=award.pk, approve=True, actor=DIRECTOR, at=AT).status)


def test_a_decision_and_a_close_lock_each_other_out_under_a_full_lock(accepted, monkeypatch):
    monkeypatch.setattr("townwright.apps.zones.selectors.take_turns", lambda zone: Zone.objects.select_for_update().get(pk=zone.pk))
    said = _close_and_decide(accepted, monkeypatch)
    assert any(isinstance(one, OperationalError) and "deadlock" in str(one) for one in said), said


def test_a_decision_and_a_close_go_through_together(accepted, monkeypatch):
    assert _close_and_decide(accepted, monkeypatch) == [1, "approved"]
    assert sorted(Award.records.values_list("status", flat=True)) == ["approved", "proposed"]
