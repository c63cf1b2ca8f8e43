"""Verbs on a town's marks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.parties.domain import Span
from townwright.apps.parties.models import Party, Tag
from townwright.apps.parties.selectors.vocabulary import tag_slug
from townwright.apps.parties.services.facts import UnableToChangeParty, check_apart, check_forward, day, locked
from townwright.frame.actors import Actor
from townwright.frame.audit import write


def tag_party(*, zone: Any, party: Party, tag: str, from_on: date, actor: Actor, at: datetime, to_on: date | None = None) -> Tag:
    """Put a town's mark on a party from a date; a mark that holds already on that day is left as it is.

    ``tag`` is a slug, a known label, or a word of the town's own; ``to_on`` is the first day without it.

    Raises:
        UnableToChangeParty: no mark is told or it is too long, the span holds no day, or the same mark is on record for part of it.
    """
    slug = checked_tag(tag, "tag")
    check_forward(Span(from_on, to_on), name=party.name, field="to_on")
    with write(verb="parties.tag", subject=party.key, zone=zone, actor=actor, at=at) as told:
        locked(zone, party)
        rows = list(Tag.records.filter(party=party, tag=slug).order_by("from_on"))
        held = next((row for row in rows if Span(row.from_on, row.to_on).holds(from_on)), None)
        if held is not None and to_on in (None, held.to_on):
            told.nothing_changed()
            return held
        check_apart(
            Span(from_on, to_on), [Span(row.from_on, row.to_on) for row in rows], name=party.name, what=_("the tag “%(tag)s”") % {"tag": slug},
            field="from_on",
        )  # fmt: skip
        told.new = {"tag": slug, "from": day(from_on), "to": day(to_on)}
        return Tag.records.create(zone=zone, party=party, tag=slug, from_on=from_on, to_on=to_on)


def end_tag(*, zone: Any, party: Party, tag: str, to_on: date, actor: Actor, at: datetime) -> Tag:
    """Take a mark off a party; ``to_on`` is its first day without. Repeated, it changes nothing.

    Raises:
        UnableToChangeParty: the party does not bear the mark on the day before.
    """
    slug = tag_slug(tag)
    with write(verb="parties.tag.end", subject=party.key, zone=zone, actor=actor, at=at) as told:
        locked(zone, party)
        rows = list(Tag.records.filter(party=party, tag=slug, from_on__lt=to_on).order_by("from_on"))
        ended = next((row for row in rows if row.to_on == to_on), None)
        if ended is not None:
            told.nothing_changed()
            return ended
        row = next((one for one in rows if Span(one.from_on, one.to_on).holds(to_on)), None)
        if row is None:
            known = {"name": party.name, "tag": slug, "day": to_on}
            raise UnableToChangeParty(_("%(name)s does not bear the tag “%(tag)s” before %(day)s: choose a later day.") % known, "to_on")
        told.old, told.new = {"tag": slug, "from": day(row.from_on), "to": day(row.to_on)}, {"tag": slug, "to": day(to_on)}
        row.to_on = to_on
        row.save(update_fields=["to_on"])
    return row


def checked_tag(word: str, field: str) -> str:
    """Return the slug of a tag.

    Raises:
        UnableToChangeParty: nothing is told, or it is longer than the register keeps.
    """
    longest = Tag._meta.get_field("tag").max_length
    if not 0 < len(word.strip()) <= longest:
        raise UnableToChangeParty(_("Write a tag in 1 to %(most)d characters.") % {"most": longest}, field)
    return tag_slug(word)
