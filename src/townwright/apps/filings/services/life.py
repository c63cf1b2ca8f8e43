"""A return's life: draft → submitted → accepted or returned; a correction keeps what it replaces.

What a person types is checked at the field: a hard check refuses, a soft one asks, and its answer is kept with the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from townwright.apps.filings.domain import GRAIN_WORDS, canonical, check_values, field_faults, stay_fault, typed
from townwright.apps.filings.models import Filing, FilingVersion
from townwright.apps.filings.selectors import definition, last_values, period_before
from townwright.frame.actors import Actor
from townwright.frame.audit import Write, write
from townwright.frame.text import both
from townwright.kernel.values.period import Period

D, S, A, R = Filing.Status.DRAFT, Filing.Status.SUBMITTED, Filing.Status.ACCEPTED, Filing.Status.RETURNED


class UnableToFile(ValueError):
    """A return cannot be saved or moved on: says what, why, whose and what to do.

    ``faults`` holds what is wrong, ``questions`` what is asked, by field, each in both languages.
    """

    def __init__(
        self, text: str, *, faults: Mapping[str, Mapping[str, str]] | None = None, questions: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        self.faults, self.questions = dict(faults or {}), dict(questions or {})
        super().__init__(text)


class CorrectedMeanwhile(UnableToFile):
    """Another correction came between: ``version`` is the one that stands, ``seen`` the one the corrector saw."""

    def __init__(self, text: str, *, version: int, seen: int) -> None:
        self.version, self.seen = version, seen
        super().__init__(text)


def _checked(
    zone: Any, party: Any, dataset: str, period: Period, values: Mapping[str, Any], *, complete: bool
) -> tuple[dict[str, Any], dict[str, Mapping[str, str]]]:
    """Return the values as they are kept, and the questions that soft checks ask, by field."""
    told = definition(dataset)
    if period.grain != told.grain:
        raise UnableToFile(
            both(
                _("%(dataset)s is filed for a %(grain)s; %(period)s is a %(other)s."),
                dataset=dataset, grain=GRAIN_WORDS[told.grain], period=period, other=GRAIN_WORDS[period.grain],
            )
        )  # fmt: skip
    unknown = set(values) - {field.name for field in told.fields}
    if unknown:
        raise UnableToFile(both(_("%(dataset)s has no field %(names)s."), dataset=told.title, names=", ".join(sorted(unknown))))
    absent = stay_fault(list(party.stays.values_list("arrived_on", "left_on")), period)
    if absent:
        raise UnableToFile(both(_("%(name)s: %(fault)s"), name=party.name, fault=absent))
    read = {field.name: typed(field, canonical(field, values.get(field.name))) for field in told.fields}
    before = period_before(told, period)
    last = last_values(zone, dataset, {str(before)}).get((party.pk, str(before)))
    found = [*field_faults(told, read, complete=complete), *check_values(told, read, last)]
    faults = {name: message for severity, name, message in reversed(found) if severity == "refused"}
    if faults:
        first = next(message for severity, _name, message in found if severity == "refused")
        raise UnableToFile(both(_("%(name)s: %(fault)s"), name=party.name, fault=first), faults=faults)
    kept = {field.name: canonical(field, read[field.name]) for field in told.fields}
    return kept, {name: message for severity, name, message in found if severity == "warned"}


def _answered(
    party: Any, kept: Mapping[str, Any], questions: Mapping[str, Mapping[str, str]], answers: Mapping[str, str], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the answers to keep, by field: those given now, and those given before to the very same value."""
    before = {name: one for name, one in known.items() if name in questions and one.get("value") == kept[name]}
    now = {name: {"value": kept[name], "note": answers[name].strip()} for name in questions if name in answers}
    open_ = {name: message for name, message in questions.items() if name not in before and name not in now}
    if open_:
        first = next(iter(open_.values()))
        raise UnableToFile(
            both(_("%(name)s: %(question)s Say that you have checked it, or correct it."), name=party.name, question=first), questions=open_
        )
    return {**before, **now}


def _draft(zone: Any, party: Any, dataset: str, period: Period) -> Filing:
    """Return the row to write, locked: a new one, a draft or a returned one."""
    found = Filing.records.select_for_update().filter(zone=zone, party=party, dataset=dataset, period=str(period)).first()
    if found is not None and found.status in (S, A):
        raise UnableToFile(
            both(
                _("%(name)s: the return for %(period)s is %(state)s; correct it instead."),
                name=party.name, period=period, state=_word(found.status),
            )
        )  # fmt: skip
    return found or Filing(zone=zone, party=party, dataset=dataset, period=str(period), period_start=period.start, period_end=period.end)


def save_draft(*, zone: Any, party: Any, dataset: str, period: Period, values: Mapping[str, Any], actor: Actor, at: datetime) -> Filing:
    """Save a draft; a draft or returned one of the same period is overwritten. Required fields may still be empty.

    Raises:
        UnableToFile: the values do not hold, the firm was not in the zone, or the return is submitted or accepted.
    """
    kept, _questions = _checked(zone, party, dataset, period, values, complete=False)
    with write(verb="filings.draft", subject=f"{party.key} {dataset} {period}", zone=zone, actor=actor, at=at) as told:
        row = _draft(zone, party, dataset, period)
        told.old, told.new = row.values, kept
        row.values, row.status = kept, D
        row.save()
    return row


