"""The town's own words for marks on firms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import yaml

from townwright.rulebooks import read_text


@cache
def tag_labels() -> Mapping[str, Mapping[str, str]]:
    """Return the known tags with their labels."""
    read = yaml.safe_load(read_text("vocabulary/tags.yaml"))
    return {str(slug): dict(label) for slug, label in read.items()}


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
