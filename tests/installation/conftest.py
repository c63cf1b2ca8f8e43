"""An installation of its own, seen from outside: processes, addresses, standard input and output."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOWNWRIGHT = str(Path(sys.executable).with_name("townwright"))


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """An installation of its own with the demo towns, and a way to run its command line."""
    folder = tmp_path_factory.mktemp("installation")
    told = {name: value for name, value in os.environ.items() if not name.startswith(("TOWNWRIGHT_", "DJANGO_"))}
    env = {**told, "TOWNWRIGHT_HOME": str(folder)}

    def run(*words):
        return subprocess.run([TOWNWRIGHT, *words], env=env, capture_output=True, text=True, check=True, timeout=300).stdout

    run("demo", "--no-serve", "--json")
    run.env = env
    return run
