"""Verbs on people's roles: who may act in a zone, and as what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.hints import hint
from townwright.frame.models import RoleAssignment, SystemLogin
from townwright.frame.permissions import DELEGATE, rights, roles

DIRECTOR = "director"


class UnableToGrant(ValueError):
    """A role cannot be given or taken: says why and what to do."""


def holders(zone: Any) -> QuerySet[RoleAssignment]:
    """Return who holds which role in the zone, by user name."""
    return RoleAssignment.objects.in_zone(zone).select_related("user").order_by("user__username", "role", "party_key")


def checked_role(role: str, party_key: str, given: Collection[str]) -> list[str]:
    """Return the rights in the order of the table, if role, firm and rights go together.

    Raises:
        UnableToGrant: no such role or right; a delegate without a firm; a firm or rights with another role.
    """
    if role not in roles():
        raise UnableToGrant(_("There is no role %(role)s.") % {"role": role} + hint(role, roles()))
    if role == DELEGATE and not party_key:
        raise UnableToGrant(_("A delegate acts for one firm: say which."))
    if role != DELEGATE and (party_key or given):
        raise UnableToGrant(
            _("Only a delegate is bound to a firm and given rights in it; %(role)s holds in the whole zone.") % {"role": role}
        )
    for one in given:
        if one not in rights():
            raise UnableToGrant(_("There is no right %(right)s.") % {"right": one} + hint(one, rights()))
    return [one for one in rights() if one in given or one == rights()[0]] if role == DELEGATE else []


def grant_role(
    *, zone: Any, username: str, role: str, password: str = "", party_key: str = "", given: Collection[str] = (), actor: Actor, at: datetime,
) -> RoleAssignment:  # fmt: skip
    """Give a person a role in a zone; a person who is not known yet gets an account with ``password``. Repeated, it changes nothing.

    A delegate is bound to the firm of ``party_key``, with the rights ``given``; given again with others, they are changed.

    Raises:
        UnableToGrant: role, firm and rights do not go together, a new person has no password, or a known one is given another.
        ValidationError: the password breaks the rules of passwords.
    """
    held = checked_role(role, party_key, given)
    users = get_user_model()
    with write(verb="roles.grant", subject=username, zone=zone, actor=actor, at=at) as told:
        user = users.objects.filter(username=username).first()
        if user is None:
            if not password:
                raise UnableToGrant(_("%(name)s has no account yet: a new account needs a password.") % {"name": username})
            validate_password(password)
            user = users.objects.create_user(username, password=password)
        elif password:
            raise UnableToGrant(_("%(name)s has an account already; its password is not changed by giving a role.") % {"name": username})
        row, told.old, told.new = assign(zone=zone, user=user, role=role, party_key=party_key, held=held)
        if told.old == told.new:
            told.nothing_changed()
    return row


def assign(*, zone: Any, user: Any, role: str, party_key: str, held: list[str]) -> tuple[RoleAssignment, dict[str, Any], dict[str, Any]]:
    """Write the assignment inside another verb's transaction; return it with what stood before and what stands now."""
    row, made = RoleAssignment.records.get_or_create(zone=zone, user=user, role=role, party_key=party_key, defaults={"rights": held})
    old = {} if made else _told(row)
    if row.rights != held:
        row.rights = held
        row.save(update_fields=["rights"])
    return row, old, _told(row)


def _told(row: RoleAssignment) -> dict[str, Any]:
    bound = {"firm": row.party_key, "rights": list(row.rights)} if row.party_key else {}
    return {"role": row.role, **bound}


def revoke_role(*, zone: Any, username: str, role: str, party_key: str = "", actor: Actor, at: datetime) -> None:
    """Take a role from a person.

    Raises:
        UnableToGrant: the person does not hold it in this zone, takes their own director role, or is the zone's last director.
    """
    with write(verb="roles.revoke", subject=username, zone=zone, actor=actor, at=at) as told:
        rows = RoleAssignment.objects.in_zone(zone).filter(user__username=username, role=role)
        found = list((rows.filter(party_key=party_key) if party_key else rows)[:2])
        if len(found) > 1:
            raise UnableToGrant(_("%(name)s is a delegate of several firms: say of which.") % {"name": username})
        held = found[0] if found else None
        if held is None:
            raise UnableToGrant(_("%(name)s does not hold the role %(role)s here.") % {"name": username, "role": role})
        if role == DIRECTOR:
            _demand_another_director(zone, held, actor)
        told.old = _told(held)
        held.delete()


def _demand_another_director(zone: Any, held: RoleAssignment, actor: Actor) -> None:
    """Refuse to take a director's own role, or the last one: the rows are locked, so that two directors cannot take each other's."""
    directors = list(
        RoleAssignment.objects.in_zone(zone).filter(role=DIRECTOR).select_related("user").select_for_update(of=("self",)).order_by("pk")
    )
    if actor.user_id is not None and actor.user_id == held.user_id:
        raise UnableToGrant(_("Nobody takes their own director role: ask another director of the zone."))
    if not any(one.user.is_active for one in directors if one.pk != held.pk):
        raise UnableToGrant(
            _("%(name)s is the last director of the zone: make another person director first.") % {"name": held.user.get_username()}
        )


def account_of_login(login: str) -> Any | None:
    """Return the account that a login of the operating system stands for, if it is active."""
    found = SystemLogin.objects.select_related("user").filter(login=login).first()
    return found.user if found and found.user.is_active else None


def tie_login(*, login: str, username: str, actor: Actor, at: datetime) -> None:
    """Let a login of the operating system stand for an account at the command line; an empty ``username`` unties it.

    Raises:
        UnableToGrant: there is no such account.
    """
    with write(verb="accounts.login", subject=login, zone=None, actor=actor, at=at) as told:
        held = SystemLogin.objects.select_related("user").select_for_update(of=("self",)).filter(login=login).first()
        told.old = {"account": held.user.get_username()} if held else {}
        told.new = {"account": username} if username else {}
        if told.old == told.new:
            told.nothing_changed()
        elif not username:
            SystemLogin.objects.filter(login=login).delete()
        else:
            SystemLogin.objects.update_or_create(login=login, defaults={"user": account(username)})


def account(username: str) -> Any:
    """Return the account of that user name.

    Raises:
        UnableToGrant: there is none, with the nearest.
    """
    users = get_user_model().objects
    found = users.filter(username=username).first()
    if found is None:
        raise UnableToGrant(
            _("There is no account %(name)s.") % {"name": username} + hint(username, users.values_list("username", flat=True)[:5000])
        )
    return found
