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

from townwright.apps.parties.domain.words import align, words_of

_ZH_FORMS = (
    "股份有限公司", "有限责任公司", "有限公司", "集团股份公司", "股份公司", "合伙企业有限合伙", "合伙企业", "普通合伙", "有限合伙", "个人独资企业",
)  # fmt: skip
_BRANCH = re.compile(
    r"(支公司|分公司|分店|分行|支行|分理处|营业部|门市部|经营部|分部|分厂|办事处|代表处|营业厅|连锁店|第[一二三四五六七八九十\d]+(?:店|门市部|营业部))$|分支机构"
    # A name that goes on after its legal form: …有限公司黄龙路店, …供销合作社农具部.
    r"|.{2}(?:公司|供销社|供销合作社).*(?:店|部|厂|馆|站|所|处|中心|商场|药房|支局)$"
)
# Words that firms translate in the Latin spelling of a name; the rest is pinyin.
_TRADES = {
    "technology": ("科技", "技术"), "technologies": ("科技", "技术"), "tech": ("科技", "技术"), "network": ("网络",), "networks": ("网络",), "information": ("信息",),
    "software": ("软件",), "electronics": ("电子",), "electronic": ("电子",), "intelligent": ("智能",), "media": ("传媒",), "culture": ("文化",), "trading": ("贸易", "商贸"),
    "trade": ("贸易", "商贸"), "investment": ("投资",), "consulting": ("咨询",), "design": ("设计",), "medical": ("医疗",), "group": ("集团",), "data": ("数据",), "cloud": ("云",),
    "digital": ("数字",), "industrial": ("实业", "工业"), "development": ("发展", "开发"), "import": ("进口",), "export": ("出口",), "games": ("游戏",), "biotech": ("生物科技",),
}  # fmt: skip
_SMALLER = ("省", "市", "区", "县")
DOUBTFUL = 84


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
    if has_han(folded):
        folded = _simplified(folded)
    folded = "".join(character for character in folded if character.isalnum())
    return folded.replace("有限责任公司", "有限公司")


def has_han(name: str) -> bool:
    """Say whether a name holds a Chinese character."""
    return any("\u4e00" <= character <= "\u9fff" for character in unicodedata.normalize("NFKC", name))


def core_name(name: str) -> str:
    """Return the normal name without its legal form; a name in an alphabet in small Latin letters."""
    if not has_han(name):
        return "".join(words_of(name).core) or normal_name(name)
    core = normal_name(name)
    for form in _ZH_FORMS:
        if core.endswith(form) and len(core) > len(form):
            return core[: -len(form)]
    return core


@cache
def _pinyin(text: str) -> str:
    return "".join(lazy_pinyin(text))


def pinyin_initials(name: str) -> str:
    """Return the initials that people type to find a name: 云栖小镇 → yqxz."""
    return "".join(lazy_pinyin(normal_name(name), style=Style.FIRST_LETTER))[:100]


def name_keys(name: str) -> tuple[str, str]:
    """Return the normal name and the sound of the core: names that share one are worth comparing.

    The sound of a name in an alphabet is its words without accents and legal form, the word for a trade in pinyin.
    """
    if has_han(name):
        return normal_name(name), _pinyin(core_name(name))
    sound = "".join(_pinyin(_TRADES[word][0]) if word in _TRADES else word for word in words_of(name).core)
    return normal_name(name), sound or normal_name(name)


def is_branch_name(name: str) -> bool:
    """Say whether the name is a branch's: it is kept apart from its parent."""
    return bool(_BRANCH.search(unicodedata.normalize("NFKC", name).strip()))


def likeness(left: str, right: str) -> Likeness:
    """Score how alike two names are, with reasons; a branch is never like its parent."""
    if is_branch_name(left) != is_branch_name(right):
        return Likeness(0, ({"zh": "一为分支机构，一为法人，不合并。", "en": "One is a branch, the other is not: kept apart."},))
    if left == right:
        return Likeness(100, ({"zh": "名称相同", "en": "same name"},))
    han = has_han(left), has_han(right)
    if han == (True, True):
        return _chinese(left, right)
    if han == (False, False):
        return _foreign(left, right)
    return _across(left, right) if han[0] else _across(right, left)


