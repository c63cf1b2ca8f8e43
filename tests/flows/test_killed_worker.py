"""A worker that is killed in the middle of a landing: nothing landed, the job says so, run again it lands once."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
TOWNWRIGHT = str(Path(sys.executable).with_name("townwright"))
REGISTER = "企业名称,入驻日期\n" + "".join(f"甲{number}有限公司,2014-01-01\n" for number in range(20))

# Each runs in a process of its own: what a killed process leaves behind is the question.
ASK = """
from django.core.files.base import ContentFile
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.actors import Actor
from townwright.frame.clock import now
from townwright.frame.jobs import ask
from townwright.site import uploads
upload = ContentFile(open(sys.argv[1], "rb").read(), name="r.csv")
told = {"token": uploads.keep(upload, at=now()), "dataset": "registry", "name": "r.csv", "period": "", "mapping": {}, "skip_refused": False}
row = ask(zone=zone_by_code("here"), kind="import-landing", arguments=told, language="en", actor=Actor("web:a", "A"), at=now())
print(row.pk)
"""
HANG = """
import time
from pathlib import Path
from townwright.apps.parties.services import RegistryHandler
from townwright.frame.jobs import Worker
from townwright.site.work import WORK
land = RegistryHandler.land
def hang(self, plan, context):
    land(self, plan, context)
    Path(sys.argv[1]).write_text("all rows are written, nothing is committed")
    time.sleep(600)
RegistryHandler.land = hang
Worker(WORK).run_waiting()
"""
COUNT = """
from townwright.apps.parties.models import Party
from townwright.frame.models import AuditEntry, ImportRun
print(Party.records.count(), ImportRun.records.filter(landed=True).count(), AuditEntry.records.filter(verb="import.registry").count())
"""


@pytest.fixture
def run(tmp_path):
    """Run the command line, or a script, on an embedded installation of its own."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("TOWNWRIGHT_")}
    env = {**told, "TOWNWRIGHT_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "townwright.site.settings"}

    def begin(*words, script=""):
        prelude = "import sys, django\ndjango.setup()\n"
        command = [sys.executable, "-W", "ignore", "-c", prelude + script] if script else [TOWNWRIGHT]
        return subprocess.Popen([*command, *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def done(*words, script=""):
        process = begin(*words, script=script)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out

    done.begin = begin
    return done


def wait_for(path, seconds=60):
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} did not come"
        time.sleep(0.1)


def listed(run):
    return json.loads(run("jobs", "--zone", "here", "--json"))


def test_killed_in_the_middle_then_run_again_lands_once(run, tmp_path):
    (tmp_path / "r.csv").write_text(REGISTER, encoding="utf-8")
    run("init", "--zone", "here", "--name-zh", "此地")
    number = run(str(tmp_path / "r.csv"), script=ASK).strip()

    process = run.begin(str(tmp_path / "hung"), script=HANG)
    wait_for(tmp_path / "hung")
    assert listed(run)[0]["status"] == "running"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert run(script=COUNT).split() == ["0", "0", "0"]

    # A worker that starts finds the job of the dead one, and leaves it to a person to run it again.
    assert json.loads(run("work", "--once", "--json")) == {"jobs": 0, "messages": 0}
    assert [(one["status"], one["runs"]) for one in listed(run)] == [("interrupted", 1)]

    run("jobs", "--zone", "here", "--again", number)
    assert json.loads(run("work", "--once", "--json")) == {"jobs": 1, "messages": 0}
    told = listed(run)[0]
    assert (told["status"], told["runs"], told["result"]["created"], told["result"]["landed"]) == ("done", 2, 20, True)
    assert run(script=COUNT).split() == ["20", "1", "1"]
    assert list((tmp_path / "home" / "uploads").iterdir()) == []
