"""The bench of the pages: its load, its adding up, and a small run of the whole."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from townwright.site.bench.load import Server, UnableToMeasure, in_turns, load, quantile
from townwright.site.bench.town import records


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Cookie"]))
        body = b"x"
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.server.asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_told):
        pass


@pytest.fixture
def answering():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as running:
        running.asked = []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running, Server("127.0.0.1", running.server_port, {"Cookie": "a=b"})
        running.shutdown()


def test_every_request_is_made_once_and_the_addresses_take_turns(answering):
    running, server = answering
    assert len(load(server, ["/a", "/b?q=云"], clients=4, requests=10)) == 10
    assert sorted(path for path, _cookie in running.asked) == ["/a"] * 5 + ["/b?q=%E4%BA%91"] * 5
    assert {cookie for _path, cookie in running.asked} == {"a=b"}


def test_what_stands_behind_a_blank_is_sent_as_a_form(answering):
    running, server = answering
    load(server, ["/form a=1&b=2"], clients=1, requests=1)
    assert running.asked == [("/form", "a=1&b=2")]


def test_two_pages_are_asked_for_in_turns(answering):
    running, server = answering
    left, right = in_turns(server, "/a", "/b", pairs=3)
    assert [path for path, _cookie in running.asked] == ["/a", "/b"] * 3
    assert (len(left), len(right)) == (3, 3)


def test_a_page_that_is_not_answered_ends_the_measuring(answering):
    _running, server = answering
    with pytest.raises(UnableToMeasure, match="/gone was answered with 404"):
        load(server, ["/a", "/gone"], clients=2, requests=8)


@pytest.mark.parametrize(
    ("values", "share", "wanted"),
    [([3, 1, 2], 0.5, 2), ([4, 1, 3, 2], 0.5, 2), (range(1, 101), 0.95, 95), (range(1, 21), 0.95, 19), ([7], 0.95, 7), ([1, 2], 0.95, 2)],
)
def test_a_quantile_is_the_value_of_its_rank(values, share, wanted):
    assert quantile(list(values), share) == wanted


def test_the_same_number_makes_the_same_town():
    one, again, other = records(700, 1), records(700, 1), records(700, 2)
    assert one == again
    assert one != other
    assert len(one.registry) == len({row["uscc"] for row in one.registry}) == len({row["name"] for row in one.registry}) == 700
    assert {row["uscc"] for row in one.returns[2016]} <= {row["uscc"] for row in one.registry[::20]}
    assert one.returns[2016] and all(row["address"] and row["business_scope"] for row in one.registry)


@pytest.mark.slow
def test_a_small_town_is_made_served_and_measured(tmp_path):
    said = subprocess.run(
        [sys.executable, "-c", "from townwright.site.cli import main; main()", "bench", "web", "--firms", "120", "--requests", "5",
         "--clients", "2", "--home", str(tmp_path / "town"), "--json"],
        env={**{name: value for name, value in os.environ.items() if not name.startswith(("TOWNWRIGHT_", "DJANGO_"))}, "TOWNWRIGHT_HOME": str(tmp_path / "own")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    assert {"firms", "firm file", "search, part of a name"} <= set(told["pages"])
    assert all(0 < one["p50_ms"] <= one["p95_ms"] for one in told["pages"].values())
    assert told["firm_list_ratio"] > 0
    assert told["first_load"]["requests"] >= 3
    # One's own home holds nothing of the town.
    assert not list((tmp_path / "own").glob("*.sqlite3"))
