"""Named rounding of exact rationals. Every rounding in the product names one of these modes."""

from fractions import Fraction

HALF_UP = "half_up"
HALF_AWAY = "half_away"
HALF_EVEN = "half_even"
FLOOR = "floor"
CEILING = "ceiling"
MODES = (HALF_UP, HALF_AWAY, HALF_EVEN, FLOOR, CEILING)


class UnknownRounding(ValueError):
    """A rounding mode that has no name here."""


def round_fraction(value: Fraction, mode: str) -> int:
    """Round an exact rational to an integer.

    ``half_up`` sends a tie towards plus infinity, ``half_away`` away from zero (四舍五入 of a signed
    amount), ``half_even`` to the even neighbour; ``floor`` and ``ceiling`` are as in arithmetic.

    Raises:
        UnknownRounding: the mode is not one of ``MODES``.
    """
    floor = value.numerator // value.denominator
    rest = value - floor
    if mode == FLOOR:
        return floor
    if mode == CEILING:
        return floor if rest == 0 else floor + 1
    if mode not in MODES:
        raise UnknownRounding(f"rounding {mode!r} is not one of {', '.join(MODES)}")
    half = Fraction(1, 2)
    if rest != half:
        return floor + (1 if rest > half else 0)
    if mode == HALF_UP:
        return floor + 1
    if mode == HALF_AWAY:
        return floor + 1 if value > 0 else floor
    return floor if floor % 2 == 0 else floor + 1
