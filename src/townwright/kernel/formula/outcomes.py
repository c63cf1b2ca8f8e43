"""What a change of the rules does to every row, and in sum: by whole columns, in exact integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from townwright.kernel.formula.executors.arrays import SAFE, Array, Num
from townwright.kernel.formula.executors.unload import DIGITS, unload_column
from townwright.kernel.formula.judged import Judged, largest, money_of, scaled

NEWLY_ELIGIBLE, NEWLY_INELIGIBLE, WINNER, LOSER, UNCHANGED, UNKNOWN = (
    "newly_eligible", "newly_ineligible", "winner", "loser", "unchanged", "unknown",
)  # fmt: skip
OUTCOMES = (NEWLY_ELIGIBLE, WINNER, UNCHANGED, LOSER, NEWLY_INELIGIBLE, UNKNOWN)
_GAINED, _SAME, _LOST, _NOT_KNOWN = (OUTCOMES.index(one) for one in (NEWLY_ELIGIBLE, UNCHANGED, NEWLY_INELIGIBLE, UNKNOWN))


def coded(codes: Array, words: Sequence[str]) -> pa.Array:
    """Return one of few words for each row."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(words, pa.string()))


@dataclass(frozen=True, slots=True)
class Pair:
    """The same rows, judged by two rulebooks."""

    old: Judged
    new: Judged

    @property
    def known(self) -> Array:
        """Which rows both rulebooks decide."""
        return self.old.decided & self.new.decided

    @property
    def places(self) -> int:
        """The decimals that hold all amounts."""
        return max(self.old.places, self.new.places)

    def differences(self) -> Array:
        """Return the later amount less the earlier one, over 10^``places``; rows that are not decided count 0 on their side."""
        before, after = self.old.scaled(self.places), self.new.scaled(self.places)
        return after - before

    def outcomes(self) -> Array:
        """Return the place in ``OUTCOMES`` for each row."""
        was, now = self.old.eligible, self.new.eligible
        difference = self.differences()
        moved = (difference > 0).astype(np.int8) - (difference < 0).astype(np.int8)
        kept = np.where(was == now, np.int8(_SAME) - moved, np.where(now, np.int8(_GAINED), np.int8(_LOST)))
        return np.where(self.known, kept, np.int8(_NOT_KNOWN))

    def money(self) -> dict[str, pa.Array]:
        """Return the amounts and their difference as Arrow columns; null where a row is not decided."""
        type_ = pa.decimal128(DIGITS, self.places)
        told = {
            "amount_before": (self.old.amounts, self.old.places, self.old.decided),
            "amount_after": (self.new.amounts, self.new.places, self.new.decided),
            "difference": (self.differences(), self.places, self.known),
        }
        return {
            name: unload_column(Num(values, 10**places, ok, largest(values), 10**places), type_, values.size, name)
            for name, (values, places, ok) in told.items()
        }

    def sums(self, codes: Array, groups: int) -> list[dict[str, Any]]:
        """Return counts and sums of each group; only rows that both rulebooks decide are summed, so that before + difference = after."""
        counts = np.bincount(codes * len(OUTCOMES) + self.outcomes(), minlength=groups * len(OUTCOMES)).reshape(groups, len(OUTCOMES))
        before, after = self._summed(self.old, codes, groups), self._summed(self.new, codes, groups)
        return [
            {
                "rows": int(counts[group].sum()), "before": before[group], "after": after[group], "difference": after[group] - before[group],
                **{name: int(counts[group, place]) for place, name in enumerate(OUTCOMES)},
            }
            for group in range(groups)
        ]  # fmt: skip

    def _summed(self, side: Judged, codes: Array, groups: int) -> list[Decimal]:
        values = np.where(self.known, side.amounts, 0)
        wide = values.dtype == object or largest(values) * max(values.size, 1) >= SAFE
        found = np.zeros(groups, dtype=object if wide else np.int64)
        np.add.at(found, codes, scaled(values, 1) if not wide else values.astype(object))
        some = np.bincount(codes[self.known & side.eligible], minlength=groups)
        return [
            money_of(int(total), side.places) if count else Decimal(0) for total, count in zip(found.tolist(), some.tolist(), strict=True)
        ]
