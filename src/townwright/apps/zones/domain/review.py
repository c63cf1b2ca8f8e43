"""Which figures of a register of zones contradict each other, and what can be added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from townwright.apps.zones.domain.mentions import ACTUAL, Mention, areas_in, investments_in

KM2, YI = Decimal(10**6), Decimal(10**8)
# Texts shorter than this may be alike by chance (一 a bare figure).
COPIED_FROM = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One zone as its register tells it: numbers in km² and 亿 of an unnamed currency, and the same in words."""

    number: int
    name: str
    area_km2: Decimal | None
    area_text: str
    investment_yi: Decimal | None
    investment_text: str
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that does not hold of an entry; ``sums`` says which total it keeps the entry out of ("" for none)."""

    number: int
    name: str
    code: str
    sums: str
    message: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Review:
    """Doubts, the sums that can be made by measure, currency and basis, and how many entries each is of."""

    doubts: tuple[Doubt, ...]
    sums: tuple[tuple[str, str, str, Decimal, int], ...]


def _same(stated: Decimal, told: Decimal, least: int = 0) -> bool:
    """Say whether a figure printed in the column's unit is the one told in words.

    Trailing zeros are not taken as precision (17.00 km² may stand for 17.28), but ``least`` decimals are always compared.
    """
    exponent = stated.normalize().as_tuple().exponent
    places = max(least, -exponent) if isinstance(exponent, int) else least
    return abs(stated - told) * 2 <= Decimal(1).scaleb(-places)


def _doubt(entry: Entry, code: str, sums: str, zh: str, en: str) -> Doubt:
    return Doubt(entry.number, entry.name, code, sums, {"zh": f"{entry.name}：{zh}", "en": f"{entry.name}: {en}"})


def _area_doubts(entry: Entry) -> list[Doubt]:
    stated, told = entry.area_km2, areas_in(entry.area_text)
    if not stated:
        return [_doubt(entry, "area-missing", "area", "面积为空或0，按缺失处理。", "the area is blank or 0, which means missing.")]
    if not told:
        if entry.area_text.strip():
            return [
                _doubt(
                    entry,
                    "area-no-unit",
                    "",
                    f"面积文字“{entry.area_text.strip()[:30]}”没有单位，无从核对。",
                    f"the words {entry.area_text.strip()[:30]!r} name no unit; the area cannot be checked.",
                )
            ]
        return [_doubt(entry, "area-unsupported", "", "面积没有文字说明，无从核对。", "no words support the area.")]
    if any(_same(stated, one.amount / KM2) for one in told):
        return []
    words = "、".join(one.words for one in told)
    return [
        _doubt(
            entry,
            "area-contradicts",
            "area",
            f"面积数为{stated:f}平方公里，文字为{words}，互相矛盾。",
            f"the number says {stated:f} km², the words {words}.",
        )
    ]


def matched_investment(entry: Entry) -> Mention | None:
    """Return the sum in words that the column's number repeats, and so its currency and basis; None if none or several do."""
    if not entry.investment_yi:
        return None
    found = [one for one in investments_in(entry.investment_text) if _same(entry.investment_yi, one.amount / YI, 2)]
    return found[0] if len({(one.unit, one.basis) for one in found}) == 1 else None


def _investment_doubts(entry: Entry) -> list[Doubt]:
    stated = entry.investment_yi
    if not stated:
        return [
            _doubt(
                entry,
                "investment-missing",
                "investment",
                "投资额为空或0，按缺失处理。",
                "the investment is blank or 0, which means missing.",
            )
        ]
    told = investments_in(entry.investment_text)
    if not told:
        return [
            _doubt(
                entry,
                "investment-no-currency",
                "investment",
                f"投资数{stated:f}没有文字说明，币种不明。",
                f"no words support the investment of {stated:f}; its currency is unknown.",
            )
        ]
    found: list[Doubt] = []
    if matched_investment(entry) is None:
        words = "、".join(one.words for one in told)
        found.append(
            _doubt(
                entry,
                "investment-contradicts",
                "investment",
                f"投资数为{stated:f}亿，文字为{words}，对不上。",
                f"the number says {stated:f} × 10⁸, the words {words}.",
            )
        )
    elsewhere = investments_in(entry.area_text)
    for other in elsewhere:
        for one in told:
            if one.amount == other.amount and one.unit != other.unit:
                found.append(
                    _doubt(
                        entry,
                        "currency-contradicts",
                        "investment",
                        f"同一数额一处写{one.words}，一处写{other.words}，币种矛盾。",
                        f"one sum is told as {one.words} and as {other.words}: the currencies contradict.",
                    )
                )
    return found


def _place_doubts(entry: Entry) -> list[Doubt]:
    if entry.latitude is None or entry.longitude is None:
        return []
    if entry.latitude == 0 and entry.longitude == 0:
        return [_doubt(entry, "no-place", "", "经纬度均为0，按缺失处理。", "latitude and longitude are both 0, which means missing.")]
    if entry.latitude == entry.longitude:
        return [
            _doubt(
                entry,
                "place-repeated",
                "",
                f"纬度与经度同为{entry.latitude}，疑为误填。",
                f"latitude and longitude are both {entry.latitude}: one was typed twice.",
            )
        ]
    return []


def _shared(entries: Sequence[Entry]) -> list[Doubt]:
    """Find zones entered twice, and words copied from one zone to another."""
    by_name: dict[str, list[Entry]] = defaultdict(list)
    by_text: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_name[entry.name].append(entry)
        if len(entry.area_text.strip()) >= COPIED_FROM:
            by_text[entry.area_text.strip()].append(entry)
    found: list[Doubt] = []
    for same in by_name.values():
        for entry in same[1:]:
            found.append(
                _doubt(
                    entry,
                    "duplicate",
                    "area investment",
                    f"与第{same[0].number}行是同一园区，只计一次。",
                    f"the same zone as row {same[0].number}; counted once.",
                )
            )
    for same in by_text.values():
        if len({entry.name for entry in same}) > 1:
            rows = "、".join(str(entry.number) for entry in same)
            found.extend(
                _doubt(
                    entry,
                    "copied",
                    "",
                    f"面积说明与第{rows}行相同，疑为抄录。",
                    f"the words on its area stand in rows {rows} alike: copied.",
                )
                for entry in same
            )
    return found


def review(entries: Sequence[Entry]) -> Review:
    """Return what is doubtful in a register, and what adds up.

    An area enters the sum unless it is missing, contradicted or told twice. An investment enters the sum of its currency
    and basis only where its own words repeat the number, once: planned and actual, dollars and yuan are never added.
    """
    doubts = [doubt for entry in entries for doubt in (*_area_doubts(entry), *_investment_doubts(entry), *_place_doubts(entry))]
    doubts += _shared(entries)
    out = {(doubt.number, measure) for doubt in doubts for measure in doubt.sums.split()}
    sums: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for entry in entries:
        if (entry.number, "area") not in out and entry.area_km2:
            sums["area", "m2", "stated"].append(entry.area_km2 * KM2)
        if (entry.number, "investment") not in out:
            told = matched_investment(entry)
            if told is not None:
                sums["investment", told.unit, told.basis].append(told.amount)
        for one in investments_in(entry.investment_text):
            if one.basis == ACTUAL and (entry.number, "investment") not in out and one != matched_investment(entry):
                sums["investment", one.unit, ACTUAL].append(one.amount)
    ordered = sorted(doubts, key=lambda doubt: (doubt.number, doubt.code))
    return Review(tuple(ordered), tuple((*key, sum(values, Decimal(0)), len(values)) for key, values in sorted(sums.items())))
