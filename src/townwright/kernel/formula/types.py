"""Types of rulebook values."""

from __future__ import annotations

from dataclasses import dataclass

from townwright.kernel.formula.units import RATIO, Unit

NUMBER, TEXT, BOOL, DATE = "number", "text", "bool", "date"
DECLARED = ("money", "number", "ratio", "int", "text", "bool", "date")
# Decimal places that a declared column or variable may hold without saying so.
PLACES = {"money": 2, "number": 4, "ratio": 6, "int": 0}


class UnknownType(ValueError):
    """A type name that the language does not have."""


@dataclass(frozen=True, slots=True)
class Type:
    """A kind, a unit for numbers, and the declared word (``money``, ``int``…) for display and checks.

    ``places`` counts the decimals that an exact value can need; None means an unrounded quotient.
    ``literal`` marks a bare literal number, ``zero`` the literal 0, which fits any unit.
    """

    kind: str
    unit: Unit = RATIO
    word: str = ""
    places: int | None = 0
    literal: bool = False
    zero: bool = False

    @classmethod
    def declared(cls, text: str) -> Type:
        """Read ``money CNY``, ``number m2``, ``ratio``, ``int person``, ``text``, ``bool``, ``date``.

        Raises:
            UnknownType: the first word is not a type, or money names no currency.
            UnknownUnit: the unit is not known.
        """
        word, _, unit_text = text.strip().partition(" ")
        if word not in DECLARED:
            raise UnknownType(f"type {word!r} is not one of {', '.join(DECLARED)}")
        if word in (TEXT, BOOL, DATE):
            return cls(word, word=word)
        unit = Unit.parse(unit_text)
        if word == "money" and unit.currency is None:
            raise UnknownType(f"money needs a currency, as in 'money CNY', not {text!r}")
        return cls(NUMBER, unit, word, PLACES[word])

    def describe(self) -> str:
        """Return the type as a reader would say it."""
        return f"{self.kind} in {self.unit}" if self.kind == NUMBER else self.kind


T_BOOL, T_TEXT, T_DATE = Type(BOOL, word=BOOL), Type(TEXT, word=TEXT), Type(DATE, word=DATE)
