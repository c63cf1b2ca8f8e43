"""Registered capital as it is written on licences, to amount and currency."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

SCALES = {
    "亿": Decimal(10) ** 8,
    "千万": Decimal(10) ** 7,
    "百万": Decimal(10) ** 6,
    "万": Decimal(10) ** 4,
    "千": Decimal(1000),
    "": Decimal(1),
}
# Longest names first, so that 人民币元 is not read as 元 of nothing.
CURRENCIES = (
    ("人民币", "CNY"), ("美元", "USD"), ("美金", "USD"), ("港币", "HKD"), ("港元", "HKD"), ("欧元", "EUR"), ("日元", "JPY"), ("日圆", "JPY"), ("英镑", "GBP"),
    ("韩元", "KRW"), ("韩圆", "KRW"), ("新台币", "TWD"), ("台币", "TWD"), ("新加坡元", "SGD"), ("新元", "SGD"), ("澳元", "AUD"), ("澳大利亚元", "AUD"),
    ("加拿大元", "CAD"), ("加元", "CAD"), ("瑞士法郎", "CHF"), ("林吉特", "MYR"), ("泰铢", "THB"), ("澳门元", "MOP"), ("RMB", "CNY"), ("CNY", "CNY"),
    ("USD", "USD"), ("US$", "USD"), ("HKD", "HKD"), ("EUR", "EUR"), ("JPY", "JPY"), ("GBP", "GBP"), ("MYR", "MYR"), ("RM", "MYR"), ("SGD", "SGD"), ("¥", "CNY"),
)  # fmt: skip
EMPTY = {"", "-", "--", "—", "n/a", "na", "null", "none", "无", "暂无", "/"}
_FORM = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*\(?\s*(?P<scale>千万|百万|亿|万|千)?")


@dataclass(frozen=True, slots=True)
class Capital:
    """An amount in units of the currency (not in 万); ``note`` says what had to be assumed."""

    amount: Decimal
    currency: str | None
    note: Mapping[str, str] | None = None


class UnableToReadCapital(ValueError):
    """Capital text that holds something, but no amount that can be read."""


def parse_capital(text: str | None, *, home: str = "CNY") -> Capital | None:
    """Read capital text such as ``100(万元人民币)``, ``43.12万人民币``, ``50(万)``, ``USD 1,000,000``.

    Text with a scale but no currency is taken to be in the ``home`` currency, and the note says so; a bare number has
    neither scale nor currency, and its currency stays unknown. Empty words (``N/A``, ``-``) give None.

    Raises:
        UnableToReadCapital: there is text, but no number in it.
    """
    folded = unicodedata.normalize("NFKC", text or "").strip()
    if folded.lower() in EMPTY:
        return None
    compact = re.sub(r"(?<=\d)[,\s](?=\d{3})", "", folded)
    found = _FORM.search(compact)
    if not found:
        raise UnableToReadCapital(f"no amount can be read from {text!r}")
    scale = found.group("scale") or ""
    amount = Decimal(found.group("number")) * SCALES[scale]
    upper = compact.upper()
    currency = next((code for name, code in sorted(CURRENCIES, key=lambda pair: -len(pair[0])) if name in upper), None)
    if currency:
        return Capital(amount, currency)
    if scale or "元" in compact:
        return Capital(amount, home, {"zh": f"原文未写币种，按{home}计。", "en": f"The text names no currency; read as {home}."})
    return Capital(
        amount, None, {"zh": "原文未写单位和币种，币种不明。", "en": "The text names neither scale nor currency; the currency is unknown."}
    )
