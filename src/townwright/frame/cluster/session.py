"""A Spark session with the settings on which equal results rest."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from townwright.frame.cluster.presence import UnableToStartSpark

MASTER = "TOWNWRIGHT_SPARK_MASTER"
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


def open_session(master: str = "") -> SparkSession:
    """Start Spark, or take the session that runs in this process already.

    Raises:
        UnableToStartSpark: Java fails, or the cluster does not answer.
    """
    address = chosen_master(master)
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
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as fault:
        first = (str(fault).splitlines() or [type(fault).__name__])[0]
        raise UnableToStartSpark(f"Spark（{address}）没有启动：{first}", f"Spark at {address} did not start: {first}") from fault
    session.sparkContext.setLogLevel("ERROR")
    return session
