"""What the frame's pages ask about firms: whose key is this, what is it called, where is its file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse

from townwright.apps.parties import selectors as parties
from townwright.frame.doors import Subjects


def _find(zone: Any, ref: str) -> str:
    return str(parties.party_by_ref(zone, ref, people=False).key)


def _names(zone: Any, words: Collection[str], people: bool) -> Mapping[str, str]:
    return parties.names_of_keys(zone, words, people=people)


def _address(zone_code: str, key: str) -> str:
    return reverse("firm-file", args=[zone_code, key])


SUBJECTS = Subjects(find=_find, names=_names, address=_address, own_keys=parties.firm_and_keys)