def _chinese(left: str, right: str) -> Likeness:
    if normal_name(left) == normal_name(right):
        zh = "繁简、全半角、括号或“有限（责任）公司”写法不同，其余相同"
        return Likeness(98, ({"zh": zh, "en": "same but for script, width, brackets or the word for a limited company"},))
    core_a, core_b = core_name(left), core_name(right)
    if core_a == core_b:
        return Likeness(92, ({"zh": "字号相同，组织形式写法不同", "en": "same but for the legal form"},))
    score = int(fuzz.ratio(core_a, core_b))
    if _pinyin(core_a) == _pinyin(core_b):
        return Likeness(max(score, 90), ({"zh": f"读音相同：{core_a}／{core_b}", "en": f"they sound the same: {core_a} / {core_b}"},))
    return Likeness(min(score, 89), ({"zh": f"字面相似度{score}%", "en": f"{score} % of the letters agree"},))


def _foreign(left: str, right: str) -> Likeness:
    if normal_name(left) == normal_name(right):
        return Likeness(98, ({"zh": "大小写、空格或标点写法不同，其余相同", "en": "same but for capitals, blanks and punctuation"},))
    a, b = words_of(left), words_of(right)
    told = align(a.core, b.core)
    if told.left_over:
        score = int(fuzz.token_sort_ratio(" ".join(a.core), " ".join(b.core)))
        over = ", ".join(told.left_over)
        return Likeness(
            min(score, DOUBTFUL),
            ({"zh": f"字面相似度{score}%，对不上的词：{over}", "en": f"{score} % of the letters agree; left over: {over}"},),
        )
    score, reasons = 92, [{"zh": "名称相同，组织形式或拼写不同", "en": "same but for the legal form or the spelling"}]
    if not told.in_order:
        score, reasons = 90, [{"zh": "用词相同，次序不同", "en": "the same words in another order"}]
    if told.misspelt:
        pairs = ", ".join(f"{one}/{other}" for one, other in told.misspelt)
        score, reasons = 87, [{"zh": f"相差一两个字母：{pairs}", "en": f"a letter or two apart: {pairs}"}]
    if a.kinds and b.kinds and not a.kinds & b.kinds:
        # A parent and its subsidiary often differ in nothing but the form: Deutsche Bank AG, Deutsche Bank GmbH.
        score = DOUBTFUL
        reasons.append(
            {"zh": "组织形式的种类不同，可能是母公司与子公司", "en": "but legal forms of different kinds: perhaps parent and subsidiary"}
        )
    return Likeness(score, tuple(reasons))


def _across(chinese: str, foreign: str) -> Likeness:
    """Compare a Chinese name with one in Latin letters: pinyin, with the words for a trade translated."""
    core, words = core_name(chinese), list(words_of(foreign).core)
    for word in [one for one in words if one in _TRADES]:
        found = next((trade for trade in _TRADES[word] if trade in core), "")
        if found and core != found:
            core = core.replace(found, "", 1)
        if (found or word == "group") and len(words) > 1:
            words.remove(word)
    sounds = {_pinyin(core), _pinyin("".join(character for character in core if character not in _SMALLER))}
    latin = "".join(words)
    if latin and latin in sounds:
        return Likeness(88, ({"zh": f"外文名是中文名的拼音：{latin}", "en": f"the Latin name is the pinyin of the Chinese one: {latin}"},))
    score = int(max(fuzz.ratio(latin, sound) for sound in sounds))
    return Likeness(min(score, DOUBTFUL), ({"zh": f"与拼音的相似度{score}%", "en": f"{score} % of the letters of the pinyin agree"},))
