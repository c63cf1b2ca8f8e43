"""Types of rulebook values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from townwright.kernel.formula.messages import Said
from townwright.kernel.formula.units import RATIO, Unit

NUMBER, TEXT, BOOL, DATE = "number", "text", "bool", "date"
KIND_ZH = {NUMBER: "数值", TEXT: "文本", BOOL: "是否值", DATE: "日期"}
DECLARED = ("money", "number", "ratio", "int", "text", "bool", "date")
# Decimal places that a declared column or variable may hold without saying so.
PLACES = {"money": 2, "number": 4, "ratio": 6, "int": 0}


class UnknownType(ValueError):
    """A type name that the language does not have; ``zh`` says it in Chinese."""

    def __init__(self, message: str, zh: str) -> None:
        super().__init__(message)
        self.zh = zh


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
            raise UnknownType(f"type {word!r} is not one of {', '.join(DECLARED)}", f"类型“{word}”不在 {'、'.join(DECLARED)} 之中")
        if word in (TEXT, BOOL, DATE):
            return cls(word, word=word)
        unit = Unit.parse(unit_text)
        if word == "money" and unit.currency is None:
            raise UnknownType(f"money needs a currency, as in 'money CNY', not {text!r}", f"money 须写明币种，如 money CNY，不能是“{text}”")
        return cls(NUMBER, unit, word, PLACES[word])

    def describe(self) -> str:
        """Return the type as a reader would say it."""
        return f"{self.kind} in {self.unit}" if self.kind == NUMBER else self.kind

    def said(self) -> Said:
        """Return the type in words of both languages."""
        zh = f"数值（{self.unit}）" if self.kind == NUMBER else KIND_ZH[self.kind]
        return Said(zh, self.describe())


def kinds_said(kinds: Iterable[str]) -> Said:
    """Return kinds as "number or date"."""
    told = list(kinds)
    return Said("或".join(KIND_ZH[kind] for kind in told), " or ".join(told))


T_BOOL, T_TEXT, T_DATE = Type(BOOL, word=BOOL), Type(TEXT, word=TEXT), Type(DATE, word=DATE)
