"""Uploaded files that wait to be landed: kept a day, under names that nobody can guess."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from townwright.frame.text import both

KEPT = timedelta(days=1)


class UploadGone(LookupError):
    """The file was landed or cleared meanwhile: upload it again."""


def _folder() -> Path:
    folder = Path(settings.TOWNWRIGHT_HOME) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep(upload: Any, *, at: datetime) -> str:
    """Write an uploaded file aside and return its token; files of earlier days, which nobody landed, are cleared."""
    folder = _folder()
    for old in folder.iterdir():
        if old.stat().st_mtime < (at - KEPT).timestamp():
            old.unlink(missing_ok=True)
    token = secrets.token_hex(16) + Path(upload.name).suffix.lower()[:6]
    with (folder / token).open("wb") as target:
        for chunk in upload.chunks():
            target.write(chunk)
    return token


def path_of(token: str, *, name: str) -> Path:
    """Return where the file lies.

    Raises:
        UploadGone: it does not lie there any more.
    """
    path = _folder() / Path(token).name
    if not path.is_file():
        raise UploadGone(
            both(_("The uploaded file “%(name)s” is no longer kept: it landed, or a day has passed. Upload it again."), name=name)
        )
    return path


def forget(token: str) -> None:
    """Delete the file."""
    (_folder() / Path(token).name).unlink(missing_ok=True)
