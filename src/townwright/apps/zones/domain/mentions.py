"""Figures that free text mentions: areas in m², investments in units of a currency, planned or actual."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

PLANNED, ACTUAL, STATED = "planned", "actual", "stated"
_AREA_UNITS = {
    "平方公里": Decimal(10**6), "公顷": Decimal(10**4), "万平方米": Decimal(10**4), "平方米": Decimal(1), "亩": Decimal(10_000) / 15,
}  # fmt: skip
_SCALES = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "": 1}
_CURRENCIES = {
    "美元": "USD",
    "美金": "USD",
    "欧元": "EUR",
    "人民币": "CNY",
    "元人民币": "CNY",
    "元": "CNY",
    "林吉特": "MYR",
    "英镑": "GBP",
    "日元": "JPY",
}
_AREA = re.compile(r"(\d+(?:\.\d+)?)\s*(" + "|".join(_AREA_UNITS) + ")")
_MONEY = re.compile(r"(\d+(?:\.\d+)?)\s*(千万|百万|亿|万)?\s*(元人民币|美元|美金|欧元|人民币|林吉特|英镑|日元|元)")
_WORDS = ((PLANNED, ("计划", "规划", "预计", "拟", "总体")), (ACTUAL, ("实际", "完成", "累计", "已投", "已开发", "投入")))


@dataclass(frozen=True, slots=True)
class Mention:
    """An amount with its unit (``m2`` or a currency), whether planned or actual, and the words it came from."""

    amount: Decimal
    unit: str
    basis: str
    words: str


def _basis(before: str) -> str:
    """Read planned or actual from the nearest word before the figure, within its sentence."""
    clause = re.split(r"[。；;]", before)[-1]
    found = [(clause.rfind(word), basis) for basis, words in _WORDS for word in words if word in clause]
    return max(found)[1] if found else STATED


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text or "").replace("約", "约")


def areas_in(text: str) -> list[Mention]:
    """Return the areas that a text mentions."""
    folded = _folded(text)
    return [
        Mention(Decimal(found.group(1)) * _AREA_UNITS[found.group(2)], "m2", _basis(folded[: found.start()]), found.group(0))
        for found in _AREA.finditer(folded)
    ]


def investments_in(text: str) -> list[Mention]:
    """Return the sums of money that a text mentions."""
    folded = _folded(text)
    return [
        Mention(
            Decimal(found.group(1)) * _SCALES[found.group(2) or ""],
            _CURRENCIES[found.group(3)],
            _basis(folded[: found.start()]),
            found.group(0),
        )
        for found in _MONEY.finditer(folded)
    ]
