"""Words in both languages, and errors that say what they have to say in both."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """Words in both languages; as plain text they are English."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """Return the words in the language."""
        return self.zh if language.startswith("zh") else self.en

    def __str__(self) -> str:
        return self.en


NOTHING = Said("", "")


class SaidError(ValueError):
    """An error in both languages: ``message`` has both, its text is the English one."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.message = {"zh": zh, "en": en}

    @property
    def said(self) -> Said:
        """The message, to be put into another one."""
        return Said(self.message["zh"], self.message["en"])

    def __str__(self) -> str:
        return self.message["en"]
