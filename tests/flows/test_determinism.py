"""The demo is the same to the bit on SQLite and PostgreSQL, in every time zone, language and hash seed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.baselines import compare
from townwright.apps.incentives.selectors import awards_digest
from townwright.apps.indicators.selectors import figures, plain, reconciliations

SCRATCH = f"townwright_determinism_{os.getpid()}"


def test_the_demo_gives_the_figures_of_the_baseline(demo, db, pytestconfig):
    measured = {
        town.zone.code: {
            "snapshot": town.close.snapshot.content_hash,
            "tables": {entity: told["hash"] for entity, told in town.close.snapshot.manifest["tables"].items()},
            "awards": awards_digest(town.zone, town.close.snapshot),
            "figures": {row.code: plain(row.value) for row in figures(town.zone, town.close.snapshot)},
            "verdicts": {row.claim.uid: row.verdict for row in reconciliations(town.zone, town.close.snapshot)},
        }
        for town in demo
    }
    compare("demo", measured, pytestconfig)


@pytest.fixture
def database(django_db_blocker):
    """Settings of an empty database: a file of SQLite, or a database of the server that the suite runs on."""
    if connection.vendor == "sqlite":
        yield {}
        return
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
        cursor.execute(f"CREATE DATABASE {SCRATCH}")
        base = os.environ["TOWNWRIGHT_DATABASE_URL"].rpartition("/")[0]
        yield {"TOWNWRIGHT_DATABASE_URL": f"{base}/{SCRATCH}"}
        cursor.execute(f"DROP DATABASE {SCRATCH}")


PLACES = [
    {"TZ": "Pacific/Kiritimati", "LANG": "zh_CN.UTF-8", "LC_ALL": "", "PYTHONHASHSEED": "1"},
    {"TZ": "Pacific/Pago_Pago", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "4711"},
]


@pytest.mark.parametrize("place", PLACES, ids=["east", "west"])
def test_the_command_line_gives_the_same_anywhere(place, database, tmp_path):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TOWNWRIGHT_")}
    done = subprocess.run(
        [Path(sys.executable).with_name("townwright"), "demo", "--no-serve", "--json"],
        env={**inherited, **place, **database, "TOWNWRIGHT_HOME": str(tmp_path)}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    kept = json.loads((Path(__file__).parents[1] / "baselines" / "demo.json").read_text(encoding="utf-8"))
    told = json.loads(done.stdout.decode("utf-8"))
    assert {one["zone"]: (one["snapshot_hash"], one["awards_digest"]) for one in told} == {
        code: (one["snapshot"], one["awards"]) for code, one in kept.items()
    }
    assert {row["uid"]: row["verdict"] for one in told for row in one["reconciliation"]} == {
        uid: verdict for one in kept.values() for uid, verdict in one["verdicts"].items()
    }
