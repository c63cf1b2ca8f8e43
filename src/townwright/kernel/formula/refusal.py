"""A refusal opened: what fails and by how much, and what single change would turn it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from townwright.kernel.formula.compiled import CompiledRulebook
from townwright.kernel.formula.evaluation import NOT_ELIGIBLE, UNDECIDED
from townwright.kernel.formula.executors.interpreter import Rows
from townwright.kernel.formula.explain import explain_verdict
from townwright.kernel.formula.nearest import Change, Search
from townwright.kernel.formula.whynot import Shortfall

_WORDS = {
    "none": {
        "zh": "没有任何单独一项的改变足以符合条件；上述各项须一并达到。",
        "en": "No single figure alone would do: all of the above have to be met together.",
    },
    "ranked": {
        "zh": "结果取决于全体排名，未逐项搜索。",
        "en": "The verdict hangs on a ranking of many rows; single changes were not searched.",
    },
    "undecided": {"zh": "缺数，无法判断；请先补报：{names}。", "en": "It cannot be decided for want of figures; file first: {names}."},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a row is not eligible. ``changes`` are single changes that would do, nearest first; None if not searched."""

    verdict: str
    shortfalls: tuple[Shortfall, ...]
    changes: tuple[Change, ...] | None
    missing: tuple[Mapping[str, str], ...]

    def sentences(self, language: str) -> list[str]:
        """Return it in words; nothing for an eligible row."""
        word = "zh" if language.startswith("zh") else "en"
        if self.verdict == UNDECIDED:
            names = ("、" if word == "zh" else ", ").join(label.get(word, "") for label in self.missing)
            return [_WORDS["undecided"][word].format(names=names)]
        if self.verdict != NOT_ELIGIBLE:
            return []
        told = [one.sentence(word) for one in self.shortfalls]
        if self.changes is None:
            return [*told, _WORDS["ranked"][word]]
        return [*told, self.changes[0].sentence(word)] if self.changes else [*told, _WORDS["none"][word]]

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {
            "verdict": self.verdict, "shortfalls": [one.to_dict() for one in self.shortfalls],
            "changes": None if self.changes is None else [one.to_dict() for one in self.changes],
            "missing": [dict(one) for one in self.missing], "sentences": {word: self.sentences(word) for word in ("zh", "en")},
        }  # fmt: skip


def why_not(compiled: CompiledRulebook, tables: Mapping[str, pa.Table], *, key: str) -> WhyNot:
    """Return why a row is not eligible, and which single changes of what the firm told would make it so.

    Raises:
        UnableToEvaluate: the rulebook is not a policy, or there is no such row.
    """
    told = explain_verdict(compiled, tables, key=key)
    changes: tuple[Change, ...] | None = ()
    if told.verdict == NOT_ELIGIBLE:
        policy = compiled.book.policy
        assert policy is not None
        rows = Rows(compiled, tables)
        row = rows.named(policy.entity, key)
        assert row is not None
        search = Search(compiled, rows, row)
        changes = None if search.ranked else tuple(search.changes())
    return WhyNot(told.verdict, told.shortfalls, changes, told.missing)
