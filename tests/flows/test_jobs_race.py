"""Two workers reach for one job: without the lock both take it, with it one does; progress is seen during a landing."""

import time
from datetime import UTC, datetime
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction

from tests.flows.conftest import AT, CLERK
from townwright.frame.jobs import Outcome, Worker, ask, claim
from townwright.frame.jobs import worker as working
from townwright.frame.models import Job

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def asked(zone, number):
    return ask(zone=zone, kind="count", arguments={"number": number}, language="en", actor=CLERK, at=AT)


def _at_once(work, names=("one:1:a", "two:2:b")):
    """Run the work in a thread a name, each on a connection of its own, and return what each said."""
    said = []

    def run(name):
        try:
            said.append(work(name))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return said


def test_with_the_guard_off_both_workers_take_the_job(zone):
    asked(zone, 1)
    together = Barrier(2, timeout=10)

    def unguarded(name):
        row = Job.records.filter(status="queued").order_by("pk").first()
        together.wait()
        row.status, row.worker, row.runs = "running", name, row.runs + 1
        row.save()
        return row.pk

    taken = _at_once(unguarded)
    assert len(taken) == 2
    assert taken[0] == taken[1]


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_with_the_guard_one_worker_takes_a_job_of_the_zone_and_the_other_none(zone, jobs):
    for number in range(jobs):
        asked(zone, number)
    for _ in range(jobs):
        together = Barrier(4, timeout=10)

        def guarded(name, together=together):
            together.wait()
            return claim(worker=name, at=AT, kinds=["count"])

        taken = [row for row in _at_once(guarded, [f"host:{number}:x" for number in range(4)]) if row is not None]
        assert len(taken) == 1
        assert Job.records.get(status="running").worker == taken[0].worker
        Job.records.filter(pk=taken[0].pk).update(status="done")
    assert Job.records.filter(status="done", runs=1).count() == jobs


def test_progress_is_seen_from_another_process_while_the_landing_is_not_committed(zone, monkeypatch):
    monkeypatch.setattr(working, "BEAT_SECONDS", 0.05)
    row, go_on = asked(zone, 1), Event()

    def landing(run):
        with transaction.atomic():
            Job.records.create(zone=zone, kind="written inside", status="done", queued_at=AT, language="en")
            run.tell(40, 100, "land")
            assert go_on.wait(20)
            run.settle(Outcome({"landed": True}))
        return Outcome({})

    def work():
        try:
            Worker({"count": landing}).run_waiting()
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        row.refresh_from_db()
        if row.label == "land":
            break
        time.sleep(0.05)
    seen = (row.status, row.done, row.total, row.label, Job.records.filter(kind="written inside").count())
    beaten = row.beat_at
    go_on.set()
    thread.join(20)
    row.refresh_from_db()
    assert seen == ("running", 40, 100, "land", 0)
    assert beaten > datetime(2020, 1, 1, tzinfo=UTC)
    assert (row.status, row.result, Job.records.filter(kind="written inside").count()) == ("done", {"landed": True}, 1)
