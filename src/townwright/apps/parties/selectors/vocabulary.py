"""The town's own words: marks on firms, schemes of codes, relations between parties."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from townwright.rulebooks import read_text


@cache
def _read(name: str) -> dict[str, Any]:
    return {str(slug): told for slug, told in yaml.safe_load(read_text(f"vocabulary/{name}.yaml")).items()}


@cache
def tag_labels() -> Mapping[str, Mapping[str, str]]:
    """Return the known tags with their labels."""
    return {slug: dict(label) for slug, label in _read("tags").items()}


def tag_label(slug: str) -> Mapping[str, str]:
    """Return a tag's label; an unknown tag is its own label."""
    return tag_labels().get(slug, {"zh": slug, "en": slug})


def tag_slug(word: str) -> str:
    """Return the slug of a tag told by slug or label; a word of the town's own becomes a tag as it stands."""
    text = word.strip()
    for slug, label in tag_labels().items():
        if text.casefold() in (slug, label["zh"].casefold(), label["en"].casefold()):
            return slug
    return re.sub(r"\s+", "-", text)[:60]


def scheme_labels(*, person: bool) -> Mapping[str, Mapping[str, str]]:
    """Return the known schemes of codes with their labels: those of people, or those of everybody else."""
    wanted = "person" if person else "body"
    return {slug: {"zh": told["zh"], "en": told["en"]} for slug, told in _read("schemes").items() if told["for"] == wanted}


def scheme_label(slug: str) -> Mapping[str, str]:
    """Return a scheme's label; an unknown scheme is its own label."""
    told = _read("schemes").get(slug)
    return {"zh": told["zh"], "en": told["en"]} if told else {"zh": slug, "en": slug}


@dataclass(frozen=True, slots=True)
class RelationKind:
    """A kind of relation: words for either side, who may stand there, and on which side there is one at a time."""

    code: str
    label: Mapping[str, str]
    back: Mapping[str, str]
    first: frozenset[str]
    second: frozenset[str]
    one_per: str = ""


@cache
def relation_kinds() -> Mapping[str, RelationKind]:
    """Return the known kinds of relation."""
    return {
        code: RelationKind(code, told["label"], told["back"], frozenset(told["first"]), frozenset(told["second"]), told.get("one_per", ""))
        for code, told in _read("relations").items()
    }


def relation_label(code: str, *, back: bool = False) -> Mapping[str, str]:
    """Return the words for a relation as read on the first party's file, or (``back``) on the second's."""
    kind = relation_kinds().get(code)
    return {"zh": code, "en": code} if kind is None else kind.back if back else kind.label
