"""What goes wrong on a cluster, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from townwright.frame.cluster.presence import Told
from townwright.frame.cluster.rows import MARK
from townwright.kernel.formula.carriers import DIGITS
from townwright.kernel.formula.findings import UnableToEvaluate
from townwright.kernel.formula.messages import NOTHING, Said, Telling

DOUBT = "townwright-doubt-"
_REFUSED = re.compile(re.escape(MARK) + r'("(?:[^"\\]|\\.)*")' + re.escape(MARK))
_DOUBT = re.compile(DOUBT + r"(\w+)!")
_OVERFLOW = ("NUMERIC_VALUE_OUT_OF_RANGE", "ARITHMETIC_OVERFLOW")
_FILE = ("FAILED_READ_FILE", "CANNOT_READ_FILE", "not a Parquet file", "could not read page", "PARQUET")


class UnableToRunOnSpark(Told):
    """The cluster gave no result: says why. Nothing of the run is kept."""


@contextmanager
def in_words(doubts: Mapping[str, Callable[[], None]]) -> Iterator[None]:
    """Turn what Spark raises into what the evaluator or this package would say.

    ``doubts`` are questions to ask where a stage found that it must refuse: each raises, naming the first row in order.
    """
    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as fault:
        text = str(fault)
        doubt = _DOUBT.search(text)
        if doubt:
            doubts[doubt[1]]()
        _raise(text, fault)


def _raise(text: str, fault: Exception) -> NoReturn:
    refused = _REFUSED.search(text)
    if refused:
        code, zh, en = json.loads(json.loads(refused[1]))
        raise UnableToEvaluate(Telling(code, Said(zh, en), NOTHING)) from fault
    if any(word in text for word in _OVERFLOW):
        raise UnableToEvaluate("sum-digits", digits=DIGITS) from fault
    first = gist(text) or type(fault).__name__
    if any(word in text for word in _FILE):
        raise UnableToRunOnSpark(
            f"集群读不了表格文件（{first}）。请从备份恢复该快照。",
            f"the cluster cannot read a file of the tables ({first}). Restore the snapshot from a backup.",
        ) from fault
    raise UnableToRunOnSpark(
        f"集群没有给出结果，未保存任何内容（{first}）。请查看集群日志，或改用 --engine embedded。",
        f"the cluster gave no result, and nothing was kept ({first}). See its logs, or use --engine embedded.",
    ) from fault


def gist(text: str) -> str:
    """Return the line that says most: the last of a Python traceback, else the first."""
    told = [line.strip().removeprefix(": ") for line in text.splitlines() if line.strip()]
    lines = [line for line in told if not line.startswith(("at ", "File ", "An error occurred while calling"))]
    if any(line.startswith("Traceback") for line in lines):
        lines = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Refused|Exit): ", line)][-1:] or lines
    return lines[0][:300] if lines else ""
