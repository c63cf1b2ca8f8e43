"""What goes wrong at the command line is told in words with what to do, in both languages, and never by a traceback."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.db import DatabaseError, OperationalError

from townwright.site.cli import faults
from townwright.site.cli.frame import group, verb
from townwright.site.cli.verbs import townwright

PROGRAM = Path(sys.executable).with_name("townwright")


def run(*words, language="en", cli=townwright):
    return CliRunner(env={"TOWNWRIGHT_LANGUAGE": language}).invoke(cli, list(words))


def process(*words, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TOWNWRIGHT_")}
    return subprocess.Popen(
        [PROGRAM, *words], env={**inherited, "TOWNWRIGHT_SECRET_KEY": "x", **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip


def test_an_administrator_is_made_once(zone):
    first = run("init", "--admin", "boss")
    assert (first.exit_code, "password, shown this once" in first.stdout) == (0, True)
    kept = get_user_model().objects.get(username="boss").password
    again = run("init", "--admin", "boss")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "boss is an administrator already; nothing was changed. Sign in as boss" in again.stderr
    assert get_user_model().objects.get(username="boss").password == kept
    get_user_model().objects.create_user("clerk")
    told = run("init", "--zone", "there", "--admin", "clerk", language="zh")
    assert "账号clerk已存在，但不是管理员" in told.stderr
    assert "there" not in run("zones").stdout, "what was asked for beside it is not half done"


def test_a_taken_port_is_told_before_anything_is_made(zone, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for words in (("serve",), ("demo",)):
            told = run(*words, "--port", str(port))
            assert told.exit_code == 1
            assert f"Port {port} of 127.0.0.1 is taken by another program" in told.stderr
            assert f"--port {port + 1}" in told.stderr
        assert f"端口 {port} 已被占用" in run("serve", "--port", str(port), language="zh").stderr
        assert "yunqi" not in run("zones").stdout
    assert "is no address of this machine" in run("serve", "--host", "203.0.113.7").stderr


@pytest.mark.parametrize(("language", "words"), [("en", "a part of the path is no folder"), ("zh", "路径中有一段不是文件夹")])
def test_a_data_folder_that_cannot_be_made_is_told(language, words, tmp_path):
    (tmp_path / "file").write_text("")
    done = process("zones", "--language", language, TOWNWRIGHT_HOME=str(tmp_path / "file" / "home"))
    out, err = done.communicate(timeout=60)
    assert (done.returncode, out) == (1, "")
    assert words in err
    assert "TOWNWRIGHT_HOME=" in err
    assert "Traceback" not in err


def test_an_address_of_no_database_is_told(tmp_path):
    done = process("zones", TOWNWRIGHT_HOME=str(tmp_path), TOWNWRIGHT_DATABASE_URL="mongo://x", TOWNWRIGHT_LANGUAGE="zh")
    assert "TOWNWRIGHT_DATABASE_URL 没有指明数据库" in done.communicate(timeout=60)[1]


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (["report", "--zone", "her"], "There is no zone her. Did you mean here?", "是否"),
        (["explain", "丙科技有限公司", "x", "--zone", "here"], "Did you mean 甲科技有限公司", "没有"),
        (["explain", "甲科技有限公司", "size-clas", "--zone", "here"], "Did you mean size-class?", "size-class"),
        (["report", "--zone", "here", "--period", "2019"], "has no snapshot of 2019 yet.", "还没有2019的快照"),
        (["close", "--zone", "here", "--period", "20x"], "is not a period", "20x"),
        (
            ["filings", "missing", "--zone", "here", "--dataset", "yearly-retur", "--period", "2016"],
            "Did you mean yearly-return?",
            "yearly-return",
        ),
        (["claims", "load", "yunq", "--zone", "here"], "Did you mean yunqi?", "既不是文件"),
        (["claims", "withdraw", "nothing", "--reason", "x", "--zone", "here"], "has no claim nothing", "没有公布数nothing"),
    ],
)
def test_what_is_unknown_is_told_with_what_is_near(firms, words, english, chinese):
    assert run("rulebook", "adopt", "size-class", "--zone", "here").exit_code == 0
    told = run(*words)
    assert told.exit_code == 1
    assert english in told.stderr
    assert chinese in run(*words, language="zh").stderr


@pytest.mark.parametrize(
    ("said", "english", "chinese"),
    [
        ("database is locked", "Another process is writing to the database", "另一个进程正在写数据库"),
        ("attempt to write a readonly database", "cannot be written. Give this user the right", "数据库不可写"),
        ("unable to open database file", "cannot be written. Give this user the right", "数据库不可写"),
        ("database or disk is full", "is full. Nothing was written", "磁盘已满"),
        ("file is not a database", "is damaged or is none", "已损坏"),
        ('connection to server at "127.0.0.1", port 5432 failed: Connection refused', "cannot be reached", "无法连接数据库服务器"),
        ("canceling statement due to lock timeout", "writing to the same records", "同一批记录"),
        ("something else", "The database refused: something else", "数据库拒绝：something else"),
    ],
)
def test_what_the_database_refuses_is_told(db, said, english, chinese):
    @group("x")
    def x():
        """X."""

    @x.command()
    @verb()
    def y(language):
        """Y."""
        raise (OperationalError if said != "something else" else DatabaseError)(said)

    told = run("y", cli=x)
    assert (told.exit_code, told.stdout) == (1, "")
    assert english in told.stderr
    assert chinese in run("y", language="zh", cli=x).stderr


def test_a_report_that_cannot_be_written_is_told(zone, tmp_path):
    assert run("close", "--zone", "here", "--period", "2016").exit_code == 0
    told = run("report", "--zone", "here", "--html", str(tmp_path / "no" / "report.html"))
    assert told.exit_code == 1
    assert "report.html cannot be read or written: there is no such folder or file." in told.stderr


def test_an_interrupted_verb_ends_with_130_and_says_what_stands(db):
    @group("x")
    def x():
        """X."""

    @x.command()
    @verb()
    def y(language):
        """Y."""
        raise KeyboardInterrupt

    told = run("y", cli=x)
    assert (told.exit_code, told.stdout) == (130, "")
    assert "Stopped. Steps that had ended stand" in told.stderr
    assert "已停止" in run("y", language="zh", cli=x).stderr


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_control_c_leaves_no_traceback(tmp_path):
    running = process("work", TOWNWRIGHT_HOME=str(tmp_path))
    assert "townwright init" in running.communicate(timeout=60)[1]
    process("init", TOWNWRIGHT_HOME=str(tmp_path)).communicate(timeout=120)
    running = process("demo", "--no-serve", TOWNWRIGHT_HOME=str(tmp_path))
    until = time.monotonic() + 60
    while not (tmp_path / "demo").exists() and time.monotonic() < until:
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, "Traceback" in err, out) == (130, False, "")


def test_a_closed_pipe_is_no_error(tmp_path):
    for words in (["rulebook", "schema"], ["rulebook", "doc", "size-class"], ["--help"]):
        running = process(*words, TOWNWRIGHT_HOME=str(tmp_path))
        running.stdout.close()
        with running.stderr as err:
            assert err.read() == "", words
        running.wait(timeout=60)


def test_errors_of_the_system_name_file_and_reason():
    assert faults.of_system(OSError(28, "No space left on device", "/x")) == "/x cannot be read or written: the disk is full."
