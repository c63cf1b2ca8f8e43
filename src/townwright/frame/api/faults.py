"""From an error to a refusal: what input lacks, in both languages, and what the town's verbs refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja.errors import HttpError, Throttled, ValidationError

from townwright.frame.problems import Problem
from townwright.frame.text import in_language

_HOUSE = "townwright."
# What pydantic found, in words for people; {} are its own figures.
_WORDS = {
    "missing": _("This is required."),
    "extra_forbidden": _("There is no such field: leave it out."),
    "string_type": _("Write it as text, in quotation marks."),
    "string_too_short": _("The least is %(min_length)s characters."),
    "string_too_long": _("The most is %(max_length)s characters."),
    "string_pattern_mismatch": _("It does not have the form %(pattern)s."),
    "int_type": _("Write a whole number."),
    "int_parsing": _("Write a whole number."),
    "int_from_float": _("Write a whole number."),
    "int_parsing_size": _("The number is too large."),
    "bool_type": _("Write true or false."),
    "bool_parsing": _("Write true or false."),
    "date_type": _("Write a date as in 2016-12-31."),
    "date_parsing": _("Write a date as in 2016-12-31."),
    "date_from_datetime_parsing": _("Write a date as in 2016-12-31."),
    "date_from_datetime_inexact": _("Write a date as in 2016-12-31."),
    "datetime_type": _("Write a time as in 2016-12-31T09:00:00Z."),
    "datetime_parsing": _("Write a time as in 2016-12-31T09:00:00Z."),
    "datetime_from_date_parsing": _("Write a time as in 2016-12-31T09:00:00Z."),
    "timezone_aware": _("Write a time with its zone, as in 2016-12-31T09:00:00Z."),
    "decimal_parsing": _('Write a number as text, as in "1234.50".'),
    "decimal_text": _('Write a number as text, as in "1234.50".'),
    "greater_than_equal": _("The least is %(ge)s."),
    "greater_than": _("It must be more than %(gt)s."),
    "less_than_equal": _("The most is %(le)s."),
    "enum": _("Choose one of %(expected)s."),
    "literal_error": _("Choose one of %(expected)s."),
    "list_type": _("Write a list."),
    "too_long": _("The most is %(max_length)s entries."),
    "too_short": _("The least is %(min_length)s entries."),
    "dict_type": _("Write an object."),
    "model_type": _("Write an object."),
    "model_attributes_type": _("Write an object."),
    "unreadable_text": _("NUL and half characters are no text."),
}
_OTHER = _("It does not hold (%(type)s).")


def problem_of(fault: BaseException) -> Problem | None:
    """Return the refusal that an error stands for; None for a fault of the program, which is not to be dressed up as one."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, ValidationError):
        return Problem("invalid", gettext("Some of the input does not hold; see errors."), [_field_error(one) for one in fault.errors])
    if isinstance(fault, Throttled):
        return Problem("too-many-requests")
    if isinstance(fault, Http404 | ObjectDoesNotExist):
        return Problem("not-found")
    if isinstance(fault, RequestDataTooBig):
        return Problem("too-large")
    if isinstance(fault, DjangoValidationError):
        return Problem("invalid", " ".join(fault.messages))
    if isinstance(fault, HttpError):
        return Problem("csrf" if fault.status_code == 403 else "malformed")
    return _domain_problem(fault)


def _domain_problem(fault: BaseException) -> Problem | None:
    """Return what a verb or a question of the town refused."""
    if not type(fault).__module__.startswith(_HOUSE):
        return None
    if isinstance(fault, LookupError):
        return Problem("not-found", _text(fault))
    if not isinstance(fault, ValueError | RuntimeError):
        return None
    errors = [
        {"field": f"body.values.{name}", "message": in_language(message), "asks": asks}
        for asks, told in ((False, getattr(fault, "faults", None)), (True, getattr(fault, "questions", None)))
        if isinstance(told, Mapping)
        for name, message in told.items()
    ]
    name = getattr(fault, "field", "")
    if isinstance(name, str) and name:
        errors.append({"field": f"body.{name}", "message": _text(fault)})
    return Problem("refused", _text(fault), errors)


def _text(fault: BaseException) -> str:
    message = getattr(fault, "message", None)
    return in_language(message) if isinstance(message, Mapping) else str(fault)


def _field_error(told: Mapping[str, Any]) -> dict[str, str]:
    """Return one finding of the input's check in the language in force; ``field`` is its place, as in body.values.output."""
    place = [str(part) for part in told["loc"]]
    # Behind the name of the source stands the parameter's own, which a program never wrote.
    inner = place[:1] + place[2:] if place[0] in ("body", "form", "file") and len(place) > 2 else place
    words = _WORDS.get(told["type"], _OTHER)
    figures = {**told.get("ctx", {}), "type": told["type"]}
    try:
        message = gettext(words) % figures
    except (KeyError, ValueError):
        message = gettext(_OTHER) % figures
    return {"field": ".".join(inner), "message": message}
