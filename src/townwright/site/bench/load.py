"""A small load on loopback: so many clients, each with a connection of its own, one request after the other."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, cycle, islice
from urllib.parse import quote

TIMEOUT = 120
# What may stand in an address as it is.
SAFE = "/?&=:%-_.~"


class UnableToMeasure(RuntimeError):
    """The server did not answer a page as it should: says which, and what it answered."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the pages are, and who asks."""

    host: str
    port: int
    headers: Mapping[str, str]

    def open(self) -> http.client.HTTPConnection:
        """Return a new connection."""
        return http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)


def ask(server: Server, connection: http.client.HTTPConnection, address: str) -> tuple[float, bytes]:
    """Ask for a page; return the seconds until its last byte, and what came.

    What stands behind a blank in the address is the body of a form, and is sent.

    Raises:
        UnableToMeasure: the answer is not 200.
    """
    path, _blank, form = address.partition(" ")
    headers = {**server.headers, **({"Content-Type": "application/x-www-form-urlencoded"} if form else {})}
    begun = time.perf_counter()
    connection.request("POST" if form else "GET", quote(path, safe=SAFE), form.encode() or None, headers)
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - begun
    if answer.status != 200:
        raise UnableToMeasure(f"{address} was answered with {answer.status} {answer.reason} {answer.headers.get('Location', '')}".strip())
    return took, body


def load(server: Server, addresses: Sequence[str], *, clients: int, requests: int) -> list[float]:
    """Ask ``requests`` times by ``clients`` at once, the addresses in turn; return the seconds of each request.

    Raises:
        UnableToMeasure: an answer is not 200.
    """
    waiting: Iterator[str] = islice(cycle(addresses), requests)
    lock, taken, faults = threading.Lock(), [], []

    def client() -> None:
        connection = server.open()
        try:
            for _number in count():
                with lock:
                    address = next(waiting, None)
                if address is None or faults:
                    return
                taken.append(ask(server, connection, address)[0])
        except (OSError, http.client.HTTPException, UnableToMeasure) as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=client, daemon=True) for _number in range(clients)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if faults:
        raise UnableToMeasure(str(faults[0])) from faults[0]
    return taken


def in_turns(server: Server, left: str, right: str, *, pairs: int) -> tuple[list[float], list[float]]:
    """Ask for two pages in turns by one client; return the seconds of each."""
    connection = server.open()
    try:
        taken = [(ask(server, connection, left)[0], ask(server, connection, right)[0]) for _number in range(pairs)]
    finally:
        connection.close()
    return [one for one, _other in taken], [other for _one, other in taken]


def quantile(taken: Sequence[float], share: float) -> float:
    """Return the value that so large a share of the values does not pass (nearest rank)."""
    held = sorted(taken)
    return held[max(0, -(-int(share * 1000) * len(held) // 1000) - 1)]
