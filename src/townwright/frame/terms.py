"""Codes and figures as people read them, in either language; the terms themselves are data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import yaml
from babel import Locale, UnknownLocaleError

from townwright.frame.text import in_language
from townwright.rulebooks import read_text

_LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
_NAMERS: dict[str, Callable[[str], Mapping[str, str] | None]] = {}
_WORDS: list[Callable[[], Mapping[str, Mapping[str, str]]]] = []
_SCALES = (("亿", Decimal(10) ** 8), ("万", Decimal(10) ** 4))


@cache
def _terms() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return yaml.safe_load(read_text("vocabulary/terms.yaml"))  # type: ignore[no-any-return]


def word_of(language: str) -> str:
    """Return ``zh`` or ``en`` for a language code."""
    return "zh" if language.startswith("zh") else "en"


def term(group: str, code: Any, language: str) -> str:
    """Return a code of the group in words; a code that has none is shown as it stands."""
    found = _terms().get(group, {}).get(str(code))
    return str(code) if found is None else found[word_of(language)]


def codes(group: str) -> tuple[str, ...]:
    """Return the codes of a group in the order of the file."""
    return tuple(_terms().get(group, {}))


def codes_like(group: str, words: str) -> list[str]:
    """Return the codes of a group whose words, in either language, contain what a person typed."""
    wanted = words.casefold()
    return [code for code, told in _terms().get(group, {}).items() if any(wanted in text.casefold() for text in told.values())]


def name_verbs(kind: str, name_of: Callable[[str], Mapping[str, str] | None]) -> None:
    """Take from an app how the rest of an audit verb reads that begins with ``kind``, as ``import.yearly-return`` does."""
    _NAMERS[kind] = name_of


def verb_name(code: str, language: str) -> str:
    """Return what an audit entry's verb did; an import names what it imported where an app has told its name."""
    kind, _, name = code.partition(".")
    told = term("verb", code, language)
    named = _NAMERS[kind](name) if told == code and kind in _NAMERS else None
    return told if named is None else f"{term('verb', kind, language)} {in_language(named, language)}"


def verbs(language: str) -> list[tuple[str, str]]:
    """Return the verbs of audit entries that have words, by the words."""
    found = [(code, told[word_of(language)]) for code, told in _terms()["verb"].items()]
    return sorted(found, key=lambda one: one[1])


def name_words(words: Callable[[], Mapping[str, Mapping[str, str]]]) -> None:
    """Take from an app the words of what it writes into audit entries: datasets and their fields, by code."""
    _WORDS[:] = [words]


def audit_words(language: str) -> dict[str, str]:
    """Return the words for codes that stand in subjects and values of audit entries, read once for a whole page."""
    told = {code: texts[word_of(language)] for code, texts in _terms()["detail"].items()}
    for words in _WORDS:
        told.update((code, in_language(texts, language)) for code, texts in words().items())
    return told


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES[word_of(language)])


def country_name(code: str, language: str) -> str:
    """Return the name of an ISO 3166 country, or the code."""
    return _locale(language).territories.get(code.upper(), code)


def currency_name(code: str, language: str) -> str:
    """Return the name of an ISO 4217 currency, or the code."""
    return _locale(language).currencies.get(code.upper(), code)


def language_name(code: str, language: str) -> str:
    """Return the name of a language, or the code."""
    try:
        return Locale.parse(code, sep="-").get_display_name(_LOCALES[word_of(language)]) or code
    except (UnknownLocaleError, ValueError):
        return code


def unit_name(unit: str, language: str) -> str:
    """Return a unit such as ``CNY/m2/month`` in words (元/㎡/月); nothing for a bare number or a ratio."""
    if unit in ("", "1", "ratio"):
        return ""
    return "/".join(_one_unit(part, language) for part in unit.split("/"))


def _one_unit(part: str, language: str) -> str:
    if word_of(language) == "zh" and part in _locale(language).currencies:
        return "元" if part == "CNY" else _locale(language).currencies[part]
    return term("unit", part, language)


def digits(value: Any) -> str:
    """Return an exact decimal with thousands parted and without trailing zeros."""
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figure(value: Any, unit: str, language: str) -> str:
    """Return a figure exactly, with its unit: 481 家, 75.26%, 336,020,000 元. Missing is a dash."""
    if value is None:
        return "—"
    if unit == "ratio":
        return f"{digits(Decimal(value) * 100)}%"
    named = unit_name(unit, language)
    return f"{digits(value)} {named}" if named else digits(value)


def short_figure(value: Any, unit: str, language: str) -> str:
    """Return money in 亿 or 万 where Chinese readers expect it and nothing is lost by it; any other figure whole."""
    if value is None or word_of(language) != "zh" or unit not in _locale(language).currencies:
        return figure(value, unit, language)
    for word, scale in _SCALES:
        scaled = Decimal(value) / scale
        if abs(scaled) >= 1 and scaled == round(scaled, 4):
            return f"{digits(scaled)} {word}{unit_name(unit, language)}"
    return figure(value, unit, language)


_WORDS_EN = (("billion", Decimal(10) ** 9), ("million", Decimal(10) ** 6))


def brief_parts(value: Any, unit: str, language: str) -> tuple[str, str]:
    """Return a figure as a headline has it, to three or four digits, number and unit apart: 80.36亿 and 元, 8.04 billion and CNY.

    The exact figure stands elsewhere.
    """
    if value is None:
        return "—", ""
    exact, named, chinese = Decimal(value), unit_name(unit, language), word_of(language) == "zh"
    if unit == "ratio":
        return figure(exact, unit, language), ""
    if unit == "m2" and abs(exact) >= 10**6:
        return digits((exact / 10**6).quantize(Decimal("0.01"))), unit_name("km2", language)
    for word, scale in (_SCALES if chinese else _WORDS_EN) if abs(exact) >= 100_000 else ():
        if abs(exact) >= scale:
            scaled = digits((exact / scale).quantize(Decimal("0.01")))
            return f"{scaled}{word}" if chinese else f"{scaled} {word}", named
    return digits(exact), named


def brief_figure(value: Any, unit: str, language: str) -> str:
    """Return a figure as a headline has it, in one text."""
    number, named = brief_parts(value, unit, language)
    apart = "" if number[-1:] in ("万", "亿") else " "
    return f"{number}{apart}{named}".strip()


def area_km2(value: Any, language: str) -> str:
    """Return an area in m² as km², as a town is told."""
    return figure(Decimal(value) / 10**6, "km2", language)
