"""Long verbs show a bar to a person at a terminal, on standard error, and nothing else to anybody."""

import io
import json

import pytest
from click.testing import CliRunner
from rich.console import Console

from townwright.frame.models import ImportRun
from townwright.site.cli import progress
from townwright.site.cli.verbs import townwright


@pytest.fixture
def terminal(monkeypatch):
    """Standard error as a terminal shows it."""
    console = Console(file=io.StringIO(), force_terminal=True, width=120, no_color=True)
    monkeypatch.setattr(progress, "NOISE", console)
    return console.file


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("企业名称\n" + "".join(f"第{number}企业\n" for number in range(1200)), encoding="utf-8")
    return path


def run(*words):
    return CliRunner().invoke(townwright, [*words, "--language", "en"])


def test_an_import_shows_a_bar_a_step(zone, sheet, terminal):
    said = run("import", str(sheet), "--dataset", "registry", "--zone", "here")
    assert said.exit_code == 0
    told = terminal.getvalue()
    assert [name for name in ("Open the file", "Read the rows", "Write the rows") if name in told] == [
        "Open the file",
        "Read the rows",
        "Write the rows",
    ]
    assert "1201/1201" in told
    assert "━" in told
    assert "━" not in said.stdout.split("Findings")[0]


def test_json_comes_alone_and_a_pipe_sees_no_bar(zone, sheet, terminal, monkeypatch):
    said = run("import", str(sheet), "--dataset", "registry", "--zone", "here", "--json")
    assert json.loads(said.stdout)["created"] == 1200
    assert (terminal.getvalue(), said.stderr) == ("", "")
    piped = Console(file=io.StringIO(), force_terminal=False)
    monkeypatch.setattr(progress, "NOISE", piped)
    assert run("import", str(sheet), "--dataset", "registry", "--zone", "here", "--dry-run").exit_code == 0
    assert piped.file.getvalue() == ""
    assert ImportRun.records.count() == 1


def test_a_close_shows_one_bar_that_counts_its_steps(zone, terminal):
    assert run("close", "--zone", "here", "--period", "2016").exit_code == 0
    assert "4/4" in terminal.getvalue()
    assert "Reconcile the claims" in terminal.getvalue()


def test_jobs_are_listed_and_worked_off_at_the_command_line(zone):
    assert json.loads(run("jobs", "--zone", "here", "--json").stdout) == []
    assert json.loads(run("work", "--once", "--json").stdout) == {"jobs": 0, "messages": 0}
    wrong = run("jobs", "--zone", "here", "--again", "7")
    assert (wrong.exit_code, "There is no job 7" in wrong.stderr) == (1, True)
