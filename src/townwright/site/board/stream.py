"""Server-sent events: tell a board that something changed, without ever keeping a worker for long.

A held stream keeps one of the server's few threads. So a stream is held for some seconds only, then ends and the browser
comes back by itself; and only so many are held at a time: whoever comes then is answered at once and sent away to come
back later. A client that never reads costs no more than one that does: what is sent fits into the socket's buffer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from django.http import StreamingHttpResponse

# Of the eight threads of the server.
HELD = 3
HOLD_SECONDS, LOOK_SECONDS = 20.0, 2.0
AGAIN_MS, LATER_MS = 1_000, 15_000
_slots = threading.BoundedSemaphore(HELD)


def events(version: Callable[[], str], *, hold: float, look: float) -> Iterator[bytes]:
    """Yield the version at once, and again when it changes; end then, or after ``hold`` seconds.

    ``version`` is asked every ``look`` seconds: one row by an index.
    """
    seen = version()
    # Taken here and not before: a generator that is never begun is never ended either.
    if not _slots.acquire(blocking=False):
        yield _event(seen, LATER_MS)
        return
    try:
        yield _event(seen, AGAIN_MS)
        until = time.monotonic() + hold
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(look, left))
            now = version()
            if now != seen:
                yield _event(now, AGAIN_MS)
                return
            # A comment: a client that has gone is noticed when it cannot be written to.
            yield b":\n\n"
    finally:
        _slots.release()


def _event(version: str, again: int) -> bytes:
    return f"retry: {again}\nid: {version}\nevent: version\ndata: {version}\n\n".encode()


def answer(version: Callable[[], str]) -> StreamingHttpResponse:
    """Return the stream as a response that no proxy keeps back."""
    told = StreamingHttpResponse(events(version, hold=HOLD_SECONDS, look=LOOK_SECONDS), content_type="text/event-stream; charset=utf-8")
    told.headers["Cache-Control"] = "no-store"
    told.headers["X-Accel-Buffering"] = "no"
    return told
