"""A return's life: draft → submitted → accepted or returned; a correction keeps what it replaces."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from townwright.apps.filings.domain import canonical, check_values, typed
from townwright.apps.filings.models import Filing, FilingVersion
from townwright.apps.filings.selectors import definition, last_values
from townwright.frame.actors import Actor
from townwright.frame.audit import Write, write
from townwright.kernel.values.period import Period

D, S, A, R = Filing.Status.DRAFT, Filing.Status.SUBMITTED, Filing.Status.ACCEPTED, Filing.Status.RETURNED


class UnableToFile(ValueError):
    """A return cannot be saved or moved on: says what, why, whose and what to do."""


def stay_fault(stays: list[tuple[date, date | None]], period: Period) -> dict[str, str] | None:
    """Return why a firm has nothing to file for a period: it was not in the zone at any day of it."""
    if not stays or any(arrived < period.end and (left is None or left > period.start) for arrived, left in stays):
        return None
    left = max((stop for _, stop in stays if stop is not None and stop <= period.start), default=None)
    if left is not None:
        return {
            "zh": f"该企业已于{left}迁出，{period}期间不应申报。",
            "en": f"The firm left on {left}, before {period} began; it has nothing to file.",
        }
    arrived = min(start for start, _ in stays)
    return {
        "zh": f"该企业{arrived}才入驻，{period}期间不应申报。",
        "en": f"The firm arrived on {arrived}, after {period} ended; it has nothing to file.",
    }


def _checked(zone: Any, party: Any, dataset: str, period: Period, values: Mapping[str, Any]) -> dict[str, Any]:
    told = definition(dataset)
    if period.grain != told.grain:
        raise UnableToFile(f"{dataset} is filed for a {told.grain}; {period} is a {period.grain}.")
    unknown = set(values) - {field.name for field in told.fields}
    if unknown:
        raise UnableToFile(f"{dataset} has no field {', '.join(sorted(unknown))}.")
    fault = stay_fault(list(party.stays.values_list("arrived_on", "left_on")), period)
    if fault:
        raise UnableToFile(f"{party.name}: {fault['en']}")
    read = {field.name: typed(field, canonical(field, values.get(field.name))) for field in told.fields}
    before = period.shift({"year": -1, "quarter": -4, "month": -12}[period.grain])
    last = last_values(zone, dataset, {str(before)}).get((party.pk, str(before)))
    for severity, _name, message in check_values(told, read, last):
        if severity == "refused":
            raise UnableToFile(f"{party.name}: {message['en']}")
    return {field.name: canonical(field, read[field.name]) for field in told.fields}


def save_draft(*, zone: Any, party: Any, dataset: str, period: Period, values: Mapping[str, Any], actor: Actor, at: datetime) -> Filing:
    """Save a draft; a draft or returned one of the same period is overwritten.

    Raises:
        UnableToFile: the values do not hold, the firm was not in the zone, or the return is submitted or accepted.
    """
    checked = _checked(zone, party, dataset, period, values)
    with write(verb="filings.draft", subject=f"{party.key} {dataset} {period}", zone=zone, actor=actor, at=at) as told:
        found = Filing.records.select_for_update().filter(zone=zone, party=party, dataset=dataset, period=str(period)).first()
        if found is not None and found.status in (S, A):
            raise UnableToFile(f"{party.name}: the return for {period} is {found.status}; correct it instead.")
        row = found or Filing(zone=zone, party=party, dataset=dataset, period=str(period), period_start=period.start, period_end=period.end)
        told.old, told.new = row.values if found else {}, checked
        row.values, row.status = checked, D
        row.save()
    return row


def _moved(zone: Any, filing_id: int, allowed: tuple[str, ...], to: str, told: Write) -> Filing:
    row = Filing.records.select_for_update().select_related("party").filter(zone=zone, pk=filing_id).first()
    if row is None:
        raise UnableToFile(f"There is no return {filing_id} in this zone.")
    if row.status not in allowed:
        raise UnableToFile(f"{row.party.name}: the return for {row.period} is {row.status}; it cannot become {to} from there.")
    told.subject = f"{row.party.key} {row.dataset} {row.period}"
    told.old, told.new = {"status": row.status}, {"status": to}
    row.status = to
    return row


def submit(*, zone: Any, filing_id: int, actor: Actor, at: datetime) -> Filing:
    """Hand a draft in.

    Raises:
        UnableToFile: it is not a draft or returned.
    """
    with write(verb="filings.submit", subject="", zone=zone, actor=actor, at=at) as told:
        row = _moved(zone, filing_id, (D, R), S, told)
        row.submitted_at = at
        row.save()
    return row


def accept(*, zone: Any, filing_id: int, actor: Actor, at: datetime) -> Filing:
    """Accept a submitted return; from now on it counts.

    Raises:
        UnableToFile: it is not submitted.
    """
    with write(verb="filings.accept", subject="", zone=zone, actor=actor, at=at) as told:
        row = _moved(zone, filing_id, (S,), A, told)
        row.decided_at, row.decided_by = at, actor.name
        row.save()
        told.event("filings.filing.accepted", filing=row.pk)
    return row


def return_filing(*, zone: Any, filing_id: int, reason: str, actor: Actor, at: datetime) -> Filing:
    """Give a submitted return back with a reason.

    Raises:
        UnableToFile: it is not submitted, or no reason is given.
    """
    if not reason.strip():
        raise UnableToFile("Say what the firm should mend.")
    with write(verb="filings.return", subject="", zone=zone, actor=actor, at=at, reason=reason) as told:
        row = _moved(zone, filing_id, (S,), R, told)
        row.decided_at, row.decided_by, row.return_reason = at, actor.name, reason.strip()
        row.save()
    return row


def correct(*, zone: Any, filing_id: int, version: int, values: Mapping[str, Any], reason: str, actor: Actor, at: datetime) -> Filing:
    """Correct an accepted return; what it replaces is kept with who, when and why.

    ``version`` is the one the corrector saw: if another correction came between, this one is refused.

    Raises:
        UnableToFile: no reason, not accepted, corrected by another meanwhile, or the values do not hold.
    """
    if not reason.strip():
        raise UnableToFile("Say why the return is corrected.")
    with write(verb="filings.correct", subject="", zone=zone, actor=actor, at=at, reason=reason) as told:
        row = _moved(zone, filing_id, (A,), A, told)
        if row.version != version:
            raise UnableToFile(
                f"{row.party.name}: the return was corrected meanwhile (version {row.version}, you saw {version}). Look at it again."
            )
        checked = _checked(zone, row.party, row.dataset, Period.parse(row.period), values)
        told.old, told.new = row.values, checked
        if checked == row.values:
            told.nothing_changed()
            return row
        FilingVersion.records.create(
            zone=zone, filing=row, version=row.version, values=row.values, replaced_at=at, replaced_by=actor.name, reason=reason.strip()
        )
        row.values, row.version = checked, row.version + 1
        row.save()
    return row
