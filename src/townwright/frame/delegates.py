"""Verbs of a firm on its own delegates: their rights, and who is one no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.models import Invitation, RoleAssignment
from townwright.frame.permissions import DELEGATE
from townwright.frame.roles import UnableToGrant, checked_role

MANAGES = "own.delegates"


class UnknownDelegate(LookupError):
    """The firm has no such delegate."""


def delegates(zone: Any, keys: Sequence[str]) -> QuerySet[RoleAssignment]:
    """Return who acts for the firm that goes by these keys, by user name."""
    rows = RoleAssignment.objects.in_zone(zone).filter(role=DELEGATE, party_key__in=keys)
    return rows.select_related("user").order_by("user__username", "party_key")


def invited(zone: Any, keys: Sequence[str]) -> QuerySet[Invitation]:
    """Return the open invitations to act for the firm, newest first."""
    rows = Invitation.objects.in_zone(zone).filter(role=DELEGATE, party_key__in=keys, status=Invitation.Status.OPEN)
    return rows.order_by("-sent_at", "-pk")


def demand_own(given: Collection[str], held: Collection[str]) -> None:
    """Refuse to give what one does not hold oneself.

    Raises:
        UnableToGrant: a right is given that the giver does not hold.
    """
    if set(given) - set(held):
        raise UnableToGrant(_("Nobody gives a right that they do not hold themselves."))


def change_rights(
    *, zone: Any, keys: Sequence[str], pk: int, given: Collection[str], held: Collection[str], actor: Actor, at: datetime
) -> RoleAssignment:  # fmt: skip
    """Change what a delegate of the firm may; ``held`` are the rights of who changes them. Repeated, it changes nothing.

    A right that the changer does not hold is left as it is: neither given nor taken.

    Raises:
        UnknownDelegate: the firm has no such delegate.
        UnableToGrant: no such right, one that the changer does not hold, or nobody would be left who manages delegates.
    """
    with write(verb="delegates.change", subject="", zone=zone, actor=actor, at=at) as told:
        row, others = _locked(zone, keys, pk)
        demand_own(given, held)
        rights = checked_role(DELEGATE, row.party_key, {*given, *(one for one in row.rights if one not in held)})
        if MANAGES in row.rights and MANAGES not in rights:
            _demand_another(others)
        told.subject, told.old, told.new = row.user.get_username(), _told(row, row.rights), _told(row, rights)
        if told.old == told.new:
            told.nothing_changed()
        row.rights = rights
        row.save(update_fields=["rights"])
    return row


def remove_delegate(*, zone: Any, keys: Sequence[str], pk: int, actor: Actor, at: datetime) -> str:
    """Let a person act for the firm no more; return their user name.

    Raises:
        UnknownDelegate: the firm has no such delegate.
        UnableToGrant: nobody would be left who manages delegates.
    """
    with write(verb="delegates.remove", subject="", zone=zone, actor=actor, at=at) as told:
        row, others = _locked(zone, keys, pk)
        if MANAGES in row.rights:
            _demand_another(others)
        told.subject, told.old = row.user.get_username(), _told(row, row.rights)
        row.delete()
    return told.subject


def _locked(zone: Any, keys: Sequence[str], pk: int) -> tuple[RoleAssignment, list[RoleAssignment]]:
    """Return the delegate and the others of the firm, locked: two who manage cannot remove each other at once."""
    rows = list(
        RoleAssignment.records.select_for_update(of=("self",))
        .filter(zone=zone, role=DELEGATE, party_key__in=keys).select_related("user").order_by("pk")
    )  # fmt: skip
    row = next((one for one in rows if one.pk == pk), None)
    if row is None:
        raise UnknownDelegate(_("The firm has no such delegate."))
    return row, [one for one in rows if one.pk != pk]


def _demand_another(others: list[RoleAssignment]) -> None:
    if not any(MANAGES in one.rights and one.user.is_active for one in others):
        raise UnableToGrant(_("This is the last person who manages the firm's delegates: give another the right first."))


def _told(row: RoleAssignment, rights: Collection[str]) -> dict[str, Any]:
    return {"firm": row.party_key, "rights": list(rights)}
