"""Which language the command line speaks. Nothing here needs Django, so that errors of its set-up have words too.

The words of the command line parser itself (“Usage:”, “No such option”) come through the standard library's gettext; here
it is led to the product's own catalogue.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

CATALOGUES = {"zh": "zh_Hans", "en": "en"}
DJANGO = {"zh": "zh-hans", "en": "en"}
VARIABLE = "TOWNWRIGHT_LANGUAGE"
_OPTION = "--language"
_DOMAIN, _FOLDER = "django", Path(__file__).resolve().parents[2] / "locale"


def language_of(text: str) -> str:
    """Return ``zh`` or ``en`` for ``zh_CN.UTF-8``, ``en-GB``; nothing for any other language."""
    return next((word for word in CATALOGUES if text.strip().lower().startswith(word)), "")


def chosen(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the language for a command line: ``--language``, else TOWNWRIGHT_LANGUAGE, else LANG where it is Chinese, else English."""
    given = [value for option, value in pairwise(words) if option == _OPTION]
    given += [word.partition("=")[2] for word in words if word.startswith(f"{_OPTION}=")]
    asked = [value for value in given if value in CATALOGUES]
    if asked:
        return asked[-1]
    return language_of(environment.get(VARIABLE, "")) or ("zh" if language_of(environment.get("LANG", "")) == "zh" else "en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let the standard library's gettext speak the language, and put back what was there."""
    before = os.environ.get("LANGUAGE"), gettext.textdomain()
    gettext.bindtextdomain(_DOMAIN, str(_FOLDER))
    gettext.textdomain(_DOMAIN)
    os.environ["LANGUAGE"] = CATALOGUES[language]
    try:
        yield
    finally:
        gettext.textdomain(before[1])
        if before[0] is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before[0]
