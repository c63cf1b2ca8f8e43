"""Names in alphabets: their words in one spelling, their legal forms apart, two names aligned word by word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

# A legal form belongs to a kind of entity where it tells one; "company" alone tells none.
_FORMS = {
    "jsc": """plc; public limited company; public ltd company; ag; akg; aktiengesellschaft; jsc; joint stock company; ojsc;
        open joint stock company; cjsc; closed joint stock company; pjsc; public joint stock company; oao; zao; pao; ao;
        aktsionernoe obshchestvo; otkrytoe aktsionernoe obshchestvo; zakrytoe aktsionernoe obshchestvo;
        publichnoe aktsionernoe obshchestvo; sa; societe anonyme; sociedad anonima; sociedade anonima; sas;
        societe par actions simplifiee; spa; societa per azioni; nv; naamloze vennootschap; as; aktieselskab; asa; oyj; pt; tbk;
        perseroan terbatas; kk; kabushiki kaisha; bhd; berhad; se; ead; ad""",
    "llc": """ltd; limited; company limited; private limited; pvt ltd; pte ltd; pty ltd; sdn bhd; sendirian berhad; llc;
        limited liability company; gmbh; mbh; gesellschaft mit beschrankter haftung; ooo;
        obshchestvo s ogranichennoy otvetstvennostyu; srl; societate cu raspundere limitata; societatea cu raspundere limitata;
        societa a responsabilita limitata; sociedad de responsabilidad limitada; sarl; societe a responsabilite limitee; sp z oo; sp zoo;
        spzoo; spolka z ograniczona odpowiedzialnoscia; bv; besloten vennootschap; kft; sro; doo; ood; eood; uab; lda; ltda; aps; tov""",
    "corporation": "inc; incorporated; corp; corporation",
    "partnership": "lp; llp; kg; limited partnership; limited liability partnership; snc",
    "": "co; company; ab; aktiebolag; oy; pvt; pte; pty; private; sdn",
}  # fmt: skip
# Forms that stand before the name; "AG Insurance" and "Limited Brands" do not begin with one.
_LEADING = re.compile(
    r"^(?:pt|ooo|oao|zao|pao|ao|jsc|ojsc|cjsc|pjsc|srl|tov|uab|(?:open |closed |public )?joint stock company|limited liability company"
    r"|obshchestvo s .*|.*aktsionernoe obshchestvo|societatea? cu .*|gesellschaft mit .*|perseroan terbatas|kabushiki kaisha)$"
)
_SHORT = {
    "intl": "international", "natl": "national", "govt": "government", "dept": "department", "mfg": "manufacturing", "univ": "university",
    "assoc": "association", "bros": "brothers", "usa": "us", "first": "1st", "second": "2nd", "third": "3rd",
    **{word: str(number) for number, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)},
}  # fmt: skip
_PHRASES = ((("united", "states"), "us"), (("united", "kingdom"), "uk"))
_IGNORED = {"the", "and"}
_DOTTED = re.compile(r"\b(?:\w\.){2,}\w?")
_APOSTROPHE = re.compile(r"['’ʼ`´]")
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n",
    "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "yu", "я": "ya", "є": "ye", "і": "i", "ї": "yi", "ґ": "g",
}  # fmt: skip
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i"}
_SPELLED = str.maketrans(_CYRILLIC | _LETTERS)
_NUMERAL = re.compile(r"\d|^[ivxlc]{1,6}$")
SHORTEST_TYPO, LONG = 4, 9


@dataclass(frozen=True, slots=True)
class Words:
    """A name's words without its legal form, and the kinds of entity that the form tells (none for a bare "company")."""

    core: tuple[str, ...]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which words of two names stand for each other: equal ones apart, pairs a letter apart, and those left over."""

    misspelt: tuple[tuple[str, str], ...]
    left_over: tuple[str, ...]
    in_order: bool


def _forms() -> dict[tuple[str, ...], str]:
    return {tuple(phrase.split()): kind for kind, told in _FORMS.items() for phrase in (one.strip() for one in told.split(";"))}


_BY_WORDS = _forms()
_LONGEST = max(map(len, _BY_WORDS))


def spelled(name: str) -> str:
    """Return a name in small Latin letters without accents; Cyrillic is transliterated (BGN/PCGN, simplified)."""
    small = unicodedata.normalize("NFKC", name).casefold().translate(_SPELLED)
    bare = "".join(one for one in unicodedata.normalize("NFKD", small) if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare)


def _tokens(name: str) -> list[str]:
    text = _DOTTED.sub(lambda found: found.group(0).replace(".", ""), _APOSTROPHE.sub("", spelled(name)))
    words = [_SHORT.get(word, word) for word in re.split(r"[\W_]+", text) if word and word not in _IGNORED]
    joined: list[str] = []
    letters = False
    for word in words:  # initials written apart (J P Morgan, A/S) are one word
        single = len(word) == 1 and word.isalpha()
        if single and letters:
            joined[-1] += word
        else:
            joined.append(word)
        letters = single
    for phrase, short in _PHRASES:
        for place in range(len(joined) - len(phrase) + 1):
            if tuple(joined[place : place + len(phrase)]) == phrase:
                joined[place : place + len(phrase)] = [short]
                break
    return joined


@lru_cache(maxsize=65_536)
def words_of(name: str) -> Words:
    """Return the words of a name in one spelling, the legal form taken off both ends; a name of nothing else keeps it."""
    whole = _tokens(name)
    core, kinds = list(whole), []
    while len(core) > 1:
        size = next((n for n in range(min(_LONGEST, len(core) - 1), 0, -1) if tuple(core[-n:]) in _BY_WORDS), 0)
        if not size:
            break
        kinds.append(_BY_WORDS[tuple(core[-size:])])
        core = core[:-size]
    for size in range(min(_LONGEST, len(core) - 1), 0, -1):
        form = tuple(core[:size])
        if form in _BY_WORDS and _LEADING.match(" ".join(form)):
            kinds.append(_BY_WORDS[form])
            core = core[size:]
            break
    return Words(tuple(core), frozenset(kinds) - {""})


def _misspelt(one: str, other: str) -> bool:
    """Say whether two words are a letter apart (two in long ones): missing, wrong or swapped. Numbers and short words never are."""
    shorter = min(len(one), len(other))
    if shorter < SHORTEST_TYPO or _NUMERAL.search(one) or _NUMERAL.search(other):
        return False
    most = 2 if shorter >= LONG else 1
    return OSA.distance(one, other, score_cutoff=most) <= most


def align(left: Sequence[str], right: Sequence[str]) -> Alignment:
    """Pair the words of two names, equal ones first, then those a letter apart; the order of words does not matter."""
    rest_left, rest_right = list(left), []
    for word in right:
        if word in rest_left:
            rest_left.remove(word)
        else:
            rest_right.append(word)
    if rest_left and rest_right and "".join(rest_left) == "".join(rest_right):
        rest_left = rest_right = []  # one word here, two there
    misspelt = []
    for word in list(rest_left):
        other = next((one for one in rest_right if _misspelt(word, one)), None)
        if other is not None:
            misspelt.append((word, other))
            rest_left.remove(word)
            rest_right.remove(other)
    one, two = "".join(rest_left), "".join(rest_right)
    if (
        one
        and two
        and not any(_NUMERAL.search(word) for word in rest_left + rest_right)
        and min(len(one), len(two)) >= LONG
        and _misspelt(one, two)
    ):
        misspelt.append((one, two))
        rest_left = rest_right = []
    in_order = "".join(left) == "".join(right) or len(left) != len(right) or _same_places(left, right)
    return Alignment(tuple(misspelt), tuple(rest_left + rest_right), in_order)


def _same_places(left: Sequence[str], right: Sequence[str]) -> bool:
    return all(one == other or _misspelt(one, other) for one, other in zip(left, right, strict=True))
