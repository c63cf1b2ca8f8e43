"""What Townwright is built on, and under which licences."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from townwright import __version__

BUNDLED = Path(__file__).resolve().parent.parent / "static" / "townwright" / "dist" / "licenses.txt"
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def _licence(told: Any) -> str:
    """Return a package's licence as it names it: its expression, else a classifier, else the first line of its text."""
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License :: ")]
    written = (told.get("License") or "").strip().splitlines()
    return str(told.get("License-Expression") or ", ".join(classified) or (written[0][:60] if written else ""))


def built_on() -> list[tuple[str, str, str]]:
    """Return the Python packages that Townwright asks for and that are there: name, version, licence."""
    found = []
    for line in sorted(requires("townwright") or [], key=str.lower):
        name = _NAME.match(line)
        try:
            told = metadata(name.group(0)) if name else None
        except PackageNotFoundError:
            continue
        if told is not None and "extra ==" not in line:
            found.append((told["Name"], told["Version"], _licence(told)))
    return found


def bundled() -> list[tuple[str, str]]:
    """Return what the front end's bundle holds: name with version, licence; nothing where no bundle was made."""
    lines = BUNDLED.read_text(encoding="utf-8").splitlines() if BUNDLED.is_file() else []
    return [(name, licence) for name, _colon, licence in (line.rpartition(": ") for line in lines)]


@login_required
def about(request: HttpRequest) -> HttpResponse:
    """Say which version this is, and list the packages within it with their licences."""
    return render(request, "townwright/about.html", {"version": __version__, "packages": built_on(), "bundled": bundled()})
