"""Verbs on people's roles: who may act in a zone, and as what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.hints import hint
from townwright.frame.models import RoleAssignment
from townwright.frame.permissions import roles


class UnableToGrant(ValueError):
    """A role cannot be given or taken: says why and what to do."""


def holders(zone: Any) -> QuerySet[RoleAssignment]:
    """Return who holds which role in the zone, by user name."""
    return RoleAssignment.objects.in_zone(zone).select_related("user").order_by("user__username", "role")


def grant_role(*, zone: Any, username: str, role: str, password: str = "", actor: Actor, at: datetime) -> RoleAssignment:
    """Give a person a role in a zone; a person who is not known yet gets an account with ``password``. Repeated, it changes nothing.

    Raises:
        UnableToGrant: the role is not in the table, a new person has no password, or a known one is given another.
        ValidationError: the password breaks the rules of passwords.
    """
    if role not in roles():
        raise UnableToGrant(_("There is no role %(role)s.") % {"role": role} + hint(role, roles()))
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
        row, made = RoleAssignment.records.get_or_create(zone=zone, user=user, role=role)
        told.new = {"role": role}
        if not made:
            told.nothing_changed()
    return row


def revoke_role(*, zone: Any, username: str, role: str, actor: Actor, at: datetime) -> None:
    """Take a role from a person.

    Raises:
        UnableToGrant: the person does not hold it in this zone.
    """
    with write(verb="roles.revoke", subject=username, zone=zone, actor=actor, at=at) as told:
        held = RoleAssignment.objects.in_zone(zone).filter(user__username=username, role=role)
        if not held.exists():
            raise UnableToGrant(_("%(name)s does not hold the role %(role)s here.") % {"name": username, "role": role})
        told.old = {"role": role}
        held.delete()
