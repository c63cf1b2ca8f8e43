"""Reconciling a published figure with a measured one, and published figures with each other: exact, and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from townwright.kernel.values.bound import Bound

AGREES, ROUNDED, CONFLICTS, NOT_HERE = "agrees", "agrees after rounding", "conflicts", "cannot be measured here"
VERDICTS = (AGREES, ROUNDED, CONFLICTS, NOT_HERE)


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as printed: value, how firmly it is stated, and the step of its last printed digit."""

    value: Decimal
    bound: Bound
    step: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict and why, in both languages."""

    verdict: str
    why: Mapping[str, str]


def interval(told: Published) -> tuple[Decimal | None, Decimal | None, bool]:
    """Return the values that the statement admits: low, high (None: open), and whether low itself is admitted.

    An exact figure stands for what rounds to it at its printed step. 超过, 逾, 余 are strictly above and below the next
    step; 近 is below, down to half a step less; 约 is one step to either side.
    """
    half = told.step / 2
    if told.bound == Bound.EXACT:
        return told.value - half, told.value + half, True
    if told.bound == Bound.AT_LEAST:
        return told.value, None, True
    if told.bound == Bound.MORE_THAN:
        return told.value, None, False
    if told.bound == Bound.ALMOST:
        return told.value - half, told.value, True
    if told.bound == Bound.ABOUT:
        return told.value - told.step, told.value + told.step, True
    return None, told.value, True


def reconcile(told: Published, measured: Decimal, show: Callable[[Decimal], str] = "{:,}".format) -> Outcome:
    """Return the verdict on a measured value; ``show`` writes a figure in its unit for the reason.

    *agrees*: equal to an exact figure, or on the side that the bound names; *agrees after rounding*: rounds to the printed
    figure, or lies within what 近 and 约 allow; *conflicts* otherwise. A lower bound that is exceeded by far still agrees:
    the words say more, not how much more; the difference is told.
    """
    gap = measured - told.value
    apart = f"{'+' if gap > 0 else '−' if gap < 0 else ''}{show(abs(gap))}"
    shown = {
        "zh": f"测得{show(measured)}，公布{show(told.value)}，相差{apart}",
        "en": f"measured {show(measured)}, published {show(told.value)}, {apart} apart",
    }

    def outcome(verdict: str, zh: str, en: str) -> Outcome:
        return Outcome(verdict, {"zh": f"{shown['zh']}：{zh}。", "en": f"{shown['en']}: {en}."})

    low, high, closed = interval(told)
    if told.bound == Bound.EXACT and gap == 0:
        return outcome(AGREES, "完全一致", "the same")
    above = low is None or measured > low or (closed and measured == low)
    # An upper half step rounds up to the next figure; only 近, 约 and 最高 include their upper end.
    below = high is None or measured < high or (told.bound != Bound.EXACT and measured == high)
    if above and below:
        if told.bound in (Bound.MORE_THAN, Bound.AT_LEAST, Bound.AT_MOST):
            return outcome(AGREES, "在公布的界限之内", "on the side of the bound that was published")
        return outcome(ROUNDED, f"按公布精度{show(told.step)}舍入后一致", f"the same once rounded to the printed step of {show(told.step)}")
    return outcome(CONFLICTS, "超出公布的说法所容许的范围", "outside what the published words allow")


def claims_conflict(one: Published, other: Published) -> bool:
    """Say whether no value could make both statements true, rounding and bounds allowed for.

    近 and 约 are read generously against another statement: a fact told as 近11亿 and as 10.7亿 is the same fact.
    """
    low1, high1, closed1 = interval(one)
    low2, high2, closed2 = interval(other)
    starts = [(low, closed) for low, closed in ((low1, closed1), (low2, closed2)) if low is not None]
    ends = [high for high in (high1, high2) if high is not None]
    if not starts or not ends:
        return False
    low, high = max(start for start, _ in starts), min(ends)
    return low > high or (low == high and not all(closed for start, closed in starts if start == low))


def base_value(value: Decimal, growth: Decimal, value_step: Decimal, growth_step: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Return the base that a growth claim implies, rounded to a millionth of it or 0.01, with the interval from rounding.

    value / (1 + growth); the ends take both printed figures half a step off.
    """
    cent = Decimal("0.01")
    middle = (value / (1 + growth)).quantize(cent)
    low = ((value - value_step / 2) / (1 + growth + growth_step / 2)).quantize(cent)
    high = ((value + value_step / 2) / (1 + growth - growth_step / 2)).quantize(cent)
    return middle, low, high


