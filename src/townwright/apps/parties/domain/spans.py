"""Half-open spans of days: from the first day up to but without the last. None is open on that side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Span:
    """A run of days; ``start`` belongs to it, ``end`` is the first day that does not."""

    start: date | None
    end: date | None = None

    @property
    def runs_forward(self) -> bool:
        """Whether the span holds at least one day."""
        return self.start is None or self.end is None or self.start < self.end

    def holds(self, day: date) -> bool:
        """Say whether the day lies within."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def overlaps(self, other: Span) -> bool:
        """Say whether some day lies in both; spans that only touch do not overlap."""
        starts_in_time = self.start is None or other.end is None or self.start < other.end
        ends_late_enough = other.start is None or self.end is None or other.start < self.end
        return starts_in_time and ends_late_enough

    def __str__(self) -> str:
        return f"{self.start or '…'} – {self.end or '…'}"


def first_overlap(span: Span, others: Iterable[Span]) -> Span | None:
    """Return the first of the others that shares a day with the span."""
    return next((other for other in others if span.overlaps(other)), None)
