"""Every message of the checker, in both languages, under a code that does not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from townwright.kernel.formula.messages.files import FILES
from townwright.kernel.formula.messages.formulas import FORMULAS
from townwright.kernel.formula.messages.judgements import JUDGEMENTS
from townwright.kernel.formula.messages.places import PLACES

CATALOGUE: Mapping[str, tuple[str, ...]] = {**FILES, **PLACES, **FORMULAS, **JUDGEMENTS}


@dataclass(frozen=True, slots=True)
class Said:
    """Words in both languages, to be put into a message."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """Return the words in the language."""
        return self.zh if language.startswith("zh") else self.en


NOTHING = Said("", "")


@dataclass(frozen=True, slots=True)
class Telling:
    """A message with its repair, in both languages."""

    code: str
    message: Said
    repair: Said


def tell(code: str, /, **words: object) -> Telling:
    """Return the message of the code with the words put in; ``hint``, where given, is the repair or follows it.

    Raises:
        KeyError: there is no message of that code.
    """
    en, zh, *repair = CATALOGUE[code]
    repair_en, repair_zh = repair or ("", "")
    hint = words.pop("hint", NOTHING)
    assert isinstance(hint, Said)
    message = Said(_filled(zh, words, "zh"), _filled(en, words, "en"))
    parts_zh = "".join(filter(None, (_filled(repair_zh, words, "zh"), hint.zh)))
    parts_en = " ".join(filter(None, (_filled(repair_en, words, "en"), hint.en)))
    return Telling(code, message, Said(parts_zh, parts_en))


def _filled(template: str, words: Mapping[str, object], language: str) -> str:
    return template.format(**{name: word.text(language) if isinstance(word, Said) else word for name, word in words.items()})


__all__ = ["CATALOGUE", "NOTHING", "Said", "Telling", "tell"]
