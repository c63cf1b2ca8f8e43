"""One search over all rooms: parties, people, policies, returns, awards, figures and claims, as far as a person may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Q
from django.urls import reverse

from townwright.apps.filings import selectors as filings
from townwright.apps.incentives import selectors as incentives
from townwright.apps.indicators import selectors as indicators
from townwright.apps.parties import selectors as parties
from townwright.apps.parties.domain import normal_name, pinyin_initials
from townwright.apps.snapshots import selectors as snapshots
from townwright.frame.permissions import may
from townwright.frame.terms import short_figure, term
from townwright.frame.text import in_language

MOST = 20
# Returns and awards are found by whose they are: of so many parties that answer to the words.
OF_PARTIES = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: what it is called, what is worth knowing beside that, and where it opens."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind, the likeliest first; ``more`` where there is more than is shown."""

    kind: str
    hits: tuple[Hit, ...]
    more: bool


class Asked:
    """What was asked for; the parties that answer are looked up once, for all kinds that hang on them."""

    def __init__(self, zone: Any, q: str, language: str) -> None:
        self.zone, self.q, self.language = zone, q, language

    @cached_property
    def parties(self) -> list[Any]:
        """The likeliest parties, people left out: as many as are shown, and one more."""
        return list(parties.search_parties(self.zone, self.q)[: MOST + 1])


def search(user: Any, zone: Any, q: str, language: str, *, most: int = MOST) -> list[Found]:
    """Return what answers to the words, by kind, each kind only to who may see it; kinds without a hit are left out.

    The queries do not grow with the register: one for each kind.
    """
    term = q.strip()
    if not normal_name(term):
        return []
    found, asked = [], Asked(zone, term, language)
    for kind, permission, ask in KINDS:
        if may(user, permission, zone):
            hits = tuple(islice(ask(asked), most + 1))
            if hits:
                found.append(Found(kind, hits[:most], len(hits) > most))
    return found


def _firms(asked: Asked) -> Iterator[Hit]:
    for row in asked.parties:
        yield Hit(
            row.name,
            " · ".join(filter(None, (str(row.get_kind_display()), row.name_en))),
            reverse("firm-file", args=[asked.zone.code, row.key]),
        )


def _people(asked: Asked) -> Iterator[Hit]:
    for row in parties.search_parties(asked.zone, asked.q, people=True)[: MOST + 1]:
        yield Hit(row.name, row.name_en, f"{reverse('people', args=[asked.zone.code])}?q={row.name}")


def _policies(asked: Asked) -> Iterator[Hit]:
    for row in incentives.newest_rulebooks(asked.zone):
        if _named(asked.q, row.code, row.title):
            yield Hit(
                in_language(row.title, asked.language), f"{row.code} · {row.version}", reverse("policy", args=[asked.zone.code, row.code])
            )


def _filings(asked: Asked) -> Iterator[Hit]:
    ids = {row.pk for row in asked.parties[:OF_PARTIES]}
    ids |= {lost for lost, stands in parties.survivors(asked.zone).items() if stands in ids}
    titles = {name: in_language(told.title, asked.language) for name, told in filings.definitions().items()}
    named = [name for name, told in filings.definitions().items() if _named(asked.q, name, told.title)]
    whose = Q(party_id__in=ids) | Q(dataset__in=named)
    for row in filings.inbox(asked.zone).filter(whose)[: MOST + 1]:
        detail = f"{titles.get(row.dataset, row.dataset)} {row.period} · {row.get_status_display()}"
        yield Hit(row.party.name, detail, reverse("filing", args=[asked.zone.code, row.pk]))


def _awards(asked: Asked) -> Iterator[Hit]:
    keys = [row.key for row in asked.parties[:OF_PARTIES]]
    titles = incentives.titles(asked.zone)
    named = [code for code, title in titles.items() if _named(asked.q, code, title)]
    for row in (
        incentives.awards(asked.zone)
        .filter(Q(party_key__in=keys) | Q(policy__in=named))
        .order_by("-year", "policy", "party_name", "-pk")[: MOST + 1]
    ):
        title = in_language(titles.get(row.policy, {}), asked.language) or row.policy
        amount = short_figure(row.granted_amount, row.currency, asked.language)
        yield Hit(
            row.party_name,
            f"{title} {row.year} · {amount} · {row.get_status_display()}",
            reverse("working", args=[asked.zone.code, row.assessment_id]),
        )


def _figures(asked: Asked) -> Iterator[Hit]:
    try:
        frozen = snapshots.latest(asked.zone)
    except snapshots.UnknownSnapshot:
        return
    for row in indicators.figures(asked.zone, frozen):
        if _named(asked.q, row.code, row.label):
            detail = f"{frozen.period} · {short_figure(row.value, row.unit, asked.language)}"
            yield Hit(in_language(row.label, asked.language), detail, reverse("figure", args=[asked.zone.code, row.code]))


def _claims(asked: Asked) -> Iterator[Hit]:
    for row in indicators.claims(asked.zone):
        if _named(asked.q, row.system, row.label) or asked.q.casefold() in row.quote.casefold():
            bound = term("bound", row.bound, asked.language)
            detail = f"{bound} {short_figure(row.value, row.unit, asked.language)} · {row.source}"
            title = in_language(row.label, asked.language)
            yield Hit(title, detail, f"{reverse('claims', args=[asked.zone.code])}?q={title}")


def _named(q: str, code: str, texts: Any) -> bool:
    """Say whether the words are part of a code, of a title in either language, or of its pinyin initials."""
    words, said = q.casefold(), list(texts.values())
    initials: Iterable[str] = map(pinyin_initials, said) if len(q) > 1 and q.isascii() and q.isalpha() else ()
    return words in code.casefold() or any(words in text.casefold() for text in said) or any(words in one for one in initials)


KINDS: tuple[tuple[str, str, Callable[[Asked], Iterator[Hit]]], ...] = (
    ("firms", "parties.view", _firms), ("people", "people.view", _people), ("policies", "policies.view", _policies),
    ("filings", "filings.view", _filings), ("awards", "assessments.view", _awards), ("figures", "figures.view", _figures),
    ("claims", "figures.view", _claims),
)  # fmt: skip
