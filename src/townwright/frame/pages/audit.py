"""Who did what, when, with the old and the new value: searched, paged, exported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from townwright.frame.doors import export, subjects, zone_page
from townwright.frame.models import AuditEntry
from townwright.frame.permissions import may
from townwright.frame.terms import audit_words, codes_like, term, verb_name, verbs

FILTERS = ("q", "who", "verb", "subject", "from", "to")
COLUMNS = ("at", "actor", "actor_label", "verb", "subject", "old", "new", "reason")
LONGEST_LIST = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an entry's subject as people read it; ``address`` where it is a party with a file."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as people read it: ``changes`` are (what, old, new)."""

    entry: AuditEntry
    verb: str
    subject: list[Word]
    changes: list[tuple[str, str, str]]


@zone_page("audit.view")
def audit(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show who did what, when; export what the search leaves, which is itself an entry."""
    chosen = {name: request.GET.get(name, "").strip() for name in FILTERS}
    rows, faults = _found(zone, chosen)
    may_export = may(request.user, "audit.export", zone)
    # A file cannot tell that a day was not understood: the page does, and gives none.
    if request.GET.get("export") and not faults:
        if not may_export:
            raise PermissionDenied("audit.export")
        return export(request, zone, "audit", COLUMNS, _lines(rows, ZoneInfo(zone.time_zone)))
    page, language = Paginator(rows, 50).get_page(request.GET.get("page")), get_language() or "en"
    people = may(request.user, "people.view", zone)
    names = subjects().names(zone, {word for one in page for word in one.subject.split()}, people)
    words = audit_words(language)
    context = {
        "page": page, "shown": [_shown(one, names, words, zone.code, language) for one in page], "chosen": chosen, "faults": faults, "may_export": may_export,
        "verbs": verbs(language),
    }  # fmt: skip
    return render(request, "frame/audit.html", context)


def _found(zone: Any, chosen: Mapping[str, str]) -> tuple[QuerySet[AuditEntry], list[str]]:
    """Return the entries that the search leaves, newest first, and what of it was not understood."""
    rows, faults = AuditEntry.objects.in_zone(zone).order_by("-at", "-id"), []
    if chosen["who"]:
        rows = rows.filter(Q(actor__icontains=chosen["who"]) | Q(actor_label__icontains=chosen["who"]))
    if chosen["verb"]:
        rows = rows.filter(Q(verb=chosen["verb"]) | Q(verb__startswith=chosen["verb"] + "."))
    if chosen["subject"]:
        rows = rows.filter(Q(subject__icontains=chosen["subject"]) | _of_firm(zone, chosen["subject"]))
    if chosen["q"]:
        rows = rows.annotate(old_text=Cast("old", TextField()), new_text=Cast("new", TextField())).filter(_anywhere(chosen["q"]))
    here = ZoneInfo(zone.time_zone)
    for name, side, days in (("from", "at__gte", 0), ("to", "at__lt", 1)):
        if chosen[name]:
            try:
                day = date.fromisoformat(chosen[name]) + timedelta(days=days)
            except (ValueError, OverflowError):
                faults.append(_("“%(typed)s” is not a date: write it as in 2016-12-31.") % {"typed": chosen[name]})
                continue
            rows = rows.filter(**{side: datetime.combine(day, time.min, here)})
    return rows, faults


def _of_firm(zone: Any, typed: str) -> Q:
    try:
        return Q(subject__contains=subjects().find(zone, typed))
    except LookupError:
        return Q()


def _anywhere(q: str) -> Q:
    """Return the condition that an entry holds the text anywhere, its verb as people read it included."""
    # SQLite keeps JSON with other than plain letters written as \\uXXXX; PostgreSQL keeps the letters.
    texts = {q, json.dumps(q)[1:-1]}
    told = (
        Q(verb__icontains=q)
        | Q(verb__in=codes_like("verb", q))
        | Q(subject__icontains=q)
        | Q(actor_label__icontains=q)
        | Q(reason__icontains=q)
    )
    for text in texts:
        told |= Q(old_text__icontains=text) | Q(new_text__icontains=text)
    return told


def _shown(entry: AuditEntry, names: Mapping[str, str], words: Mapping[str, str], zone_code: str, language: str) -> Shown:
    address = subjects().address
    told = [Word(names[word], address(zone_code, word)) if word in names else Word(words.get(word, word)) for word in entry.subject.split()]
    old, new = entry.old or {}, entry.new or {}
    changed = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    changes = [
        (words.get(name, name), _text(_coded(name, old.get(name), language)), _text(_coded(name, new.get(name), language)))
        for name in changed
    ]
    return Shown(entry, verb_name(entry.verb, language), told, changes)


def _coded(name: str, value: Any, language: str) -> Any:
    """Return codes of roles and rights in words."""
    if name == "role" and value is not None:
        return term("role", value, language)
    return [term("right", one, language) for one in value] if name == "rights" and value else value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return f"[{len(value)}]" if len(value) > LONGEST_LIST else ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _lines(rows: Iterable[AuditEntry], here: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for one in rows.iterator() if isinstance(rows, QuerySet) else rows:
        told = (json.dumps(part, ensure_ascii=False, sort_keys=True) for part in (one.old, one.new))
        yield one.at.astimezone(here).isoformat(timespec="seconds"), one.actor, one.actor_label, one.verb, one.subject, *told, one.reason
