"""Thirty clients that never read a byte of the board's stream: the server still answers pages at once."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
TOWNWRIGHT = str(Path(sys.executable).with_name("townwright"))
CLIENTS = 30


@pytest.fixture
def server(tmp_path):
    """The server as it is run, on an installation of its own; yields its port and the path of a board."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("TOWNWRIGHT_")}
    env = {**told, "TOWNWRIGHT_HOME": str(tmp_path / "home")}

    def run(*words):
        return subprocess.run([TOWNWRIGHT, *words], env=env, capture_output=True, text=True, check=True, timeout=120).stdout

    run("init", "--zone", "here")
    path = re.search(r"/board/[^/]+/", run("wall", "make", "hall", "--zone", "here", "--json"))[0]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = subprocess.Popen(
        [TOWNWRIGHT, "serve", "--port", str(port), "--no-work"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _try in range(120):
        try:
            _get(port, "/robots.txt", 5)
            break
        except OSError:
            time.sleep(0.5)
    yield port, path
    serving.terminate()
    serving.wait(timeout=30)


def _get(port, path, timeout):
    begun = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=timeout) as answer:
        assert answer.status == 200
        body = answer.read()
    return body, time.monotonic() - begun


def test_clients_that_never_read_hold_nobody_up(server):
    port, path = server
    _get(port, path, 60)  # what is compiled at the first request is not measured
    clients = []
    try:
        for _one in range(CLIENTS):
            client = socket.create_connection(("127.0.0.1", port))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            client.sendall(f"GET {path}stream/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode())
            clients.append(client)
        time.sleep(1)
        waits = [_get(port, path, 30)[1] for _again in range(5)]
        assert max(waits) < 5, waits
        # One more reader is sent away at once, to come back later.
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}stream/", timeout=10) as answer:
            assert b"retry: 15000" in answer.read()
    finally:
        for client in clients:
            client.close()
    # Streams whose clients have gone give their places back: one that reads is held again.
    for _try in range(20):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}stream/", timeout=40) as answer:
            if b"retry: 1000\n" in answer.readline() + b"\n":
                break
        time.sleep(1)
    else:
        pytest.fail("no stream is held any more")
