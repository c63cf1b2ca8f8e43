"""Merging two parties into one, and undoing it exactly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.parties.domain import normal_name
from townwright.apps.parties.models import (
    AllianceMembership,
    Identifier,
    IndustryCode,
    MergeSuggestion,
    Party,
    PartyAlias,
    Relation,
    Tag,
    ZoneMembership,
)
from townwright.frame.actors import Actor
from townwright.frame.audit import write

# What moves: the model, the column that names the party, and the columns that may not be the same in two rows of one party.
_FACTS = {
    "identifier": (Identifier, "party", ()), "industry": (IndustryCode, "party", ("scheme", "from_on")),
    "tag": (Tag, "party", ("tag", "from_on")), "stay": (ZoneMembership, "party", ("arrived_on",)),
    "alliance": (AllianceMembership, "party", ("alliance_id", "joined_on")), "member": (AllianceMembership, "alliance", ("party_id", "joined_on")),
    "relation": (Relation, "from_party", ("to_party_id", "kind", "from_on")),
    "related_from": (Relation, "to_party", ("from_party_id", "kind", "from_on")), "alias": (PartyAlias, "party", ("name",)),
}  # fmt: skip


class UnableToMerge(ValueError):
    """The two cannot be merged, or the merge cannot be undone: says why."""


def _suggestion(zone: Any, pk: int) -> MergeSuggestion:
    return MergeSuggestion.records.select_for_update().get(pk=MergeSuggestion.objects.in_zone(zone).get(pk=pk).pk)


def _movable(model: Any, side: str, key: tuple[str, ...], *, kept: Party, other: Party) -> list[int]:
    """Return the rows of ``other`` that ``kept`` has no equal of; a relation between the two stays where it is."""

    def told(row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, part) for part in key)

    held = {told(row) for row in model.records.filter(**{side: kept})} if key else set()
    rows = [row for row in model.records.filter(**{side: other}) if not key or told(row) not in held]
    return [row.pk for row in rows if kept.pk not in (getattr(row, "from_party_id", None), getattr(row, "to_party_id", None))]


def merge_parties(*, zone: Any, suggestion_id: int, actor: Actor, at: datetime) -> MergeSuggestion:
    """Merge ``other`` into ``kept``: its facts move, save those that ``kept`` already has; its name becomes an alias.

    Rows of other apps stay with the merged party; readers follow ``merged_into``.

    Raises:
        UnableToMerge: it was decided before, or one of the two was merged elsewhere.
    """
    with write(verb="parties.merge", subject=f"suggestion {suggestion_id}", zone=zone, actor=actor, at=at) as told:
        suggestion = _suggestion(zone, suggestion_id)
        # A verb that holds one of the two and is about to write a fact of it comes first, or finds it merged.
        list(Party.records.select_for_update().filter(pk__in=[suggestion.kept_id, suggestion.other_id]).order_by("pk"))
        kept, other = suggestion.kept, suggestion.other
        if suggestion.status == MergeSuggestion.Status.MERGED or kept.merged_into_id or other.merged_into_id:
            raise UnableToMerge(
                _("%(other)s or %(kept)s has been merged before. Reload the page.") % {"other": other.name, "kept": kept.name}
            )
        moved: dict[str, Any] = {}
        for name, (model, side, key) in _FACTS.items():
            rows = _movable(model, side, key, kept=kept, other=other)
            model.records.filter(pk__in=rows).update(**{side: kept})
            moved[name] = rows
        alias, made = PartyAlias.records.get_or_create(
            zone=zone, party=kept, name=other.name, defaults={"name_normal": normal_name(other.name)}
        )
        moved["new_alias"] = alias.pk if made else None
        other.merged_into = kept
        other.save(update_fields=["merged_into"])
        suggestion.status, suggestion.decided_by, suggestion.decided_at, suggestion.moved = (
            MergeSuggestion.Status.MERGED,
            actor.name,
            at,
            moved,
        )
        suggestion.save()
        told.subject, told.old, told.new = kept.key, {"other": other.key}, {"merged": other.key}
        told.event("parties.party.merged", kept=kept.key, other=other.key)
    return suggestion


def undo_merge(*, zone: Any, suggestion_id: int, actor: Actor, at: datetime) -> MergeSuggestion:
    """Undo a merge: what moved goes back, and the two are parties of their own again.

    Raises:
        UnableToMerge: it is not merged.
    """
    with write(verb="parties.merge.undo", subject=f"suggestion {suggestion_id}", zone=zone, actor=actor, at=at) as told:
        suggestion = _suggestion(zone, suggestion_id)
        if suggestion.status != MergeSuggestion.Status.MERGED:
            raise UnableToMerge(_("These two are not merged."))
        for name, (model, side, _key) in _FACTS.items():
            model.records.filter(pk__in=suggestion.moved.get(name, [])).update(**{side: suggestion.other})
        if suggestion.moved.get("new_alias"):
            PartyAlias.records.filter(pk=suggestion.moved["new_alias"]).delete()
        Party.records.filter(pk=suggestion.other_id).update(merged_into=None)
        suggestion.status, suggestion.decided_by, suggestion.decided_at, suggestion.moved = MergeSuggestion.Status.OPEN, "", None, {}
        suggestion.save()
        told.subject, told.new = suggestion.kept.key, {"restored": suggestion.other.key}
    return suggestion


def dismiss_suggestion(*, zone: Any, suggestion_id: int, actor: Actor, at: datetime) -> MergeSuggestion:
    """Keep two parties apart for good.

    Raises:
        UnableToMerge: they are merged; undo that first.
    """
    with write(verb="parties.merge.dismiss", subject=f"suggestion {suggestion_id}", zone=zone, actor=actor, at=at) as told:
        suggestion = _suggestion(zone, suggestion_id)
        if suggestion.status == MergeSuggestion.Status.MERGED:
            raise UnableToMerge(_("These two are merged: undo the merge first."))
        suggestion.status, suggestion.decided_by, suggestion.decided_at = MergeSuggestion.Status.DISMISSED, actor.name, at
        suggestion.save()
        told.subject, told.new = suggestion.kept.key, {"apart": suggestion.other.key}
    return suggestion
