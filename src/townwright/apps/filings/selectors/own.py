"""Questions of one firm about its own returns: what is owed and by when, and what a year lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from townwright.apps.filings.domain import STEPS_A_YEAR, Definition, stay_fault
from townwright.apps.filings.models import Filing
from townwright.apps.filings.selectors.returns import UnableToChoosePeriod, UnknownFiling, definitions, filings_of, period_for
from townwright.frame.text import both
from townwright.kernel.values.period import Period

HANDED_IN = (Filing.Status.SUBMITTED, Filing.Status.ACCEPTED)
# So long after its day a return is still asked for; later it can be handed in, but nobody is reminded.
ASKED_FOR = timedelta(days=366)
LATE, OPEN, AHEAD = "late", "open", "ahead"


@dataclass(frozen=True, slots=True)
class Owed:
    """A return that a firm has not handed in. ``row`` is the draft or the one sent back, if there is one.

    ``state`` is late (its day has passed), open (the period is over, the day has not passed) or ahead (the period runs).
    """

    definition: Definition
    period: Period
    due_on: date
    state: str
    row: Filing | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A return of a year that is not accepted; ``row`` is what there is of it."""

    definition: Definition
    period: Period
    row: Filing | None


def in_use(zone: Any) -> list[Definition]:
    """Return the datasets that firms of the zone file: those of which it holds a return; before the first, all that have a due day."""
    names = set(Filing.objects.in_zone(zone).order_by().values_list("dataset", flat=True).distinct())
    return [told for name, told in definitions().items() if name in names or (not names and told.due)]


def owed(zone: Any, party: Any, *, today: date) -> list[Owed]:
    """Return what the firm owes on the day, the earliest day first: every period in which it was here and that is asked for."""
    stays = list(party.stays.order_by("arrived_on").values_list("arrived_on", "left_on"))
    if not stays:
        return []
    held = {(one.dataset, one.period): one for one in reversed(filings_of(zone, party.key))}
    found = []
    for told in in_use(zone):
        period = Period.last_full(told.grain, today).shift(1)
        while told.due is not None and told.due.on(period) + ASKED_FOR > today:
            row, by = held.get((told.name, str(period))), told.due.on(period)
            if (row is None or row.status not in HANDED_IN) and stay_fault(stays, period) is None:
                state = AHEAD if not period.is_over(today) else LATE if by < today else OPEN
                found.append(Owed(told, period, by, state, row))
            period = period.shift(-1)
    return sorted(found, key=lambda one: (one.due_on, one.definition.name))


def lacking(zone: Any, party_key: str, year: int) -> Mapping[str, list[Lacking]]:
    """Return, by snapshot table, the returns of a year that the firm has no accepted one of."""
    held = {(one.dataset, one.period): one for one in reversed(filings_of(zone, party_key))}
    found: dict[str, list[Lacking]] = {}
    for told in definitions().values():
        period = Period.of_year(year) if told.grain == "year" else Period(date(year, 1, 1), told.grain)
        for step in range(STEPS_A_YEAR[told.grain]):
            one = period.shift(step)
            row = held.get((told.name, str(one)))
            if row is None or row.status != Filing.Status.ACCEPTED:
                found.setdefault(told.table, []).append(Lacking(told, one, row))
    return found


def own_filing(zone: Any, party: Any, pk: int) -> Filing:
    """Return a return of this very firm, those of parties merged into it included.

    Raises:
        UnknownFiling: the firm has none of that number.
    """
    found = next((one for one in filings_of(zone, party.key) if one.pk == pk), None)
    if found is None:
        raise UnknownFiling(both(_("There is no return %(number)s of %(name)s."), number=pk, name=party.name))
    return found


def period_over(dataset: str, text: str, *, today: date) -> Period:
    """Return the period that a text names, if the dataset is filed for such and it is over.

    Raises:
        UnknownDataset: there is no such dataset.
        UnableToChoosePeriod: the text names none, one of another length, or one that still runs.
    """
    period = period_for(dataset, text)
    if not period.is_over(today):
        raise UnableToChoosePeriod(both(_("%(period)s is not over yet: hand its return in from %(day)s."), period=period, day=period.end))
    return period
