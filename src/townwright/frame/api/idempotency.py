"""A write sent twice with one Idempotency-Key is carried out once, and answered alike."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from townwright.frame.models import ApiAnswer
from townwright.frame.problems import Problem

HEADER = "Idempotency-Key"
KEPT = timedelta(days=1)
_KEY = re.compile(r"[!-~]{1,255}")
_HEADERS = ("ETag", "Location", "Content-Type")


def once(request: HttpRequest, work: Callable[[], HttpResponse], *, at: datetime) -> HttpResponse:
    """Carry the work out, or answer what was answered the first time.

    The change and its answer are one transaction: a process that is killed leaves both or neither. What was refused changed
    nothing and is not kept: sent again, it is tried again.

    Raises:
        Problem: the key has another form, or was used for another request.
    """
    if HEADER not in request.headers:
        return work()
    key = request.headers[HEADER]
    if not _KEY.fullmatch(key):
        raise Problem("malformed", _("An Idempotency-Key has 1 to 255 letters, digits or signs of ASCII, without blanks."))
    digest = _digest(request)
    held = _held(request, key, at)
    if held is None:
        try:
            with transaction.atomic():
                row = _taken(request, key, digest, at)
                response = work()
                row.status, row.body = response.status_code, response.content.decode()
                row.headers = {name: response[name] for name in _HEADERS if name in response}
                row.save()
                return response
        except _TakenMeanwhile:
            held = _held(request, key, at)
    if held is None:
        raise Problem("conflict", headers={"Retry-After": "1"})
    if held.request_hash != digest:
        raise Problem("key-reused")
    response = HttpResponse(held.body, status=held.status, headers={**held.headers, "Idempotency-Replayed": "true"})
    response["Cache-Control"] = "private, no-cache"
    return response


class _TakenMeanwhile(Exception):
    """The same key came in by another request and was carried out there."""


def _held(request: HttpRequest, key: str, at: datetime) -> ApiAnswer | None:
    return ApiAnswer.records.filter(user=request.user, key=key, at__gt=at - KEPT).first()


def _taken(request: HttpRequest, key: str, digest: str, at: datetime) -> ApiAnswer:
    """Take the key; a second request with it waits here until the first is through (PostgreSQL) or at the transaction (SQLite)."""
    ApiAnswer.records.filter(at__lte=at - KEPT).delete()
    try:
        with transaction.atomic():
            return ApiAnswer.records.create(user=request.user, key=key, request_hash=digest, at=at)
    except IntegrityError as fault:
        raise _TakenMeanwhile from fault


def _digest(request: HttpRequest) -> str:
    """Return the hash of method, address and what was sent."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()} {request.headers.get('If-Match', '')}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    for name, told in sorted(request.POST.lists()):
        digest.update(f"{name}={told}\n".encode(errors="replace"))
    for name, files in sorted(request.FILES.lists()):
        for one in files:
            digest.update(f"{name}={one.name}\n".encode(errors="replace"))
            for chunk in one.chunks():
                digest.update(chunk)
            one.seek(0)
    return digest.hexdigest()
