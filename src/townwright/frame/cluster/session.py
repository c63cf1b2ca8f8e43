"""A Spark session with the settings on which equal results rest."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from townwright.frame.cluster.faults import gist
from townwright.frame.cluster.presence import UnableToStartSpark, not_started

MASTER, WAIT = "TOWNWRIGHT_SPARK_MASTER", "TOWNWRIGHT_SPARK_WAIT"
# Seconds in which a cluster must answer, and then take a task (long: a busy machine starts Java in minutes); and in which its master
# must take a connection.
_PATIENCE, _KNOCK = 300.0, 5.0
_MORE = (f"（{WAIT} 可放宽）", f" ({WAIT} allows more)")
_FAULTS = (PySparkException, Py4JError, RuntimeError, OSError)
# Rows in one Arrow batch: what the numpy executor computes at once in the processor's cache.
BATCH = 16_384
# A failed task is tried again so many times in all; a plain local master would try once.
ATTEMPTS = 4
_QUIET = Path(__file__).with_name("log4j2.properties")
SETTINGS = {
    # Overflow and bad casts are errors, and decimals never lose digits in silence.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.adaptive.enabled": "true",
    # A row costs far more to judge than to move: partitions are kept apart even where they are small.
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
    "spark.driver.maxResultSize": "0",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def chosen_master(told: str = "") -> str:
    """Return the master's address: as told, from the environment, or this machine; a local one gets its attempts."""
    master = told or os.environ.get(MASTER, "") or "local[*]"
    local = re.fullmatch(r"local(?:\[(\*|\d+)\])?", master)
    return f"local[{local[1] or 1},{ATTEMPTS}]" if local else master


def patience() -> float:
    """Return the seconds in which a cluster must answer, and again in which it must take a task, from the environment or as a rule."""
    told = os.environ.get(WAIT, "")
    return float(told) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", told) and float(told) > 0 else _PATIENCE


def open_session(master: str = "") -> SparkSession:
    """Start Spark, or take the session that runs in this process already; a cluster must take a task before it is handed out.

    Raises:
        UnableToStartSpark: Java fails, or the cluster does not answer or takes no task in time.
    """
    address, wait = chosen_master(master), patience()
    _knock(address)
    try:
        with _ending(wait, _kill_java) as late:
            session = _builder(address).getOrCreate()
            session.sparkContext.setLogLevel("ERROR")
    except _FAULTS as fault:
        _forget(gone=late.is_set())
        raise _refused(
            address, f"{wait:g} 秒内无应答{_MORE[0]}", f"it gave no answer in {wait:g} seconds{_MORE[1]}", fault, late=late
        ) from fault
    if not address.startswith("local["):
        try:
            await_task(session, address, wait)
        except UnableToStartSpark:
            _forget()
            raise
    return session


def await_task(session: SparkSession, address: str, wait: float) -> None:
    """Wait until a machine of the cluster takes a task.

    Raises:
        UnableToStartSpark: none did in so many seconds.
    """
    try:
        with _ending(wait, session.sparkContext.cancelAllJobs) as late:
            session.range(1).count()
    except _FAULTS as fault:
        zh, en = f"{wait:g} 秒内没有机器接受任务{_MORE[0]}", f"none of its machines took a task in {wait:g} seconds{_MORE[1]}"
        raise _refused(address, zh, en, fault, late=late) from fault


def _builder(address: str) -> SparkSession.Builder:
    # Spark reads nothing but the environment here; on a cluster PYSPARK_PYTHON names the interpreter of the other machines.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("townwright").master(address)
    # Where Java's memory is used up it ends at once; it would wait for ever for the thread that is gone.
    options = f"-Dlog4j2.configurationFile={_QUIET.as_uri()} -XX:+ExitOnOutOfMemoryError"
    builder = builder.config("spark.driver.extraJavaOptions", options)
    if address.startswith("local"):
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder


def _knock(address: str) -> None:
    """Demand that a master of a cluster of Spark's own takes a connection: Spark itself would try for a minute.

    Raises:
        UnableToStartSpark: none of the masters does, or the address is of no kind that Spark knows.
    """
    if not address.startswith(("local", "spark://", "yarn", "k8s://")):
        kinds = "local[4]、spark://head:7077、yarn、k8s://…"
        zh, en = f"没有这种地址（可用：{kinds}）", f"there is no such kind of address (there are {kinds.replace('、', ', ')})"
        raise not_started(address, zh, en)
    if not address.startswith("spark://"):
        return
    why: Exception | None = None
    for place in address.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK).close()
        except (OSError, ValueError, OverflowError) as fault:
            why = fault
        else:
            return
    raise not_started(address, f"连接不上（{why}）", f"it takes no connection ({why})") from why


@contextmanager
def _ending(wait: float, end: Callable[[], object]) -> Iterator[Event]:
    """End what runs too long from beside it, again each second until it ends; the event tells that it was so."""
    late, done = Event(), Event()

    def watch() -> None:
        pause = wait
        while not done.wait(pause):
            late.set()
            pause = 1.0
            with suppress(*_FAULTS):
                end()

    Thread(target=watch, daemon=True).start()
    try:
        yield late
    finally:
        done.set()


def _kill_java() -> None:
    """End the Java process that was started for this session, and no other; what waits for it then fails."""
    process = getattr(SparkContext._gateway, "proc", None)
    if process is not None:
        process.kill()


def _forget(*, gone: bool = False) -> None:
    """Let go of a session that failed, so that the next one in this process starts anew; ``gone``: Java has been ended, too."""
    context = SparkContext._active_spark_context
    with suppress(*_FAULTS):
        if context is not None:
            context.stop()
    if gone:
        SparkContext._gateway = SparkContext._jvm = None
    SparkContext._active_spark_context = None


def _refused(address: str, zh: str, en: str, fault: Exception, *, late: Event) -> UnableToStartSpark:
    """Return what to tell: that time ran out, or what Spark says."""
    if late.is_set():
        return not_started(address, zh, en)
    told = gist(str(fault)) or type(fault).__name__
    return not_started(address, told, told)
