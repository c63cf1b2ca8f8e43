"""Firm names across spellings: folded, converted, compared, with reasons a person can check."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz

_ZH_FORMS = (
    "股份有限公司", "有限责任公司", "有限公司", "集团股份公司", "股份公司", "合伙企业有限合伙", "合伙企业", "普通合伙", "有限合伙", "个人独资企业",
)  # fmt: skip
_EN_FORMS = re.compile(
    r"\b(co|company|corp|corporation|inc|incorporated|ltd|limited|llc|llp|plc|gmbh|ag|sa|sdn|bhd|pte|pty|pt|bv|nv|oy|ab|srl|spa)\b\.?",
    re.IGNORECASE,
)
_BRANCH = re.compile(
    r"(分公司|分店|分行|支行|分理处|营业部|门市部|经营部|分部|分厂|办事处|代表处|营业厅|连锁店|第[一二三四五六七八九十\d]+(?:店|门市部|营业部))$|分支机构"
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are (0 to 100) and why, in both languages."""

    score: int
    reasons: tuple[Mapping[str, str], ...]


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _simplified(text: str) -> str:
    return str(_converter().convert(text))


def normal_name(name: str) -> str:
    """Return a name in one spelling: half width, simplified, no blanks or punctuation, one word for a limited company."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    if any("\u4e00" <= character <= "\u9fff" for character in folded):
        folded = _simplified(folded)
    folded = "".join(character for character in folded if character.isalnum())
    return folded.replace("有限责任公司", "有限公司")


def core_name(name: str) -> str:
    """Return the normal name without its legal form."""
    core = normal_name(_EN_FORMS.sub(" ", unicodedata.normalize("NFKC", name)))
    for form in _ZH_FORMS:
        if core.endswith(form) and len(core) > len(form):
            return core[: -len(form)]
    return core or normal_name(name)


@cache
def _pinyin(text: str) -> str:
    return "".join(lazy_pinyin(text))


def pinyin_initials(name: str) -> str:
    """Return the initials that people type to find a name: 云栖小镇 → yqxz."""
    return "".join(lazy_pinyin(normal_name(name), style=Style.FIRST_LETTER))[:100]


def name_keys(name: str) -> tuple[str, str]:
    """Return the normal name and the sound of the core: names that share one are worth comparing."""
    return normal_name(name), _pinyin(core_name(name))


def is_branch_name(name: str) -> bool:
    """Say whether the name is a branch's: it is kept apart from its parent."""
    return bool(_BRANCH.search(unicodedata.normalize("NFKC", name).strip()))


def likeness(left: str, right: str) -> Likeness:
    """Score how alike two names are, with reasons; a branch is never like its parent."""
    if is_branch_name(left) != is_branch_name(right):
        return Likeness(0, ({"zh": "一为分支机构，一为法人，不合并。", "en": "One is a branch, the other is not: kept apart."},))
    if left == right:
        return Likeness(100, ({"zh": "名称相同", "en": "same name"},))
    a, b = normal_name(left), normal_name(right)
    if a == b:
        return Likeness(
            98,
            (
                {
                    "zh": "繁简、全半角、括号或“有限（责任）公司”写法不同，其余相同",
                    "en": "same but for script, width, brackets or the word for a limited company",
                },
            ),
        )
    core_a, core_b = core_name(left), core_name(right)
    if core_a == core_b:
        return Likeness(92, ({"zh": "字号相同，组织形式写法不同", "en": "same but for the legal form"},))
    score = int(fuzz.ratio(core_a, core_b))
    if _pinyin(core_a) == _pinyin(core_b):
        return Likeness(max(score, 90), ({"zh": f"读音相同：{core_a}／{core_b}", "en": f"they sound the same: {core_a} / {core_b}"},))
    return Likeness(min(score, 89), ({"zh": f"字面相似度{score}%", "en": f"{score} % of the letters agree"},))
