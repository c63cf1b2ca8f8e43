"""Starting on a cluster that does not answer ends in words, in bounded time; nothing has been written by then."""

import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest
from click.testing import CliRunner
from django.utils import translation

from townwright.apps.snapshots.models import Snapshot
from townwright.frame.cluster import presence
from townwright.site.cli.verbs import townwright

if presence.missing() is None:
    from townwright.frame.cluster import session as starting

pytestmark = pytest.mark.spark
DEAD = "spark://127.0.0.1:1"
SAID = {
    "en": ("Spark at spark://127.0.0.1:1 did not start: it takes no connection", "Nothing was written", "or use --engine embedded"),
    "zh": ("Spark（spark://127.0.0.1:1）没有启动：连接不上", "未写入任何内容", "或改用 --engine embedded"),
}


@pytest.mark.parametrize("language", SAID)
def test_a_master_that_is_not_there_is_told_at_once(db, zone, language):
    before, begun = translation.get_language(), time.perf_counter()
    told = ["close", "--zone", zone.code, "--period", "2016", "--engine", "spark", "--master", DEAD, "--language", language]
    done = CliRunner().invoke(townwright, told)
    # Spark itself would try for a minute.
    assert time.perf_counter() - begun < 50
    assert (done.exit_code, Snapshot.records.count(), "Traceback" in done.output) == (1, 0, False)
    assert [words for words in SAID[language] if words not in done.output] == []
    assert translation.get_language() == before


def test_one_of_several_masters_is_enough_and_ill_addresses_are_refused():
    with closing(socket.create_server(("127.0.0.1", 0))) as there:
        starting._knock(f"{DEAD},127.0.0.1:{there.getsockname()[1]}")
    for address, why in (
        ("spark://nowhere", "no connection"),
        ("spark://127.0.0.1:99999999", "no connection"),
        ("mesos://x", "no such kind of address"),
    ):
        with pytest.raises(presence.UnableToStartSpark, match=why):
            starting.open_session(address)


SILENT = """
import json, sys, time
from townwright.frame.cluster.presence import UnableToStartSpark
from townwright.frame.cluster.session import open_session
begun = time.perf_counter()
try:
    open_session(sys.argv[1])
except UnableToStartSpark as told:
    print(json.dumps([time.perf_counter() - begun, told.message]))
"""


def test_a_master_that_takes_connections_but_never_answers(monkeypatch):
    monkeypatch.setenv("TOWNWRIGHT_SPARK_WAIT", "2")
    with closing(socket.create_server(("127.0.0.1", 0), backlog=50)) as silent:
        address = f"spark://127.0.0.1:{silent.getsockname()[1]}"
        done = subprocess.run([sys.executable, "-c", SILENT, address], capture_output=True, text=True, check=False, timeout=400)
    assert done.returncode == 0, done.stderr[-3000:]
    seconds, told = json.loads(done.stdout)
    assert seconds < 240
    assert "it gave no answer in 2 seconds" in told["en"]
    assert "2 秒内无应答" in told["zh"]


def test_a_cluster_without_a_machine_to_spare(spark):
    """Both cores are taken: the first task of the new session waits, and is given up."""
    busy, ended = spark.session.range(0, 2, 1, 2).selectExpr("java_method('java.lang.Thread', 'sleep', 600000L)"), []

    def occupy():
        try:
            busy.collect()
        except starting._FAULTS:
            ended.append(True)

    thread = threading.Thread(target=occupy)
    thread.start()
    tracker = spark.session.sparkContext.statusTracker()
    while not any(tracker.getStageInfo(stage).numActiveTasks == 2 for stage in tracker.getActiveStageIds()):
        time.sleep(0.05)
    with pytest.raises(presence.UnableToStartSpark, match="none of its machines took a task in 1 second"):
        starting.await_task(spark.session, "spark://head:7077", 1.0)
    thread.join(120)
    assert ended == [True]
    assert spark.session.range(3).count() == 3


@pytest.mark.parametrize(("told", "seconds"), [("", 300), ("7.5", 7.5), ("0", 300), ("soon", 300), ("-3", 300)])
def test_how_long_a_cluster_may_take(monkeypatch, told, seconds):
    monkeypatch.setenv("TOWNWRIGHT_SPARK_WAIT", told)
    assert starting.patience() == seconds
