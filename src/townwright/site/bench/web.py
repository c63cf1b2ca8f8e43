"""The bench of the pages: makes the town, starts the server, loads it, and adds up."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from townwright.site.bench.first_load import first_load
from townwright.site.bench.load import Server, UnableToMeasure, ask, in_turns, load, quantile

HOST = "127.0.0.1"
SETTINGS = "townwright.site.bench.settings"
SERVE = "from townwright.site.cli import main; main()"
ROUNDS = 5
PAIRS = 100
PATIENCE = 60
Tell = Callable[[str], None]


def measure(*, home: Path, database: str, firms: int, seed: int, clients: int, requests: int, tell: Tell) -> dict[str, Any]:
    """Return, for each kind of page, the milliseconds within which half and 95 of 100 answers came, and the ratio to the bare view.

    With them go the milliseconds of processor that the server took for an answer, which a busy machine lengthens far less.
    The town is made in ``home``, or taken as it is where it has been made there before; ``database`` is the address of a database
    of one's own, SQLite in the home where empty. ``requests`` are a kind of page; they are spread over rounds through all kinds,
    so that a moment in which the machine does something else falls on all of them.

    Raises:
        UnableToMeasure: the town could not be made, the server did not start, or a page was not answered.
    """
    held = _environment(home, database)
    tell(_("Making a town of %(firms)d firms") % {"firms": firms})
    town = _town(held, firms, seed)
    with _server(held, home, town) as (server, process):
        for name, addresses in town["pages"].items():
            tell(_("First answers: %(page)s") % {"page": name})
            load(server, addresses, clients=1, requests=min(3, len(addresses)))
        taken: dict[str, list[float]] = {name: [] for name in town["pages"]}
        worked: dict[str, float] = dict.fromkeys(taken, 0.0)
        plain, bare = [], []
        for number in range(ROUNDS):
            tell(_("Round %(number)d of %(rounds)d") % {"number": number + 1, "rounds": ROUNDS})
            for name, addresses in town["pages"].items():
                begun = _processor_seconds(process)
                taken[name] += load(server, addresses, clients=clients, requests=-(-requests // ROUNDS))
                worked[name] += _processor_seconds(process) - begun
            ours, theirs = in_turns(server, town["pages"]["firms"][0], f"/bench/bare/{town['pk']}/", pairs=-(-PAIRS // ROUNDS))
            plain, bare = plain + ours, bare + theirs
        loaded = first_load(server, town["pages"]["firms"][0], (town["cookie"], town["session"]))
    return {
        "firms": firms, "seed": seed, "database": "sqlite" if not database else database.partition(":")[0], "clients": clients,
        "requests": len(taken["firms"]), "load_average": round(os.getloadavg()[0], 1), "processors": os.cpu_count(),
        "pages": {name: {**_told(held), "processor_ms": round(worked[name] * 1000 / len(held), 1)} for name, held in taken.items()},
        "alone": {"firms": _told(plain), "bare view": _told(bare)},
        "firm_list_ratio": round(median(plain) / median(bare), 2), "first_load": loaded.as_dict(),
    }  # fmt: skip


def _told(taken: Sequence[float]) -> dict[str, float]:
    return {"p50_ms": round(quantile(taken, 0.5) * 1000, 1), "p95_ms": round(quantile(taken, 0.95) * 1000, 1)}


def _processor_seconds(process: int) -> float:
    """Return the seconds of processor that a process has used so far; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _environment(home: Path, database: str) -> dict[str, str]:
    """Return the environment of the processes of the bench; this process's own database and home are kept out of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOWNWRIGHT_")}
    told = {"TOWNWRIGHT_HOME": str(home), "DJANGO_SETTINGS_MODULE": SETTINGS, **({"TOWNWRIGHT_DATABASE_URL": database} if database else {})}
    return {**kept, **told}


def _town(environment: Mapping[str, str], firms: int, seed: int) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-m", "townwright.site.bench", str(firms), str(seed)], env=dict(environment), capture_output=True, text=True, check=False
    )  # fmt: skip
    if done.returncode:
        raise UnableToMeasure(_("The town could not be made: %(reason)s") % {"reason": done.stderr.strip()[-2000:]})
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def _server(environment: Mapping[str, str], home: Path, town: Mapping[str, Any]) -> Iterator[tuple[Server, int]]:
    """Serve the home by the product's own verb, on a free port of loopback, until the end of the block."""
    port = _free_port()
    log = home / "bench-server.log"
    headers = {"Cookie": f"{town['cookie']}={town['session']}", "Accept-Language": "zh-hans"}
    server = Server(HOST, port, headers)
    with log.open("w", encoding="utf-8") as noise:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-c", SERVE, "serve", "--no-work", "--host", HOST, "--port", str(port)], env=dict(environment), stdout=noise, stderr=noise
        )  # fmt: skip
        try:
            _await(server, process, log)
            yield server, process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _await(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        connection = server.open()
        try:
            ask(server, connection, "/about/")
        except (OSError, UnableToMeasure):
            time.sleep(0.2)
        else:
            return
        finally:
            connection.close()
    raise UnableToMeasure(_("The server did not start: %(reason)s") % {"reason": log.read_text(encoding="utf-8")[-2000:]})
