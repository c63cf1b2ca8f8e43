"""Which party is meant: its key, its code in one spelling, and the parties on record that it may be."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from townwright.apps.parties.domain import Likeness, check_uscc, likeness, name_keys, pinyin_initials
from townwright.apps.parties.domain.codes import normal_code
from townwright.apps.parties.models import Identifier, MergeSuggestion, Party, Relation

SUGGEST_FROM = 85
MOST_COMPARED = 20
_SHORTEST_FIRM_NAME = 5
_ALIAS = Likeness(95, ({"zh": "与其别名相同", "en": "the same as another name of that one"},))


@dataclass(frozen=True, slots=True)
class ReadCode:
    """A code as it is kept: normal spelling, status, and what is odd about it."""

    value: str
    status: str
    warnings: tuple[dict[str, str], ...]


def read_code(text: str | None, scheme: str) -> ReadCode:
    """Read a code under a scheme; only the unified social credit code has a check, and failing it is a warning."""
    if not text:
        return ReadCode("", "", ())
    if scheme != "uscc":
        return ReadCode(normal_code(text), Identifier.Status.OK, ())
    check = check_uscc(text)
    status = Identifier.Status.OK if check.ok else Identifier.Status.WARNED
    return ReadCode(check.value, status, tuple(dict(warning.message) for warning in check.warnings))


def new_party(*, zone: Any, kind: str, name: str, at: datetime, scheme: str = "", code: str = "", token: str = "", **told: Any) -> Party:
    """Return an unsaved party with its key.

    The key is the code under its scheme, the hash of the name where there is none; a person's is a random token
    (``token``, or one made here), because keys stand in addresses, snapshots and the audit trail, where neither a
    person's name nor number belongs.
    """
    normal, sound = name_keys(name)
    if kind == Party.Kind.PERSON:
        key = f"person:{token or secrets.token_hex(8)}"
    elif code:
        key = f"{scheme}:{code}"
    else:
        hashed = f"{kind}:{normal}" if kind == Party.Kind.ALLIANCE else normal
        key = f"name:{hashlib.sha256(hashed.encode()).hexdigest()[:16]}"
    return Party(
        zone=zone, key=key, kind=kind, name=name, name_normal=normal, name_sound=sound[:600], name_initials=pinyin_initials(name),
        created_at=at, **told,
    )  # fmt: skip


def _sort(kind: str) -> str:
    """Return what a kind may be merged with: people with people, alliances with alliances, bodies with bodies."""
    return kind if kind in (Party.Kind.PERSON, Party.Kind.ALLIANCE) else "body"


def alike(party: Party, near: Iterable[Party]) -> list[tuple[Party, Likeness]]:
    """Return those of the near parties that may be this one, with the likeness: not merged ones, nor another sort."""
    found = []
    for other in list({id(one): one for one in near}.values())[:MOST_COMPARED]:
        told = likeness(party.name, other.name)
        if told.score >= SUGGEST_FROM and not other.merged_into_id and _sort(other.kind) == _sort(party.kind):
            found.append((other, told))
    return found


def alike_on_record(party: Party) -> list[tuple[Party, Likeness]]:
    """Return the parties of the zone that the party may be, by name, by sound, or by another name of theirs."""
    others = Party.objects.in_zone(party.zone_id).filter(merged_into=None).exclude(pk=party.pk)
    near = others.filter(Q(name_normal=party.name_normal) | Q(name_sound=party.name_sound)).order_by("id")[:MOST_COMPARED]
    found = alike(party, near)
    known = {other.pk for other, _told in found}
    named = others.filter(aliases__name_normal=party.name_normal).exclude(pk__in=known).distinct().order_by("id")[:MOST_COMPARED]
    return found + [(other, _ALIAS) for other in named if _sort(other.kind) == _sort(party.kind)]


def may_be(party: Party, other: Party, told: Likeness) -> dict[str, str]:
    """Say in both languages that the party may be another on record."""
    return {
        "zh": f"“{party.name}”可能与已登记的“{other.name}”是同一家（{told.score}分：{told.reasons[0]['zh']}），已列入合并建议。",
        "en": f"{party.name!r} may be {other.name!r} on record ({told.score}: {told.reasons[0]['en']}); a merge is suggested.",
    }


def suggestion(party: Party, other: Party, told: Likeness) -> MergeSuggestion:
    """Return an unsaved proposal to merge the party into the other, for a person to decide."""
    reasons = [dict(reason) for reason in told.reasons]
    return MergeSuggestion(zone_id=party.zone_id, kept=other, other=party, score=told.score, reasons=reasons)


def suggest_merges(party: Party) -> list[dict[str, str]]:
    """Write a proposal for every party on record that the saved party may be; pairs that were proposed before stay as decided."""
    decided = MergeSuggestion.objects.in_zone(party.zone_id).filter(Q(kept=party) | Q(other=party)).values_list("kept_id", "other_id")
    paired = {pk for pair in decided for pk in pair}
    found = [(other, told) for other, told in alike_on_record(party) if other.pk not in paired]
    MergeSuggestion.records.bulk_create([suggestion(party, other, told) for other, told in found])
    return [may_be(party, other, told) for other, told in found]


def leading_names(normal: str) -> list[str]:
    """Return the beginnings of a branch's normal name that may be its parent's whole name, longest first."""
    return [normal[:end] for end in range(len(normal) - 1, _SHORTEST_FIRM_NAME - 1, -1)]


def branch_relation(branch: Party, firms: Mapping[str, Party], since: date | None) -> Relation | None:
    """Return an unsaved relation of a branch to the firm whose whole name leads the branch's, if there is one."""
    parent = next((firms[name] for name in leading_names(branch.name_normal) if name in firms), None)
    if parent is None:
        return None
    return Relation(zone_id=branch.zone_id, from_party=branch, to_party=parent, kind="branch_of", from_on=since)
