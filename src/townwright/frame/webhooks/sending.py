"""One try: sign the message (Standard Webhooks), send it to the pinned address, read how it was answered."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import secrets
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_noop as _

from townwright.frame.text import both, said
from townwright.frame.webhooks.guard import Target, UnableToReach, parse, resolve

PREFIX = "whsec_"
AGENT = "Townwright-Webhooks/1"
_BYTES = 32
_OK, _REDIRECT, _REFUSED = 200, 300, 400
GONE = 410


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try ended: the status that was answered (None: none was), and in both languages what went wrong, if anything."""

    status: int | None
    fault: Mapping[str, str]

    @property
    def taken(self) -> bool:
        """Whether the receiver took the message."""
        return not self.fault


def new_secret() -> str:
    """Return a secret as the standard writes it: whsec_ and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(secret: str, uid: str, at: datetime, body: str) -> str:
    """Return the signature of a message: ``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{uid}.{int(at.timestamp())}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def send(*, url: str, secret: str, uid: str, body: str, at: datetime) -> Tried:
    """Send a message once; redirects are not followed. Any trouble comes back as a fault, nothing is raised."""
    headers = {
        "content-type": "application/json", "user-agent": AGENT, "webhook-id": uid, "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(secret, uid, at, body),
    }  # fmt: skip
    try:
        status = _post(resolve(parse(url)), body.encode(), headers)
    except UnableToReach as fault:
        return Tried(None, said(fault))
    except TimeoutError:
        return Tried(None, both(_("No answer within %(seconds)s seconds."), seconds=settings.WEBHOOKS_SECONDS).texts)
    except ssl.SSLError as fault:
        return Tried(None, both(_("The encrypted connection failed: %(fault)s."), fault=fault.reason or "TLS").texts)
    except (OSError, http.client.HTTPException) as fault:
        return Tried(None, both(_("The connection failed: %(fault)s."), fault=type(fault).__name__).texts)
    if _OK <= status < _REDIRECT:
        return Tried(status, {})
    if status < _REFUSED:
        return Tried(
            status, both(_("Answered %(status)s: redirects are not followed. Enter the address that it leads to."), status=status).texts
        )
    return Tried(status, both(_("Answered %(status)s."), status=status).texts)


def _post(target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    seconds = settings.WEBHOOKS_SECONDS
    connection: http.client.HTTPConnection = _Secure(target, seconds) if target.secure else _Plain(target, seconds)
    try:
        with _deadline(connection, seconds) as late:
            try:
                connection.request("POST", target.path, body, dict(headers))
                status = connection.getresponse().status
            except (OSError, http.client.HTTPException) as fault:
                if late.is_set():
                    raise TimeoutError from fault
                raise
            # Cut off in the middle of its headers, an answer looks like one that ended there.
            if late.is_set():
                raise TimeoutError
            return status
    finally:
        connection.close()


class _Plain(http.client.HTTPConnection):
    """A connection to the pinned address."""

    def __init__(self, target: Target, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.target = target

    def connect(self) -> None:
        """Connect to the address that was looked at, not to what the name means by now."""
        self.sock = socket.create_connection((self.target.address, self.target.port), self.timeout)


class _Secure(_Plain):
    """The same, encrypted and with the certificate checked for the host's name."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connect and shake hands."""
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.target.host)


@contextmanager
def _deadline(connection: http.client.HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """Cut the connection after so many seconds in all: a receiver that drips byte by byte would pass every single timeout."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