# What Chinese and English print a figure in, each with the base unit in which it is kept. 1 mu is 10,000/15 m².
_PRINTED = {
    "元": ("CNY", Fraction(1)), "人民币": ("CNY", Fraction(1)), "美元": ("USD", Fraction(1)), "林吉特": ("MYR", Fraction(1)),
    "㎡": ("m2", Fraction(1)), "m²": ("m2", Fraction(1)), "平方米": ("m2", Fraction(1)), "平方公里": ("m2", Fraction(10**6)),
    "公顷": ("m2", Fraction(10**4)), "亩": ("m2", Fraction(10_000, 15)), "人": ("person", Fraction(1)), "家": ("firm", Fraction(1)),
    "%": ("ratio", Fraction(1, 100)),
}  # fmt: skip
_TIMES = (
    ("亿", 10**8), ("千万", 10**7), ("百万", 10**6), ("万", 10**4), ("千", 10**3), ("billion ", 10**9), ("million ", 10**6), ("thousand ", 10**3),
)  # fmt: skip
KEPT = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class InBase:
    """A printed figure in base units. ``exact`` is false where the base has no finite decimal (1 亩 = 666.666… m²)."""

    value: Decimal
    step: Decimal
    unit: str
    exact: bool


def in_base_units(value: Decimal, unit: str, *, step: Decimal | None = None, known: frozenset[str] = frozenset()) -> InBase:
    """Return a figure as it is kept: ``80.36 亿元`` is 8,036,000,000 CNY to a step of 1,000,000.

    ``unit`` is a base unit (``CNY``, ``m2``, one of ``known``), a word (元, 亩, 人) or either after 万, 亿, million …
    ``step`` is in the unit given; without it, it is that of the last digit as written, but never more than one of the unit.
    What has no finite decimal in the base is kept to the nearest millionth, and its step allows for that.

    Raises:
        ValueError: the unit is not known.
    """
    name, times = unit.strip(), Fraction(1)
    if name not in known and name not in _PRINTED:
        for word, times_of in _TIMES:
            if name.startswith(word):
                name, times = name.removeprefix(word).strip(), Fraction(times_of)
                break
    base, factor = _PRINTED.get(name, (name, Fraction(1)))
    if name in known:
        base, factor = name, Fraction(1)
    if base not in known and name not in _PRINTED:
        raise ValueError(unit)
    exponent = value.as_tuple().exponent
    written = Decimal(1).scaleb(min(0, exponent if isinstance(exponent, int) else 0))
    kept, exact = _kept(value, factor * times)
    return InBase(kept, max(_kept(step if step is not None else written, factor * times)[0], Decimal(0) if exact else KEPT), base, exact)


def _kept(value: Decimal, factor: Fraction) -> tuple[Decimal, bool]:
    """Return value times factor to the nearest millionth, halves up, and whether that is the exact product."""
    whole = Fraction(value) * factor * 10**6
    rounded = Decimal(whole.numerator) / Decimal(whole.denominator) if whole.denominator == 1 else None
    if rounded is None:
        up = (2 * abs(whole.numerator) + whole.denominator) // (2 * whole.denominator)
        rounded = Decimal(up if whole >= 0 else -up)
    found = rounded.scaleb(-6)
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize(), whole.denominator == 1
