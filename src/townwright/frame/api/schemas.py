"""Shapes that every operation shares: texts in both languages, exact numbers as text, money with its currency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

LARGEST = 2**63 - 1
_DECIMAL = r"^-?\d{1,18}(\.\d{1,6})?$"
# As a database numbers its rows.
Number = Annotated[int, Field(ge=1, le=LARGEST)]


def _readable(value: Any) -> None:
    """Refuse what no database keeps in a text: NUL, and half of a surrogate pair."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise PydanticCustomError("unreadable_text", "NUL and half characters are no text")
    elif isinstance(value, Mapping):
        for name, one in value.items():
            _readable(name)
            _readable(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _readable(one)


class In(Schema):
    """Base of what a program sends: unknown fields are refused, and so is text that cannot be kept."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def readable(cls, told: Any) -> Any:
        """Refuse NUL and half characters anywhere."""
        _readable(told)
        return told


class Out(Schema):
    """Base of what a program is given."""


def _only_text(value: Any) -> Any:
    if isinstance(value, str | Decimal):
        return value
    raise PydanticCustomError("decimal_text", "a number as text")


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# In: text only, since JSON's own numbers lose digits on the way. Out: without trailing zeros.
DecimalText = Annotated[
    Decimal, BeforeValidator(_only_text), Field(max_digits=24, decimal_places=6), PlainSerializer(_plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _DECIMAL, "examples": ["1234.5"]}),
]  # fmt: skip


def _only_iso(pattern: str, what: str) -> Any:
    form = re.compile(pattern)

    def check(value: Any) -> Any:
        # Numbers would be read as seconds since 1970.
        if isinstance(value, date) or (isinstance(value, str) and form.match(value)):
            return value
        raise PydanticCustomError(what, "ISO 8601 only")  # type: ignore[arg-type]

    return BeforeValidator(check)


Day = Annotated[date, _only_iso(r"^\d{4}-\d{2}-\d{2}$", "date_parsing")]
Instant = Annotated[AwareDatetime, _only_iso(r"^\d{4}-\d{2}-\d{2}T", "datetime_parsing")]


class Texts(Out):
    """A text in both languages."""

    zh: str = ""
    en: str = ""


class Money(Out):
    """An exact amount; ``currency`` is an ISO 4217 code."""

    amount: DecimalText
    currency: str


def money(amount: Decimal | None, currency: str) -> dict[str, Any] | None:
    """Return an amount as money, None where there is none."""
    return None if amount is None else {"amount": amount, "currency": currency}


def texts(told: Any) -> dict[str, str]:
    """Return a text that is kept in both languages; a bare one stands for both, none is empty."""
    if isinstance(told, Mapping):
        return {"zh": str(told.get("zh", "")), "en": str(told.get("en", ""))}
    return {"zh": str(told or ""), "en": str(told or "")}


class FieldError(Out):
    """What is wrong with one field. ``asks`` is true for a question that a repeat with an answer settles."""

    field: str
    message: str
    asks: bool = False


class ProblemBody(Out):
    """A refusal as RFC 9457 tells it. ``type`` is stable; ``title`` and ``detail`` are in the language asked for."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
