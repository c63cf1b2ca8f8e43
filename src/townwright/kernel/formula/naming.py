"""Names: what may be one, what merely looks like one, and which one was probably meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from townwright.kernel.formula.messages import NOTHING, Said, Telling, tell

# Cyrillic and Greek letters that a reader cannot tell from Latin ones.
LOOK_ALIKES = dict(
    zip(
        "аеорсухіјѕԁԛԝһӏАВЕКМНОРСТХІЈЅҮαοορυνιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxijsdqwhlABEKMHOPCTXIJSYaoopuviABEZHIKMNOPTYX",
        strict=True,
    )
)
_NAME = re.compile(r"^[^\W\d]\w*$")
_HAN = {"CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC"}
# More names than this are not searched for a near one: a rulebook of ten thousand wrong names must be told in bounded time.
MOST_SEARCHED = 3000


def normalised(text: str) -> str:
    """Return the text in NFC, so that a letter typed in two strokes is the same letter."""
    return unicodedata.normalize("NFC", text)


def _script(letter: str) -> str:
    word = unicodedata.name(letter, "UNKNOWN").split(" ")[0]
    return "Han" if word in _HAN else word.capitalize()


def _letter_name(letter: str) -> str:
    return unicodedata.name(letter, f"U+{ord(letter):04X}").title()


def name_fault(name: str) -> Telling | None:
    """Return what is wrong with a name, None if nothing is.

    Chinese with Latin is fine; a Latin name with a Cyrillic or Greek letter in it, full-width letters, unseen characters
    and signs are not.
    """
    hidden = hidden_character(name)
    if hidden is not None:
        return hidden[1]
    dressed = unicodedata.normalize("NFKC", name)
    if dressed != normalised(name):
        return tell("full-width", name=name, wanted=dressed)
    scripts = sorted({_script(letter) for letter in name if letter.isalpha()})
    plain = "".join(LOOK_ALIKES.get(letter, letter) for letter in name)
    foreign = next((letter for letter in name if letter in LOOK_ALIKES), "")
    whole = all(letter in LOOK_ALIKES for letter in name if letter.isalpha())
    if foreign and ("Latin" in scripts or whole):
        return tell("look-alike", name=name, letter=foreign, letter_name=_letter_name(foreign), latin=LOOK_ALIKES[foreign], wanted=plain)
    if len([script for script in scripts if script not in ("Han", "Latin")]) and len(scripts) > 1:
        return tell("mixed-script", name=name, scripts=" + ".join(scripts))
    if not _NAME.match(name):
        return tell("bad-name", name=name)
    return None


def hidden_character(text: str) -> tuple[int, Telling] | None:
    """Return where an unseen character stands (direction marks, zero-width signs, controls), with the message."""
    if text.isascii() and text.isprintable():
        return None
    for place, letter in enumerate(text):
        if letter in "\n\t\r":
            continue
        if unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cn", "Zl", "Zp"):
            return place, tell("hidden-character", point=f"U+{ord(letter):04X}", letter_name=_letter_name(letter))
    return None


def suggestion(name: str, known: Iterable[str]) -> Said:
    """Return a did-you-mean, or what there is to choose from."""
    choices = sorted(set(known))
    if len(choices) > MOST_SEARCHED:
        choices = [one for one in choices if abs(len(one) - len(name)) <= 2 and one[:1] == name[:1]][:MOST_SEARCHED]
    near = get_close_matches(name, choices, n=1, cutoff=0.6)
    if near:
        return Said(f"是否指“{near[0]}”？", f"Did you mean {near[0]!r}?")
    return listing(choices) if choices else NOTHING


def listing(choices: list[str]) -> Said:
    """Return what there is to choose from."""
    more = "…" if len(choices) > 12 else ""
    return Said(f"可用的有 {'、'.join(choices[:12])}{more}。", f"There is {', '.join(choices[:12])}{more}.") if choices else NOTHING
