"""Long work: asked for, carried out one at a time in a zone, told in both languages when it fails, run again."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import translation

from tests.flows.conftest import AT, CLERK, DIRECTOR
from townwright.apps.zones.selectors import zone_by_code
from townwright.apps.zones.services import open_zone
from townwright.frame.jobs import Outcome, UnableToRunJob, Worker, ask, claim, interrupt_dead, jobs, progress_of, run_again, unattended
from townwright.frame.jobs.progress import LIVE, Progress
from townwright.frame.jobs.states import finish
from townwright.frame.models import AuditEntry, Job
from townwright.frame.text import both
from townwright.frame.workbooks.forms import UnableToReadWorkbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(zone):
    return open_zone(
        code="there", name_zh="彼地", kind="innovation_town", country="CN", currency="CNY", time_zone="Asia/Shanghai", actor=CLERK, at=AT
    )


def asked(zone, number=1, kind="count", **told):
    return ask(zone=zone, kind=kind, arguments={"number": number}, language="en", actor=CLERK, at=AT, **told)


def counting(run):
    run.tell(1, 2, "read")
    run.tell(2, 2, "read")
    run.tell(1, 1, "land")
    return Outcome({"doubled": run.arguments["number"] * 2, "by": run.actor.name}, [{"row": 1}])


def worked(**kinds):
    return Worker({"count": counting, **kinds}, beats=False)


def test_a_job_is_carried_out_as_the_person_who_asked_for_it(zone):
    row = asked(zone, 21)
    assert (row.status, row.live, AuditEntry.records.filter(verb="jobs.ask").count()) == ("queued", True, 1)
    assert worked().run_waiting() == 1
    row.refresh_from_db()
    assert (row.status, row.runs, row.result, row.details) == ("done", 1, {"doubled": 42, "by": "web:clerk"}, [{"row": 1}])
    assert [one["label"] for one in row.steps] == ["read", "land"]
    assert not LIVE


def test_the_same_work_is_not_queued_twice_while_it_waits(zone):
    assert asked(zone).pk == asked(zone).pk
    assert asked(zone, 2).pk != asked(zone).pk
    worked().run_waiting()
    assert asked(zone).status == "queued"
    assert Job.records.count() == 3


def test_one_job_runs_in_a_zone_and_another_zone_need_not_wait(zone, other):
    first, second, third = asked(zone, 1), asked(zone, 2), asked(other, 3)
    taken = [claim(worker="here:1:x", at=AT, kinds=["count"]) for _ in range(3)]
    assert [one and one.pk for one in taken] == [first.pk, third.pk, None]
    assert finish(taken[0], result={}, details=[], steps=[], at=AT)
    assert claim(worker="here:1:x", at=AT, kinds=["count"]).pk == second.pk
    assert claim(worker="here:1:x", at=AT, kinds=["something else"]) is None


def test_a_refusal_reads_in_both_languages_and_the_work_can_be_run_again(zone):
    def unreadable(run):
        run.tell(3, 9, "read")
        raise UnableToReadWorkbook("malformed", "文件已损坏。", "The file is damaged.")

    row = asked(zone)
    worked(count=unreadable).run_waiting()
    row.refresh_from_db()
    assert (row.status, row.label, row.error) == ("failed", "read", {"zh": "文件已损坏。", "en": "The file is damaged."})
    again = run_again(zone=zone, job_id=row.pk, language="zh-hans", actor=DIRECTOR, at=AT)
    assert (again.status, again.error, again.actor) == ("queued", {}, "web:director")
    worked().run_waiting()
    row.refresh_from_db()
    assert (row.status, row.runs, row.result["by"]) == ("done", 2, "web:director")
    with pytest.raises(UnableToRunJob, match="Reload"):
        run_again(zone=zone, job_id=row.pk, language="en", actor=CLERK, at=AT)


def test_a_message_marked_for_translation_is_kept_in_both_languages():
    with translation.override("zh-hans"):
        told = both("%(counter)s firm: %(fault)s", counter=3, fault={"zh": "缺", "en": "missing"})
    assert told == told.texts["zh"]
    assert told.texts["en"] == "3 firm: missing"
    assert "缺" in told.texts["zh"]


def test_a_fault_of_the_program_is_told_in_general_words_and_logged(zone, caplog):
    def faulty(_run):
        return {}["no such key"]

    row = asked(zone)
    worked(count=faulty).run_waiting()
    row.refresh_from_db()
    assert row.status == "failed"
    assert f"job {row.pk}" in row.error["en"]
    assert row.error["zh"]
    assert "no such key" in caplog.text


def test_a_worker_that_is_silent_or_gone_leaves_its_job_interrupted(zone, other):
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True)
    gone = f"{socket.gethostname()}:{ended.stdout.strip()}:abc"
    asked(zone)
    asked(other)
    one, two = claim(worker=gone, at=AT, kinds=["count"]), claim(worker="elsewhere:1:abc", at=AT, kinds=["count"])
    assert interrupt_dead(at=AT + timedelta(seconds=59)) == [one.pk]
    assert interrupt_dead(at=AT + timedelta(seconds=61)) == [two.pk]
    assert set(Job.records.values_list("status", flat=True)) == {"interrupted"}


def test_what_this_process_runs_is_alive_however_old_its_last_sign(zone):
    asked(zone)
    row = claim(worker=f"{socket.gethostname()}:{os.getpid()}:abc", at=AT, kinds=["count"])
    LIVE[row.pk] = Progress(5, 10, "land")
    try:
        assert interrupt_dead(at=AT + timedelta(days=1)) == []
        assert (progress_of(row).percent, unattended(row, at=AT + timedelta(days=1))) == (50, False)
    finally:
        del LIVE[row.pk]
    assert interrupt_dead(at=AT) == [row.pk]


def test_a_result_is_kept_although_the_worker_was_taken_for_dead_but_not_over_a_newer_run(zone):
    asked(zone)
    slow = claim(worker="elsewhere:1:abc", at=AT, kinds=["count"])
    interrupt_dead(at=AT + timedelta(minutes=2))
    assert finish(slow, result={"rows": 7}, details=[], steps=[], at=AT)
    assert Job.records.get().result == {"rows": 7}
    asked(zone, 2)
    slow = claim(worker="elsewhere:1:abc", at=AT, kinds=["count"])
    interrupt_dead(at=AT + timedelta(minutes=2))
    run_again(zone=zone, job_id=slow.pk, language="en", actor=CLERK, at=AT)
    assert not finish(slow, result={"rows": 8}, details=[], steps=[], at=AT)
    worked().run_waiting()
    assert not finish(slow, result={"rows": 8}, details=[], steps=[], at=AT)
    assert Job.records.get(pk=slow.pk).result["doubled"] == 4


def test_an_outcome_settled_in_the_works_own_transaction_stands_or_falls_with_it(zone):
    def cut_before_the_commit(run):
        with transaction.atomic():
            AuditEntry.records.create(zone=run.zone, at=AT, actor="a", actor_label="a", verb="landed", subject="x")
            run.settle(Outcome({"landed": True}))
            raise UnableToReadWorkbook("cut", "断", "cut")

    def cut_after_the_commit(run):
        with transaction.atomic():
            AuditEntry.records.create(zone=run.zone, at=AT, actor="a", actor_label="a", verb="landed", subject="x")
            run.settle(Outcome({"landed": True}))
        raise UnableToReadWorkbook("cut", "断", "cut")

    landed = AuditEntry.records.filter(verb="landed")
    row = asked(zone)
    worked(count=cut_before_the_commit).run_waiting()
    row.refresh_from_db()
    assert (row.status, row.result, landed.count()) == ("failed", None, 0)
    run_again(zone=zone, job_id=row.pk, language="en", actor=CLERK, at=AT)
    worked(count=cut_after_the_commit).run_waiting()
    row.refresh_from_db()
    assert (row.status, row.result, landed.count()) == ("done", {"landed": True}, 1)


def test_a_job_that_nobody_sees_to_is_told(zone):
    row = asked(zone)
    assert [unattended(row, at=AT + timedelta(seconds=seconds)) for seconds in (14, 16)] == [False, True]
    running = claim(worker="elsewhere:1:abc", at=AT, kinds=["count"])
    waiting = asked(zone, 2)
    assert not unattended(waiting, at=AT + timedelta(seconds=16))
    assert [unattended(running, at=AT + timedelta(seconds=seconds)) for seconds in (59, 61)] == [False, True]


def test_long_details_are_forgotten_after_a_month_and_results_are_not(zone):
    row = asked(zone)
    worked().run_waiting()
    Job.records.filter(pk=row.pk).update(ended_at=AT)
    ask(zone=zone, kind="count", arguments={"number": 5}, language="en", actor=CLERK, at=AT + timedelta(days=31))
    row = jobs(zone_by_code("here"), "count").get(pk=row.pk)
    assert (row.details, row.result["doubled"]) == ([], 2)