def hand_in(
    *, zone: Any, party: Any, dataset: str, period: Period, values: Mapping[str, Any], answers: Mapping[str, str], actor: Actor, at: datetime
) -> Filing:  # fmt: skip
    """Hand a return in whose values were typed just now.

    ``answers`` (field → note, which may be empty) says which odd values the person has checked.

    Raises:
        UnableToFile: as for ``save_draft``; a required field is empty; or a soft check asks and is not answered.
    """
    kept, questions = _checked(zone, party, dataset, period, values, complete=True)
    with write(verb="filings.submit", subject=f"{party.key} {dataset} {period}", zone=zone, actor=actor, at=at) as told:
        row = _draft(zone, party, dataset, period)
        row.answers = _answered(party, kept, questions, answers, row.answers)
        told.old, told.new = {"status": row.status, **row.values}, {"status": S, **kept, "answers": row.answers}
        row.values, row.status, row.submitted_at = kept, S, at
        row.save()
    return row


def _word(status: str) -> dict[str, str]:
    """Return a state as it stands in a sentence."""
    with override("zh-hans"):
        return {"zh": str(Filing.Status(status).label), "en": str(status)}


def _moved(zone: Any, filing_id: int, allowed: tuple[str, ...], to: str, told: Write) -> Filing:
    row = Filing.records.select_for_update().select_related("party").filter(zone=zone, pk=filing_id).first()
    if row is None:
        raise UnableToFile(both(_("There is no return %(number)s in this zone."), number=filing_id))
    if row.status not in allowed:
        raise UnableToFile(
            both(
                _("%(name)s: the return for %(period)s is %(state)s; it cannot become %(next)s from there."),
                name=row.party.name, period=row.period, state=_word(row.status), next=_word(to),
            )
        )  # fmt: skip
    told.subject = f"{row.party.key} {row.dataset} {row.period}"
    told.old, told.new = {"status": row.status}, {"status": to}
    row.status = to
    return row


def submit(*, zone: Any, filing_id: int, actor: Actor, at: datetime, answers: Mapping[str, str] | None = None) -> Filing:
    """Hand a draft in. ``answers`` as for ``hand_in``.

    Raises:
        UnableToFile: it is not a draft or returned, a required field is empty, or a soft check is not answered.
    """
    with write(verb="filings.submit", subject="", zone=zone, actor=actor, at=at) as told:
        row = _moved(zone, filing_id, (D, R), S, told)
        values = {field.name: typed(field, row.values.get(field.name)) for field in definition(row.dataset).fields}
        kept, questions = _checked(zone, row.party, row.dataset, Period.parse(row.period), values, complete=True)
        row.answers = _answered(row.party, kept, questions, answers or {}, row.answers)
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
        raise UnableToFile(both(_("Say what the firm should mend.")))
    with write(verb="filings.return", subject="", zone=zone, actor=actor, at=at, reason=reason) as told:
        row = _moved(zone, filing_id, (S,), R, told)
        row.decided_at, row.decided_by, row.return_reason = at, actor.name, reason.strip()
        row.save()
    return row


def correct(
    *, zone: Any, filing_id: int, version: int, values: Mapping[str, Any], reason: str, actor: Actor, at: datetime,
    answers: Mapping[str, str] | None = None, anew: bool = False,
) -> Filing:  # fmt: skip
    """Correct an accepted return; what it replaces is kept with who, when and why.

    ``anew``: the firm itself corrects what it handed in, accepted or not, and the return is to be decided on anew.

    ``version`` is the one the corrector saw: if another correction came between, this one is refused. ``answers`` as for
    ``hand_in``; only values that the correction changes are asked about.

    Raises:
        CorrectedMeanwhile: another correction came between.
        UnableToFile: no reason, not accepted, the values do not hold, or a soft check is not answered.
    """
    if not reason.strip():
        raise UnableToFile(both(_("Say why the return is corrected.")))
    with write(verb="filings.correct", subject="", zone=zone, actor=actor, at=at, reason=reason) as told:
        row = _moved(zone, filing_id, (A, S), S, told) if anew else _moved(zone, filing_id, (A,), A, told)
        status_before = told.old["status"]
        if row.version != version:
            raise CorrectedMeanwhile(
                both(
                    _("%(name)s: the return was corrected meanwhile (version %(now)s, you saw %(seen)s). Look at it again."),
                    name=row.party.name, now=row.version, seen=version,
                ),
                version=row.version, seen=version,
            )  # fmt: skip
        kept, questions = _checked(zone, row.party, row.dataset, Period.parse(row.period), values, complete=True)
        told.old, told.new = ({"status": status_before, **row.values}, {"status": S, **kept}) if anew else (row.values, kept)
        if kept == row.values:
            told.nothing_changed()
            return row
        asked = {name: message for name, message in questions.items() if kept[name] != row.values.get(name)}
        told_before = {name: one for name, one in row.answers.items() if one.get("value") == kept.get(name)}
        answers_kept = {**told_before, **_answered(row.party, kept, asked, answers or {}, row.answers)}
        FilingVersion.records.create(
            zone=zone, filing=row, version=row.version, values=row.values, replaced_at=at, replaced_by=actor.name, reason=reason.strip()
        )
        row.values, row.answers, row.version = kept, answers_kept, row.version + 1
        row.submitted_at = at if anew else row.submitted_at
        row.save()
    return row
