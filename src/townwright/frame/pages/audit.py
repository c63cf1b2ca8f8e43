"""Who did what, when, with the old and the new value: searched, paged, taken as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from townwright.frame.doors import Filters, Listing, ListTable, choice, show_list, subjects, zone_page
from townwright.frame.models import AuditEntry
from townwright.frame.permissions import may
from townwright.frame.terms import audit_words, codes_like, term, verb_name, verbs

UNBROKEN = {"td": {"class": "text-nowrap"}}
WORDS = {"td": {"class": "text"}}
LONGEST_LIST, LONGEST, MOST_CHANGES = 8, 160, 8


class AuditTable(ListTable):
    """Entries of the audit trail; ``_tell`` has put the words of subject and changes on each."""

    at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=gettext_lazy("When"), attrs=UNBROKEN)
    actor_label = tables.Column(verbose_name=gettext_lazy("Who"))
    verb = tables.Column(verbose_name=gettext_lazy("What"), attrs=WORDS)
    subject = tables.Column(verbose_name=gettext_lazy("Whose"), attrs=WORDS)
    changes = tables.Column(verbose_name=gettext_lazy("Old → new"), orderable=False, empty_values=(), attrs=WORDS)
    old = tables.Column(verbose_name=gettext_lazy("Old"), orderable=False, attrs=WORDS)
    new = tables.Column(verbose_name=gettext_lazy("New"), orderable=False, attrs=WORDS)
    reason = tables.Column(verbose_name=gettext_lazy("Reason"), attrs=WORDS)
    actor = tables.Column(verbose_name=gettext_lazy("Signed in as"))

    hidden = ("old", "new", "reason", "actor")

    def value_verb(self, record: AuditEntry) -> str:
        """Say in words what was done."""
        return verb_name(record.verb, get_language() or "en")

    def render_verb(self, record: AuditEntry) -> str:
        """Say in words what was done, and why."""
        return format_html('<span title="{}">{}</span> {}', record.verb, self.value_verb(record), record.reason)

    def value_subject(self, record: Any) -> str:
        """Name whom it was done to."""
        return " ".join(text for text, _address in record.told_subject)

    def render_subject(self, record: Any) -> str:
        """Name whom it was done to, a firm with a link to its file."""
        return format_html_join(
            " ", "{}", ((format_html('<a href="{}">{}</a>', at, text) if at else text,) for text, at in record.told_subject)
        )

    def value_changes(self, record: Any) -> str:
        """Tell what changed as a line."""
        return "; ".join(f"{name}: {old} → {new}" if old else f"{name}: {new}" for name, old, new in record.told_changes)

    def render_changes(self, record: Any) -> str:
        """Tell what changed, a field a line."""
        short = ((name, Truncator(old).chars(LONGEST), Truncator(new).chars(LONGEST) or "—") for name, old, new in record.told_changes)
        lines = [(name, format_html("<del>{}</del> → ", old) if old else "", new) for name, old, new in short]
        told = format_html_join("", '<div><span class="text-secondary">{}</span> {}{}</div>', lines[:MOST_CHANGES])
        more = len(lines) - MOST_CHANGES
        return told if more <= 0 else format_html("{}<div>{}</div>", told, _("and %(count)d more") % {"count": more})

    def value_old(self, record: AuditEntry) -> str:
        """Give the old values as they are kept."""
        return json.dumps(record.old, ensure_ascii=False, sort_keys=True)

    def value_new(self, record: AuditEntry) -> str:
        """Give the new values as they are kept."""
        return json.dumps(record.new, ensure_ascii=False, sort_keys=True)

    def render_old(self, record: AuditEntry) -> str:
        """Show the old values as they are kept."""
        return self.value_old(record)

    def render_new(self, record: AuditEntry) -> str:
        """Show the new values as they are kept."""
        return self.value_new(record)


class AuditFilters(Filters):
    """What the trail can be narrowed to."""

    q = forms.CharField(label=gettext_lazy("Any word, in old and new values too"), max_length=100)
    who = forms.CharField(label=gettext_lazy("Who"), max_length=100)
    verb = choice(gettext_lazy("What"))
    subject = forms.CharField(label=gettext_lazy("Whose: firm, code, user name"), max_length=100)
    since = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    def prepare(self) -> None:
        """Offer the verbs in the reader's language."""
        self.fields["verb"].choices = [*self.fields["verb"].choices, *verbs(self.language)]


