"""Every message of the checker and of the evaluator, in both languages, under a code that does not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from townwright.kernel.formula.messages.files import FILES
from townwright.kernel.formula.messages.formulas import FORMULAS
from townwright.kernel.formula.messages.judgements import JUDGEMENTS
from townwright.kernel.formula.messages.places import PLACES
from townwright.kernel.formula.messages.running import RUNNING
from townwright.kernel.values.said import NOTHING, Said

CATALOGUE: Mapping[str, tuple[str, ...]] = {**FILES, **PLACES, **FORMULAS, **JUDGEMENTS, **RUNNING}


@dataclass(frozen=True, slots=True)
class Telling:
    """A message with its repair, in both languages."""

    code: str
    message: Said
    repair: Said

    @property
    def whole(self) -> Said:
        """The message followed by the repair."""
        return Said(f"{self.message.zh}{self.repair.zh}", f"{self.message.en} {self.repair.en}".rstrip())


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
