"""Industry codes with their edition: the same code means different things in different editions."""

from __future__ import annotations

import re

# GB/T 4754-2017: the last division of each section. Source: sections and divisions of the standard.
_SECTIONS_2017 = (
    ("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("E", 47, 50), ("F", 51, 52), ("G", 53, 60), ("H", 61, 62), ("I", 63, 65), ("J", 66, 69),
    ("K", 70, 70), ("L", 71, 72), ("M", 73, 75), ("N", 76, 79), ("O", 80, 82), ("P", 83, 83), ("Q", 84, 85), ("R", 86, 90), ("S", 91, 96), ("T", 97, 97),
)  # fmt: skip
# GB/T 4754-2011 ends four sections elsewhere: 51 of G is railways of division 53 there too; N has no division 79, O holds 79-81.
_SECTIONS_2011 = (
    ("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("E", 47, 50), ("F", 51, 52), ("G", 53, 60), ("H", 61, 62), ("I", 63, 65), ("J", 66, 69),
    ("K", 70, 70), ("L", 71, 72), ("M", 73, 75), ("N", 76, 78), ("O", 79, 81), ("P", 82, 82), ("Q", 83, 84), ("R", 85, 89), ("S", 90, 95), ("T", 96, 96),
)  # fmt: skip
# ISIC Rev.4 (United Nations, 2008).
_SECTIONS_ISIC4 = (
    ("A", 1, 3), ("B", 5, 9), ("C", 10, 33), ("D", 35, 35), ("E", 36, 39), ("F", 41, 43), ("G", 45, 47), ("H", 49, 53), ("I", 55, 56), ("J", 58, 63),
    ("K", 64, 66), ("L", 68, 68), ("M", 69, 75), ("N", 77, 82), ("O", 84, 84), ("P", 85, 85), ("Q", 86, 88), ("R", 90, 93), ("S", 94, 96), ("T", 97, 98),
    ("U", 99, 99),
)  # fmt: skip
EDITIONS = {("GB/T4754", "2017"): _SECTIONS_2017, ("GB/T4754", "2011"): _SECTIONS_2011, ("ISIC", "Rev.4"): _SECTIONS_ISIC4}
# Classes whose meaning changed between editions, as a warning to who compares them.
MEANINGS = {
    ("2011", "6540"): "数据处理和存储服务", ("2017", "6540"): "运行维护服务", ("2011", "6550"): "集成电路设计", ("2017", "6550"): "信息处理和存储支持服务",
    ("2011", "3963"): "集成电路制造", ("2017", "3963"): "智能无人飞行器制造",
}  # fmt: skip


class UnknownIndustry(ValueError):
    """A code or edition that the tables do not hold."""


def edition_told(text: str | None) -> tuple[str, str]:
    """Return scheme and edition for words such as ``2017``, ``GB/T 4754-2011`` or ``ISIC Rev.4``; none gives GB/T 4754-2017.

    Raises:
        UnknownIndustry: the words name an edition that the tables do not hold.
    """
    told = (text or "").strip()
    if not told:
        return "GB/T4754", "2017"
    upper = told.upper()
    if "ISIC" in upper or "REV" in upper:
        found = re.search(r"(?:ISIC|REV)\D*(\d)", upper)
        edition = ("ISIC", f"Rev.{found.group(1)}" if found else "Rev.4")
    else:
        year = re.search(r"(?:19|20)\d\d", upper)
        edition = ("GB/T4754", year.group(0) if year else told)
    if edition not in EDITIONS:
        raise UnknownIndustry(f"{told!r} is not an edition known here: {', '.join(' '.join(one) for one in EDITIONS)}.")
    return edition


def industry_division(code: str) -> str:
    """Return the two-digit division of a code; a leading section letter is passed over."""
    digits = code.strip().upper().lstrip("ABCDEFGHIJKLMNOPQRSTU")
    if len(digits) < 2 or not digits.isdigit():
        raise UnknownIndustry(f"{code!r} is not an industry code: two to four digits, with or without a section letter.")
    return digits[:2]


def industry_section(code: str, *, scheme: str = "GB/T4754", edition: str = "2017") -> str:
    """Return the section letter of a code in the edition.

    Raises:
        UnknownIndustry: the edition is not known, or the division is not in it.
    """
    sections = EDITIONS.get((scheme, edition))
    if sections is None:
        raise UnknownIndustry(f"{scheme} {edition} is not an edition known here: {', '.join(' '.join(one) for one in EDITIONS)}.")
    division = int(industry_division(code))
    for letter, first, last in sections:
        if first <= division <= last:
            return letter
    raise UnknownIndustry(f"division {division:02d} of {code!r} is not in {scheme} {edition}.")
