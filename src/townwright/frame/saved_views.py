"""Verbs on the views of lists that people keep for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.models import SavedView

MOST = 30
# What asks for another page or for a file is no way of looking at the list.
LEFT_OUT = frozenset({"page", "export"})


class UnableToKeepView(ValueError):
    """A view cannot be kept or forgotten: says why and what to do."""


def views(zone: Any, user: Any, listing: str) -> QuerySet[SavedView]:
    """Return a person's views of a list by name."""
    return SavedView.objects.in_zone(zone).filter(user=user, listing=listing).order_by("title")


def tidy(query: str) -> str:
    """Return an address's query with what a view keeps of it, empty values left out."""
    told = parse_qsl(query.lstrip("?"))
    return urlencode([(name, value) for name, value in told if name not in LEFT_OUT and value])


def keep_view(*, zone: Any, user: Any, listing: str, title: str, query: str, actor: Actor, at: datetime) -> SavedView:
    """Keep a list's filter, order and columns under a name; the same name again keeps the new ones.

    Raises:
        UnableToKeepView: the name is empty or too long, the query too long, or the person has ``MOST`` views of the list.
    """
    name, asked = title.strip(), tidy(query)
    if not name or len(name) > SavedView._meta.get_field("title").max_length:
        raise UnableToKeepView(_("Give the view a name of 1 to 80 characters."))
    if len(asked) > SavedView._meta.get_field("query").max_length:
        raise UnableToKeepView(_("The filter is too long to be kept. Choose fewer columns or shorter words."))
    with write(verb="views.keep", subject=f"{listing}: {name}", zone=zone, actor=actor, at=at) as told:
        row = views(zone, user, listing).filter(title=name).first()
        if row is None and views(zone, user, listing).count() >= MOST:
            raise UnableToKeepView(_("You keep %(count)d views of this list already. Forget one first.") % {"count": MOST})
        told.old, told.new = ({"query": row.query} if row else {}), {"query": asked}
        if row is not None and row.query == asked:
            told.nothing_changed()
        kept, _made = SavedView.records.update_or_create(zone=zone, user=user, listing=listing, title=name, defaults={"query": asked})
    return kept


def forget_view(*, zone: Any, user: Any, pk: int, actor: Actor, at: datetime) -> str:
    """Forget one of a person's own views and return the list that it was of.

    Raises:
        UnableToKeepView: the person keeps no such view in the zone.
    """
    with write(verb="views.forget", subject="", zone=zone, actor=actor, at=at) as told:
        row = SavedView.objects.in_zone(zone).filter(user=user, pk=pk).first()
        if row is None:
            raise UnableToKeepView(_("You keep no such view."))
        told.subject, told.old, listing = f"{row.listing}: {row.title}", {"query": row.query}, row.listing
        row.delete()
    return listing