@zone_page("audit.view")
def audit(request: HttpRequest, zone: Any) -> HttpResponse:
    """Show who did what, when; take what the search leaves as a file, which is itself an entry."""
    people = may(request.user, "people.view", zone)
    listing = Listing(
        "audit", AuditTable, partial(_rows, zone), filters=AuditFilters, export="audit.export", empty=gettext_lazy("No entry fits."),
        tell=partial(_tell, zone, people, request.LANGUAGE_CODE),
    )  # fmt: skip
    return show_list(request, zone, listing, "frame/audit.html")


def _rows(
    zone: Any, q: str = "", who: str = "", verb: str = "", subject: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[AuditEntry]:
    """Return the entries that the search leaves, newest first; days are the zone's."""
    rows, here = AuditEntry.objects.in_zone(zone).order_by("-at", "-id"), ZoneInfo(zone.time_zone)
    if who:
        rows = rows.filter(Q(actor__icontains=who) | Q(actor_label__icontains=who))
    if verb:
        rows = rows.filter(Q(verb=verb) | Q(verb__startswith=f"{verb}."))
    if subject:
        rows = rows.filter(Q(subject__icontains=subject) | _of_firm(zone, subject))
    if q:
        rows = rows.annotate(old_text=Cast("old", TextField()), new_text=Cast("new", TextField())).filter(_anywhere(q))
    if since:
        rows = rows.filter(at__gte=datetime.combine(since, time.min, here))
    if until and until < date.max:
        rows = rows.filter(at__lt=datetime.combine(until + timedelta(days=1), time.min, here))
    return rows


def _of_firm(zone: Any, typed: str) -> Q:
    try:
        return Q(subject__contains=subjects().find(zone, typed))
    except LookupError:
        return Q()


def _anywhere(q: str) -> Q:
    """Return the condition that an entry holds the text anywhere, its verb as people read it included."""
    told = Q(verb__icontains=q) | Q(verb__in=codes_like("verb", q))
    for column in ("subject", "actor_label", "reason"):
        told |= Q(**{f"{column}__icontains": q})
    # SQLite keeps JSON with other than plain letters written as \uXXXX; PostgreSQL keeps the letters.
    for text in {q, json.dumps(q)[1:-1]}:
        told |= Q(old_text__icontains=text) | Q(new_text__icontains=text)
    return told


def _tell(zone: Any, people: bool, language: str, rows: list[Any]) -> None:
    """Put on each entry what its subject and its values are called; names are read once for all of them."""
    lent, words = subjects(), audit_words(language)
    names = lent.names(zone, {word for one in rows for word in _keys(one)}, people)
    for one in rows:
        one.told_subject = [
            (names[word], lent.address(zone.code, word)) if word in names else (words.get(word, word), "") for word in one.subject.split()
        ]
        one.told_changes = _changes(one, words, names, language)


def _keys(entry: AuditEntry) -> list[str]:
    """Return the words of an entry that may be keys of parties."""
    values = [value for told in (entry.old, entry.new) for value in (told or {}).values()]
    return [*entry.subject.split(), *(value for value in values if isinstance(value, str) and ":" in value)]


def _changes(entry: AuditEntry, words: Mapping[str, str], names: Mapping[str, str], language: str) -> list[tuple[str, str, str]]:
    old, new = entry.old or {}, entry.new or {}
    changed = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    return [(words.get(name, name), *(_text(name, told.get(name), names, language) for told in (old, new))) for name in changed]


def _text(name: str, value: Any, names: Mapping[str, str], language: str) -> str:
    """Return a value as people read it: roles and rights in words, parties by name, a long list counted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and value in names:
        return names[value]
    if name == "role":
        return term("role", value, language)
    if isinstance(value, list):
        told = [term("right", one, language) for one in value] if name == "rights" else value
        return f"[{len(told)}]" if len(told) > LONGEST_LIST else ", ".join(map(str, told))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
