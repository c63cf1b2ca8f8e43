"""The close of a period for a zone: snapshot → assess → propose → measure → reconcile.

Policies are judged, and awards proposed, at the close of a year only.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.incentives.services import assess, propose_awards
from townwright.apps.indicators.services import measure, reconcile_claims
from townwright.apps.snapshots.services import freeze
from townwright.frame.actors import Actor
from townwright.frame.engines import Engine
from townwright.frame.text import both
from townwright.kernel.values.period import Period

Progress = Callable[[int, int, str], None]
STEPS = ("snapshot", "propose awards", "measure", "reconcile")  # and "assess CODE" for each rulebook, after the first


@dataclass(slots=True)
class CloseReport:
    """What a close did. Mutable: steps are added as they end."""

    zone: str
    period: str
    snapshot: Any = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    assessed: dict[str, int | None] = field(default_factory=dict)
    proposed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "zone": self.zone, "period": self.period, "snapshot_hash": self.snapshot.content_hash, "revision": self.snapshot.revision,
            "assessed": self.assessed, "awards_proposed": self.proposed, "steps": self.steps,
        }  # fmt: skip


class UnableToClose(ValueError):
    """The period is not over yet, and nobody said to close it all the same."""


def demand_over(period: Period, today: date, *, confirmed: bool) -> None:
    """Let a period be closed that is over by the zone's day ``today``, or that a person ``confirmed`` all the same.

    Raises:
        UnableToClose: it is still running, or has not begun; both are told with the day on which it will be over.
    """
    if confirmed or period.is_over(today):
        return
    told = {"period": str(period), "end": period.end.isoformat(), "today": today.isoformat()}
    if period.start > today:
        raise UnableToClose(
            both(_("%(period)s has not begun: today is %(today)s, and it is over on %(end)s. What is closed now would be empty or half full. To close it all the same, confirm it (at the command line: --yes)."), **told)
        )  # fmt: skip
    raise UnableToClose(
        both(_("%(period)s is not over: today is %(today)s, and it is over on %(end)s. Returns for it are still to come. To close it all the same, confirm it (at the command line: --yes)."), **told)
    )  # fmt: skip


def peak_mb() -> float:
    """Return the most memory that this process has held so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def close_period(
    *, zone: Any, period: Period, actor: Actor, at: datetime, progress: Progress | None = None, engine: Engine | None = None
) -> CloseReport:  # fmt: skip
    """Close a period; every step is idempotent, so that a close that was cut short can be run again.

    ``progress`` hears, as a step begins, how many are behind it, how many there are, and its name. Steps tell their
    seconds and the process's peak memory so far in MB. The engine (default: embedded) assesses and measures.
    """
    report = CloseReport(zone.code, str(period))
    rulebooks = incentives.newest_rulebooks(zone, period.last_day) if period.grain == "year" else []
    steps = len(rulebooks) + len(STEPS) - (period.grain != "year")

    def step(name: str, work: Callable[[], Any]) -> Any:
        if progress:
            progress(len(report.steps), steps, name)
        begun = time.perf_counter()
        result = work()
        report.steps.append({"step": name, "seconds": round(time.perf_counter() - begun, 3), "peak_mb": peak_mb()})
        return result

    report.snapshot = step(STEPS[0], lambda: freeze(zone=zone, period=period, actor=actor, at=at))
    for row in rulebooks:
        report.assessed[row.code] = step(
            f"assess {row.code}",
            lambda row=row: assess(zone=zone, snapshot=report.snapshot, rulebook=row, actor=actor, at=at, engine=engine),
        )
    if period.grain == "year":
        report.proposed = step(STEPS[1], lambda: propose_awards(zone=zone, snapshot=report.snapshot, actor=actor, at=at))
    step(STEPS[2], lambda: measure(zone=zone, snapshot=report.snapshot, actor=actor, at=at, engine=engine))
    step(STEPS[3], lambda: reconcile_claims(zone=zone, snapshot=report.snapshot, actor=actor, at=at))
    return report
