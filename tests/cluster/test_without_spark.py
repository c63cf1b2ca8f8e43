"""Where Spark or Java is not installed, the engine says what to install; the embedded engine needs neither."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from townwright.frame.cluster import presence
from townwright.frame.engines import EmbeddedEngine, open_engine


def test_the_embedded_engine_needs_no_spark(monkeypatch):
    monkeypatch.setattr(presence.importlib.util, "find_spec", lambda name: None)
    with open_engine() as engine:
        assert isinstance(engine, EmbeddedEngine)


def test_without_pyspark_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(presence.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(presence.UnableToStartSpark, match=r"pip install 'townwright\[spark\]'") as told, open_engine("spark"):
        pass
    assert "改用 --engine embedded" in told.value.message["zh"]


def test_without_java_its_package_is_named(monkeypatch):
    monkeypatch.setattr(presence.importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(presence.UnableToStartSpark, match="openjdk-17-jre-headless"), open_engine("spark"):
        pass


def test_a_close_on_spark_without_spark_is_refused_before_anything_is_written(db, monkeypatch, zone):
    from townwright.apps.snapshots.models import Snapshot
    from townwright.site.cli.verbs import townwright

    monkeypatch.setattr(presence.importlib.util, "find_spec", lambda name: None)
    done = CliRunner().invoke(townwright, ["close", "--zone", zone.code, "--period", "2016", "--engine", "spark", "--language", "zh"])
    assert (done.exit_code, Snapshot.records.count()) == (1, 0)
    assert "Spark 无法启动" in done.output


def test_the_bench_runs_without_settings_of_the_web_framework():
    bench, bare = (
        Path(__file__).parents[2] / "bench" / "spark.py",
        {name: value for name, value in os.environ.items() if "DJANGO" not in name},
    )
    told = [sys.executable, bench, "--rows", "300", "--json", "--engines", "embedded", "embedded numpy"]
    done = subprocess.run(told, capture_output=True, text=True, check=False, env=bare, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(done.stdout)
    assert figures["same_results"] == {"policy": True, "chained": True}
    assert [one["firms"] for one in figures["runs"]] == [300] * 4
