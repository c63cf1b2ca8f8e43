"""What a zone shows to the public, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_INTRO = 4000


@dataclass(frozen=True, slots=True)
class PublicFace:
    """What the public site of a zone shows: codes of figures and policies in their order, texts, the period ("" newest)."""

    figures: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    period: str = ""
    intro: Mapping[str, str] | None = None
    other_claims: bool = False

    def fields(self) -> dict[str, Any]:
        """Return it as the columns of its row."""
        intro = self.intro or {}
        return {
            "figures": list(self.figures), "policies": list(self.policies), "period": self.period,
            "intro_zh": intro.get("zh", ""), "intro_en": intro.get("en", ""), "other_claims": self.other_claims,
        }  # fmt: skip
