"""Errors of the machine, of the database and of the set-up in words, with what to do. Nothing here needs Django set up."""

from __future__ import annotations

import errno
import os
import re
import socket
from collections.abc import Mapping
from gettext import gettext
from typing import Any


def _(message: str) -> str:
    """Mark a message for translation."""
    return message


REASONS = {
    errno.EACCES: _("there is no permission"), errno.EPERM: _("there is no permission"), errno.EROFS: _("the disk is read-only"),
    errno.ENOSPC: _("the disk is full"), errno.ENOENT: _("there is no such folder or file"), errno.ENOTDIR: _("a part of the path is no folder"),
    errno.EISDIR: _("it is a folder"), errno.EEXIST: _("a file of that name is in the way"),
}  # fmt: skip
_DATABASE = (
    (re.compile(r"database (table )?is locked", re.IGNORECASE), _("Another process is writing to the database and did not end in time. Nothing was written; wait a moment and run the command again.")),
    (re.compile(r"readonly database|unable to open database file", re.IGNORECASE), _("The database in %(home)s cannot be written. Give this user the right to write there, or name another folder: TOWNWRIGHT_HOME=…")),
    (re.compile(r"database or disk is full|No space left", re.IGNORECASE), _("The disk that holds %(home)s is full. Nothing was written; make room and run the command again.")),
    (re.compile(r"not a database|malformed", re.IGNORECASE), _("The database file in %(home)s is damaged or is none. Put a backup in its place, or name another folder: TOWNWRIGHT_HOME=…")),
    (re.compile(r"connection (to server .*)?(refused|failed)|could not (connect|translate)|timeout expired", re.IGNORECASE | re.DOTALL), _("The database server cannot be reached. Start it, or correct TOWNWRIGHT_DATABASE_URL. It said: %(fault)s")),
    (re.compile(r"lock timeout|deadlock|could not obtain lock", re.IGNORECASE), _("Another process is writing to the same records. Nothing was written; wait a moment and run the command again.")),
)  # fmt: skip


class UnableToServe(RuntimeError):
    """The address cannot be listened on: says why, and which to try."""


def of_system(fault: OSError) -> str:
    """Return what the operating system refused, in words."""
    reason = gettext(REASONS[fault.errno]) if fault.errno in REASONS else str(fault.strerror or fault)
    return gettext("%(path)s cannot be read or written: %(reason)s.") % {"path": fault.filename or "?", "reason": reason}


def of_home(fault: OSError) -> str:
    """Return that the data directory cannot be used, in words."""
    named = os.environ.get("TOWNWRIGHT_HOME") or fault.filename or "?"
    reason = gettext(REASONS[fault.errno]) if fault.errno in REASONS else str(fault.strerror or fault)
    return gettext(
        "The data folder %(home)s cannot be used: %(reason)s. Name one in which this user may write, as in: TOWNWRIGHT_HOME=~/townwright"
    ) % {"home": named, "reason": reason}


def of_database(fault: BaseException, home: Any) -> str:
    """Return what the database refused, in words."""
    said = " ".join(str(fault).split())
    told: Mapping[str, str] = {"home": str(home), "fault": said}
    for pattern, words in _DATABASE:
        if pattern.search(said):
            return gettext(words) % told
    return gettext("The database refused: %(fault)s") % told


def demand_port(host: str, port: int) -> None:
    """Make sure that the address can be listened on.

    Raises:
        UnableToServe: it is taken, it is not this machine's, or listening there is not permitted.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as fault:
        told = {"host": host, "port": port, "next": port + 1}
        if getattr(fault, "errno", None) == errno.EADDRINUSE:
            raise UnableToServe(
                gettext(
                    "Port %(port)d of %(host)s is taken by another program, perhaps a Townwright that is running. Stop it, or give another: --port %(next)d"
                )
                % told
            ) from fault
        if isinstance(fault, PermissionError):
            raise UnableToServe(
                gettext("This user may not listen on port %(port)d. Give one above 1023, as in: --port 8000") % told
            ) from fault
        raise UnableToServe(gettext("%(host)s:%(port)d is no address of this machine. Give another --host or --port.") % told) from fault
