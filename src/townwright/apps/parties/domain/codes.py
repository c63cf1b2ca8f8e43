"""The unified social credit code (GB 32100-2015) and the organisation code inside it (GB 11714)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Registering department → entity types that it registers. Source: the table of GB 32100 as kept by uscc-utils 0.7.0.
DEPARTMENTS: Mapping[str, str] = {
    "1": "1239", "2": "1", "3": "123459", "4": "1", "5": "1239", "6": "12", "7": "12", "8": "1", "9": "123", "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip
LOOKALIKES = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}


@dataclass(frozen=True, slots=True)
class CodeWarning:
    """One thing that is odd about a code, in both languages."""

    code: str
    message: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """A code in its normal spelling, and what is odd about it; ``ok`` when nothing is."""

    value: str
    warnings: tuple[CodeWarning, ...]

    @property
    def ok(self) -> bool:
        """Nothing is odd about the code."""
        return not self.warnings


def uscc_check_character(first17: str) -> str:
    """Return the 18th character for the first seventeen (GB 32100-2015)."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first8: str) -> str:
    """Return the check character of an organisation code (GB 11714): 10 is X, 11 is 0."""
    total = sum(ORGANISATION_ALPHABET.index(c) * w for c, w in zip(first8, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def normal_code(text: str) -> str:
    """Return a code in capitals and half width, without blanks and hyphens."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in folded if not character.isspace() and character not in "-－_")


def check_uscc(text: str) -> CodeCheck:
    """Check a unified social credit code, letters in any place included.

    A code that fails is a warning for a person to judge, never a wall: some codes issued in the early pilots fail the
    check and are lawful all the same.
    """
    value = normal_code(text)
    warnings: list[CodeWarning] = []

    def warn(code: str, zh: str, en: str) -> None:
        warnings.append(CodeWarning(code, {"zh": zh, "en": en}))

    if len(value) != 18:
        warn(
            "length",
            f"统一社会信用代码应为18位，“{value}”有{len(value)}位，请核对营业执照。",
            f"A unified social credit code has 18 characters; {value!r} has {len(value)}. Compare with the licence.",
        )
        return CodeCheck(value, tuple(warnings))
    strange = sorted({character for character in value if character not in ALPHABET})
    if strange:
        better = "".join(LOOKALIKES.get(character, character) for character in value)
        if all(character in ALPHABET for character in value[:17]):
            better = value[:17] + uscc_check_character(value[:17])
        zh_hint = f"是否应为“{better}”？" if better != value else "请核对营业执照。"
        en_hint = f"Is it {better}?" if better != value else "Compare with the licence."
        warn(
            "alphabet",
            f"代码中不应出现{'、'.join(strange)}。{zh_hint}",
            f"The code holds {', '.join(strange)}, which no code uses. {en_hint}",
        )
        return CodeCheck(value, tuple(warnings))
    return CodeCheck(value, (*warnings, *_standard_warnings(value)))


def _standard_warnings(value: str) -> list[CodeWarning]:
    """Return where a code of the right letters and length departs from the standard."""
    warnings: list[CodeWarning] = []

    def warn(code: str, zh: str, en: str) -> None:
        warnings.append(CodeWarning(code, {"zh": zh, "en": en}))

    if value[1] not in DEPARTMENTS.get(value[0], ""):
        warn(
            "department",
            f"登记管理部门与机构类别“{value[:2]}”不在标准之列。",
            f"Department and type {value[:2]!r} are not in the standard.",
        )
    if not value[2:8].isdigit():
        warn("region", f"行政区划码“{value[2:8]}”不是六位数字。", f"The region {value[2:8]!r} is not six digits.")
    wanted = organisation_check_character(value[8:16])
    if wanted != value[16]:
        warn(
            "organisation",
            f"主体标识码校验位应为{wanted}，实为{value[16]}。",
            f"The organisation code's check character should be {wanted}, not {value[16]}.",
        )
    wanted = uscc_check_character(value[:17])
    if wanted != value[17]:
        warn(
            "check",
            f"校验位应为{wanted}，实为{value[17]}；早期试点代码可说明原因后予以认可。",
            f"The check character should be {wanted}, not {value[17]}; an early pilot code can be accepted with a reason.",
        )
    return warnings
