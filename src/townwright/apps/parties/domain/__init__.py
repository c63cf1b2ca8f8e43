"""Pure arithmetic of parties: codes, names, capital."""

from townwright.apps.parties.domain.capital import Capital, parse_capital
from townwright.apps.parties.domain.codes import CodeCheck, check_uscc
from townwright.apps.parties.domain.industries import edition_told, industry_division, industry_section
from townwright.apps.parties.domain.names import Likeness, core_name, is_branch_name, likeness, name_keys, normal_name, pinyin_initials
from townwright.apps.parties.domain.spans import Span, first_overlap

__all__ = [
    "Capital", "CodeCheck", "Likeness", "Span", "check_uscc", "core_name", "edition_told", "first_overlap", "industry_division",
    "industry_section", "is_branch_name", "likeness", "name_keys", "normal_name", "parse_capital", "pinyin_initials",
]  # fmt: skip
