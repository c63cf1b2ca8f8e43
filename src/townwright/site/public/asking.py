"""The calculator's form: from the questions of policies to fields, and from what was typed back to answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.filings.selectors import definitions
from townwright.apps.incentives.domain import ASSUMED, Question
from townwright.frame.terms import unit_name
from townwright.frame.text import in_language

LONGEST, MOST_DIGITS = 60, 18
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SCALES = (("1", Decimal(1)), ("wan", Decimal(10) ** 4), ("yi", Decimal(10) ** 8))
TRUE, FALSE = "yes", "no"


@dataclass(frozen=True, slots=True)
class FormField:
    """One field as it stands on the page: how it is asked, what was typed, what is wrong with that ("": nothing).

    ``shape`` is money, percent, number, whole, yes_no, choice, date or text.
    """

    question: Question
    shape: str
    label: str
    unit: str
    hint: str
    typed: str
    scale: str
    options: tuple[tuple[str, str], ...] = ()
    fault: str = ""

    @property
    def name(self) -> str:
        """The field's name in the form."""
        return self.question.name


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one record of one year."""

    title: str
    year: int | None
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The form, and the answers read from it (field's name → value)."""

    groups: tuple[Group, ...]
    answers: Mapping[str, Any] = field(default_factory=dict)
    faults: int = 0


def ask(questions: Sequence[Question], *, year: int, typed: Mapping[str, str] | None, firm: str) -> Asked:
    """Return the form for the questions of one or more policies; each is asked once.

    ``typed`` holds what was sent (None: nothing yet, so that a firm in the zone is assumed); ``firm`` is the entity judged.
    """
    once = {one.name: one for one in questions}
    answers: dict[str, Any] = {}
    groups: dict[tuple[str, int], list[FormField]] = {}
    for one in once.values():
        made = _field(one, typed)
        value, fault = _read(made)
        if value is not None:
            answers[one.name] = value
        groups.setdefault((one.entity, one.back), []).append(_faulty(made, fault) if fault else made)
    told = tuple(
        Group(in_language(fields[0].question.group), None if entity == firm else year - back, tuple(fields))
        for (entity, back), fields in groups.items()
    )
    return Asked(told, answers, sum(bool(one.fault) for group in told for one in group.fields))


def _field(one: Question, typed: Mapping[str, str] | None) -> FormField:
    choices = _choices(one)
    shape = {"bool": "yes_no", "date": "date"}.get(one.kind, "choice" if choices else "text")
    if one.kind == "number":
        shape = "money" if one.word == "money" else "percent" if one.word == "ratio" else "whole" if one.word == "int" else "number"
    unit = "%" if shape == "percent" else unit_name(one.unit, _here())
    text = (typed or {}).get(one.name, "").strip()[:LONGEST]
    if typed is None and one.column in ASSUMED:
        text = TRUE if ASSUMED[one.column] else FALSE
    scale = (typed or {}).get(f"{one.name}:scale", "")
    if scale not in dict(SCALES):
        scale = "wan" if _here() == "zh" else "1"
    label = in_language(one.label)
    options = ((TRUE, _("Yes")), (FALSE, _("No"))) if shape == "yes_no" else choices
    return FormField(one, shape, label, unit, _hint(one, shape), text, scale, options)


def _here() -> str:
    return "zh" if in_language({"zh": "zh", "en": "en"}) == "zh" else "en"


def _hint(one: Question, shape: str) -> str:
    if shape == "date":
        return _("A date, as 2016-03-01")
    if shape == "whole" and one.unit in ("", "1", "ratio"):
        return _("A whole number")
    if shape == "percent":
        return _("In per cent: 75 for three quarters")
    return ""


def _choices(one: Question) -> tuple[tuple[str, str], ...]:
    """Return what a column of a return may hold, as the return itself offers it."""
    for told in definitions().values():
        if told.table == one.entity:
            found = next((item for item in told.fields if item.name == one.column), None)
            return tuple((str(code), in_language(words)) for code, words in found.choices.items()) if found else ()
    return ()


def _faulty(made: FormField, fault: str) -> FormField:
    return FormField(made.question, made.shape, made.label, made.unit, made.hint, made.typed, made.scale, made.options, fault)


def _read(made: FormField) -> tuple[Any, str]:
    """Return the answer (None: not told) and what is wrong with what was typed ("": nothing)."""
    text = unicodedata.normalize("NFKC", made.typed)
    if not text:
        return None, ""
    if made.shape == "yes_no":
        return {TRUE: True, FALSE: False}.get(text), "" if text in (TRUE, FALSE) else _("Choose yes or no.")
    if made.shape == "choice":
        return (text, "") if text in dict(made.options) else (None, _("Choose one of the list."))
    if made.shape == "text":
        return text, ""
    if made.shape == "date":
        return _day(text)
    return _number(text.replace(",", "").replace(" ", "").removesuffix("%"), made)


def _day(text: str) -> tuple[date | None, str]:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text), ""
    except ValueError:
        return None, _("This is not a date: write it as 2016-03-01.")


def _number(text: str, made: FormField) -> tuple[Decimal | None, str]:
    if not _NUMBER.fullmatch(text) or not text.isascii():
        return None, _("This is not a number.")
    if len(text.replace("-", "").replace(".", "")) > MOST_DIGITS:
        return None, _("This has more digits than any firm's figures.")
    value = Decimal(text)
    if made.shape == "money":
        value *= dict(SCALES)[made.scale]
    if made.shape == "percent":
        value /= 100
    places = {"money": 2, "whole": 0, "percent": 6}.get(made.shape, 4)
    if value != round(value, places):
        return None, _("A whole number is asked for.") if places == 0 else _("At most %(places)d decimals.") % {"places": places}
    return value, ""
