"""The commands of docs/how-to/use-the-api.md, run as they stand against a server of the demo."""

import os
import re
import shutil
import socket
import subprocess
import time

import pytest

from tests.installation.conftest import TOWNWRIGHT
from tests.repo.source import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")]
PAGE = ROOT / "docs" / "how-to" / "use-the-api.md"
BLOCK = re.compile(r"```sh\n(.*?)```\n(?:\n```\n(.*?)```)?", re.DOTALL)


@pytest.fixture
def server(home):
    """The address of a server that runs as long as the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [TOWNWRIGHT, "serve", "--port", str(port)], env=home.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _turn in range(300):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(30)


def test_every_command_does_what_the_page_says(home, server, tmp_path):
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) > 8
    script = ["set -e", f"TOWN={server}"]
    for number, (commands, _shown) in enumerate(blocks):
        script += [commands.replace("TOWN=http://localhost:8000", ""), f"echo; echo '== {number} =='"]
    env = {**home.env, "PATH": f"{os.path.dirname(TOWNWRIGHT)}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    done = subprocess.run(["bash", "-c", "\n".join(script)], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    parts = re.split(r"\n== \d+ ==\n", done.stdout)
    for (commands, shown), said in zip(blocks, parts, strict=False):
        for line in filter(None, (one.strip() for one in shown.splitlines())):
            # Dots stand for what differs from run to run.
            pattern = ".*".join(re.escape(piece) for piece in line.split("…"))
            assert re.search(pattern, said), f"{commands}\nshould say\n{line}\nand says\n{said}"
