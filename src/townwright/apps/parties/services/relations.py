"""Verbs on relations between parties."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from townwright.apps.parties.domain import Span
from townwright.apps.parties.models import Party, Relation
from townwright.apps.parties.selectors.vocabulary import RelationKind, relation_kinds
from townwright.apps.parties.services.facts import UnableToChangeParty, check_apart, check_forward, day, locked
from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.text import in_language


def relate(
    *, zone: Any, first: Party, second: Party, kind: str, actor: Actor, at: datetime, from_on: date | None = None, to_on: date | None = None,
) -> Relation:  # fmt: skip
    """Record that one party stands in a relation to another: ``first`` KIND ``second``, as in person, legal representative, firm.

    ``from_on`` None means since before anybody noted; ``to_on`` is the first day without. Repeated, it changes nothing.

    Raises:
        UnableToChangeParty: the kind is not known or does not fit the two, they are one and the same, the span holds no
            day, or the relation overlaps one that is on record (of the two; or of either, where there is one at a time).
    """
    told_kind = _checked_kind(kind, first, second)
    span = Span(from_on, to_on)
    check_forward(span, name=first.name, field="to_on")
    with write(verb="parties.relate", subject=first.key, zone=zone, actor=actor, at=at) as told:
        # Always in the same order: two writers that relate the same two parties do not wait for each other.
        for party in sorted((first, second), key=lambda one: one.pk):
            locked(zone, party)
        rows = list(Relation.records.filter(from_party=first, to_party=second, kind=kind).order_by("from_on", "id"))
        known = next((row for row in rows if _span(row) == span or (to_on is None and _continues(row, from_on))), None)
        if known is not None:
            told.nothing_changed()
            return known
        check_apart(span, map(_span, rows), name=first.name, what=in_language(told_kind.label), field="from_on")
        _refuse_second_holder(zone, told_kind, first, second, span)
        told.new = {"first": first.key, "kind": kind, "second": second.key, "from": day(from_on), "to": day(to_on)}
        told.event("parties.relation.began", first=first.key, kind=kind, second=second.key, on=day(from_on))
        return Relation.records.create(zone=zone, from_party=first, to_party=second, kind=kind, from_on=from_on, to_on=to_on)


def end_relation(*, zone: Any, relation_id: int, to_on: date, actor: Actor, at: datetime) -> Relation:
    """End a relation; ``to_on`` is the first day without it. Repeated, it changes nothing.

    Raises:
        UnableToChangeParty: the zone keeps no such relation, it began on that day or later, or it ended on another day.
    """
    relation = Relation.objects.in_zone(zone).select_related("from_party").filter(pk=relation_id).first()
    if relation is None:
        raise UnableToChangeParty(_("%(zone)s keeps no relation numbered %(number)s.") % {"zone": zone, "number": relation_id})
    with write(verb="parties.relate.end", subject=relation.from_party.key, zone=zone, actor=actor, at=at) as told:
        relation = Relation.records.select_for_update(of=("self",)).select_related("from_party", "to_party").get(pk=relation.pk)
        if relation.to_on == to_on:
            told.nothing_changed()
            return relation
        if relation.to_on is not None:
            raise UnableToChangeParty(_("The relation ended on %(day)s already.") % {"day": relation.to_on}, "to_on")
        check_forward(Span(relation.from_on, to_on), name=relation.from_party.name, field="to_on")
        told.old = {"to": ""}
        told.new = {"first": relation.from_party.key, "kind": relation.kind, "second": relation.to_party.key, "to": day(to_on)}
        told.event("parties.relation.ended", first=relation.from_party.key, kind=relation.kind, second=relation.to_party.key, on=day(to_on))
        relation.to_on = to_on
        relation.save(update_fields=["to_on"])
    return relation


def _span(row: Relation) -> Span:
    return Span(row.from_on, row.to_on)


def _continues(row: Relation, from_on: date | None) -> bool:
    """Say whether an open relation that begins on the day is on record already, having begun then or before."""
    return row.to_on is None and (from_on is None or _span(row).holds(from_on))


def _checked_kind(kind: str, first: Party, second: Party) -> RelationKind:
    known = relation_kinds().get(kind)
    if known is None:
        told = {"kind": kind, "kinds": ", ".join(relation_kinds())}
        raise UnableToChangeParty(_("“%(kind)s” is not a kind of relation: choose one of %(kinds)s.") % told, "kind")
    if first.pk == second.pk:
        raise UnableToChangeParty(_("%(name)s cannot be related to itself: name another party.") % {"name": first.name}, "other")
    if first.kind not in known.first or second.kind not in known.second:
        told = {
            "label": in_language(known.label), "first": first.name, "first_kind": first.get_kind_display(),
            "second": second.name, "second_kind": second.get_kind_display(),
        }  # fmt: skip
        raise UnableToChangeParty(
            _(
                "“%(label)s” does not fit %(first)s (%(first_kind)s) and %(second)s (%(second_kind)s): choose another relation, or another party."
            )
            % told,
            "other",
        )
    return known


def _refuse_second_holder(zone: Any, kind: RelationKind, first: Party, second: Party, span: Span) -> None:
    """Refuse a second legal representative of one firm, a second parent of one branch, for a day that has one."""
    if not kind.one_per:
        return
    rows = Relation.objects.in_zone(zone).filter(kind=kind.code).select_related("from_party", "to_party")
    rows = rows.filter(Q(from_party=first)) if kind.one_per == "first" else rows.filter(Q(to_party=second))
    for row in rows.order_by("from_on", "id"):
        if span.overlaps(_span(row)):
            other, whose = (row.to_party, first) if kind.one_per == "first" else (row.from_party, second)
            told = {
                "name": whose.name, "label": in_language(kind.label if kind.one_per == "first" else kind.back),
                "other": other.name, "span": _span(row),
            }  # fmt: skip
            raise UnableToChangeParty(
                _("%(name)s has one at a time: %(label)s is %(other)s (%(span)s). End that relation first.") % told, "from_on"
            )
