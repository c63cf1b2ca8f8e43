"""Two people at once: what a race test needs to bring the moment about, and to take the guard away."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

from django.db import connection
from django.db.models import QuerySet

PATIENCE = 3


def at_once(*works):
    """Run each work in a thread with a connection of its own; return what each returned, or the error that it raised."""
    together, said = Barrier(len(works), timeout=20), [None] * len(works)

    def run(place, work):
        try:
            together.wait()
            said[place] = work()
        except Exception as fault:
            said[place] = fault
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


class Meeting:
    """A place in the code where both threads wait for each other; one that comes alone goes on after a while."""

    def __init__(self):
        self.barrier = Barrier(2, timeout=PATIENCE)

    def wait(self):
        """Wait for the other."""
        with suppress(BrokenBarrierError):
            self.barrier.wait()


def without_row_locks(monkeypatch):
    """Take every SELECT … FOR UPDATE away."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_told: self._chain())


def meet_before(monkeypatch, owner, name):
    """Let both threads have read before either goes on to write by that function."""
    meeting, write = Meeting(), getattr(owner, name)

    def wait_and_write(*args, **told):
        meeting.wait()
        return write(*args, **told)

    monkeypatch.setattr(owner, name, wait_and_write)
