"""What the checker says of a rulebook: where, what, why, and a repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


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
    """One finding: an error stops the rulebook, a warning does not."""

    severity: str
    place: Place
    message: str
    repair: str = ""
    code: str = ""

    def __str__(self) -> str:
        tail = f" {self.repair}" if self.repair else ""
        return f"{self.place}: {self.severity}: {self.message}{tail}"


class RulebookRefused(ValueError):
    """The rulebook cannot be used; ``findings`` say why."""

    def __init__(self, findings: Sequence[RulebookFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in findings))


class RulebookNotInForce(RulebookRefused):
    """The rulebook was not in force on the date asked for."""


class FormulaError(ValueError):
    """One fault inside a formula; the reader turns it into a finding with its place."""

    def __init__(self, message: str, repair: str = "", *, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.repair, self.line, self.column = repair, line, column


class UnableToEvaluate(ValueError):
    """Rows do not fit the rulebook: says which entity, which row, and what to do."""
