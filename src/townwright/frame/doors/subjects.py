"""What the frame's pages say of firms, which it does not know: the app that keeps the register lends its questions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Subjects:
    """Questions about what stands in audit entries and role assignments by its key.

    ``find`` gives the key of the firm that a person typed the name, code or key of (LookupError where there is none);
    ``names`` the names of those among many words that are keys, in one query, people only where asked for; ``address`` the
    address of the file in a zone of that code; ``own_keys`` every key that a firm goes by, and the firm itself.
    """

    find: Callable[[Any, str], str]
    names: Callable[[Any, Collection[str], bool], Mapping[str, str]]
    address: Callable[[str, str], str]
    own_keys: Callable[[Any, str], tuple[Any, tuple[str, ...]]]


_LENT: list[Subjects] = []


def lend_subjects(questions: Subjects) -> None:
    """Take the questions; the register lends its own when the site is put together."""
    _LENT[:] = [questions]


def subjects() -> Subjects:
    """Return the questions that were lent."""
    return _LENT[0]
