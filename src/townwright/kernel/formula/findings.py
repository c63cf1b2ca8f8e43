"""What the checker says of a rulebook: where, what, why, and a repair, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from townwright.kernel.formula.messages import Telling, tell
from townwright.kernel.values.said import SaidError

ERROR, WARNING, NOTE = "error", "warning", "note"
_SEVERITY_ZH = {ERROR: "错误", WARNING: "警告", NOTE: "提示"}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a rulebook file; lines and columns count from 1."""

    source: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class RulebookFinding:
    """One finding: an error stops the rulebook; a warning or a note does not. ``message`` and ``repair`` are English."""

    severity: str
    place: Place
    message: str
    repair: str = ""
    code: str = ""
    message_zh: str = ""
    repair_zh: str = ""

    @classmethod
    def of(cls, severity: str, place: Place, code_: str, /, **words: object) -> RulebookFinding:
        """Return the finding of a code of the catalogue."""
        return cls.told(severity, place, tell(code_, **words))

    @classmethod
    def told(cls, severity: str, place: Place, telling: Telling) -> RulebookFinding:
        """Return the finding of a message that is already told."""
        message, repair = telling.message, telling.repair
        return cls(severity, place, message.en, repair.en, telling.code, message.zh, repair.zh)

    def text(self, language: str) -> str:
        """Return place, severity, message and repair in the language."""
        if not language.startswith("zh"):
            return str(self)
        return f"{self.place}: {_SEVERITY_ZH[self.severity]}：{self.message_zh or self.message}{self.repair_zh or self.repair}"

    def to_dict(self) -> dict[str, object]:
        """Return the finding JSON-ready."""
        return {
            "severity": self.severity, "code": self.code, "file": self.place.source, "line": self.place.line, "column": self.place.column,
            "message": self.message, "repair": self.repair, "message_zh": self.message_zh, "repair_zh": self.repair_zh,
        }  # fmt: skip

    def __str__(self) -> str:
        tail = f" {self.repair}" if self.repair else ""
        return f"{self.place}: {self.severity}: {self.message}{tail}"


class RulebookRefused(ValueError):
    """The rulebook cannot be used; ``findings`` say why."""

    def __init__(self, findings: Sequence[RulebookFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        return self.message["en"]

    @property
    def message(self) -> dict[str, str]:
        """The findings in both languages."""
        return {word: "\n".join(finding.text(word) for finding in self.findings) for word in ("zh", "en")}


class RulebookNotInForce(RulebookRefused):
    """The rulebook was not in force on the date asked for."""


class FormulaError(ValueError):
    """One fault inside a formula; the reader turns it into a finding with its place."""

    def __init__(self, code: str | Telling, /, *, line: int = 1, column: int = 1, **words: object) -> None:
        self.telling = code if isinstance(code, Telling) else tell(code, **words)
        self.line, self.column = line, column
        super().__init__(self.telling.message.en)

    @property
    def repair(self) -> str:
        """The repair in English."""
        return self.telling.repair.en


class CodedError(SaidError):
    """An error of the catalogue: ``code`` does not change when its words are mended."""

    def __init__(self, code: str | Telling, /, **words: object) -> None:
        self.telling = code if isinstance(code, Telling) else tell(code, **words)
        super().__init__(self.telling.whole.zh, self.telling.whole.en)
        self.args = (self.telling,)  # what a copy in another process is made from

    @property
    def code(self) -> str:
        """The code of the catalogue."""
        return self.telling.code


class UnableToEvaluate(CodedError):
    """Rows do not fit the rulebook: says which entity, which row, and what to do."""
