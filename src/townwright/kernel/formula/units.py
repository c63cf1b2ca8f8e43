"""Unit algebra: CNY/m2/month × m2 × month = CNY; metres are never added to money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

CURRENCIES = frozenset(
    [
        "CNY",
        "USD",
        "MYR",
        "EUR",
        "GBP",
        "JPY",
        "HKD",
        "TWD",
        "SGD",
        "THB",
        "VND",
        "IDR",
        "KRW",
        "RUB",
        "INR",
        "PKR",
        "EGP",
        "ETB",
        "NGN",
        "ZMW",
        "MUR",
        "LAK",
        "KHR",
        "KZT",
        "UZS",
        "HUF",
        "AUD",
        "CAD",
        "CHF",
        "NZD",
        "PHP",
        "BDT",
        "LKR",
        "AED",
        "SAR",
        "TRY",
        "BYN",
        "PLN",
        "CZK",
        "MXN",
        "BRL",
        "ZAR",
        "KES",
        "TZS",
        "DZD",
        "VES",
        "KGS",
        "TJS",
        "RON",
    ]
)
NAMED = frozenset({"m2", "mu", "month", "year", "day", "person", "tce", "t", "kWh", "m3", "point", "firm", "project"})
DIMENSIONLESS = frozenset({"1", "ratio", ""})


class UnknownUnit(ValueError):
    """A unit that is not in the tables of this module; ``zh`` says it in Chinese."""

    def __init__(self, message: str, zh: str) -> None:
        super().__init__(message)
        self.zh = zh


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of named units, in alphabetical order."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Unit:
        """Read ``CNY/m2/month``, ``person``, ``ratio``.

        Raises:
            UnknownUnit: a name is not known; close names are suggested.
        """
        powers: dict[str, int] = {}
        sign = 1
        for part in re.split(r"([*/])", text.replace(" ", "")):
            if part in "*/" and part:
                sign = 1 if part == "*" else -1
                continue
            if part in DIMENSIONLESS:
                continue
            if part not in NAMED and part not in CURRENCIES:
                near = get_close_matches(part, [*NAMED, *CURRENCIES, "ratio"], n=1)
                hint, hint_zh = (f"; did you mean {near[0]!r}?", f"，是否指“{near[0]}”") if near else ("", "")
                raise UnknownUnit(f"unit {part!r} is not known{hint}", f"没有单位“{part}”{hint_zh}")
            powers[part] = powers.get(part, 0) + sign
        return cls._of(powers)

    @classmethod
    def _of(cls, powers: dict[str, int]) -> Unit:
        return cls(tuple(sorted((name, power) for name, power in powers.items() if power)))

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """Return the product with the other unit (quotient for ``sign=-1``)."""
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + sign * power
        return self._of(powers)

    @property
    def currency(self) -> str | None:
        """The currency, when the unit is just that."""
        if len(self.powers) == 1 and self.powers[0][1] == 1 and self.powers[0][0] in CURRENCIES:
            return self.powers[0][0]
        return None

    def __str__(self) -> str:
        above = [name if power == 1 else f"{name}^{power}" for name, power in self.powers if power > 0]
        below = "".join("/" + (name if power == -1 else f"{name}^{-power}") for name, power in self.powers if power < 0)
        if not above and not below:
            return "ratio"
        return ("*".join(above) or "1") + below


RATIO = Unit()
