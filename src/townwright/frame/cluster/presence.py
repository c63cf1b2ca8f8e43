"""Whether Spark can run here."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path


class Told(RuntimeError):
    """An error in both languages; its text is the English one."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = {"zh": zh, "en": en}


class UnableToStartSpark(Told):
    """Spark cannot be started: says what is missing or does not answer, and what to do."""


def not_started(address: str, zh: str, en: str) -> UnableToStartSpark:
    """Return the error that Spark at an address did not start, why, and what to do."""
    return UnableToStartSpark(
        f"Spark（{address}）没有启动：{zh.rstrip('.')}。未写入任何内容。"
        "请确认集群主节点正在运行、本机能连上、且有空闲机器（地址由 --master 或 TOWNWRIGHT_SPARK_MASTER 指定），或改用 --engine embedded。",
        f"Spark at {address} did not start: {en.rstrip('.')}. Nothing was written. Check that the master runs, that this machine reaches it "
        "and that the cluster has a machine to spare (--master or TOWNWRIGHT_SPARK_MASTER names it), or use --engine embedded.",
    )


def missing() -> UnableToStartSpark | None:
    """Return what is missing to run Spark and how to install it, None if nothing is."""
    absent = [name for name in ("pyspark", "pandas") if importlib.util.find_spec(name) is None]
    if absent:
        return UnableToStartSpark(
            f"Spark 无法启动：未安装 {'、'.join(absent)}。请运行 pip install 'townwright[spark]'，或改用 --engine embedded。",
            f"Spark cannot start: {' and '.join(absent)} not installed. Run pip install 'townwright[spark]', or use --engine embedded.",
        )
    home = os.environ.get("JAVA_HOME", "")
    if not (home and (Path(home) / "bin" / "java").exists()) and shutil.which("java") is None:
        return UnableToStartSpark(
            "Spark 无法启动：找不到 Java。请安装 Java 17 或更新版本（Debian：apt-get install openjdk-17-jre-headless），或设置 JAVA_HOME。",
            "Spark cannot start: there is no Java. Install Java 17 or later (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME.",
        )
    return None


def require_spark() -> None:
    """Demand Spark.

    Raises:
        UnableToStartSpark: pyspark or Java is not installed.
    """
    problem = missing()
    if problem is not None:
        raise problem
