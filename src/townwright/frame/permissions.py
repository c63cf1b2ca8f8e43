"""Who may do what in a zone. The table itself is data: ``permissions.yaml`` beside this file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from townwright.frame.models import RoleAssignment

_HELD = "_townwright_roles"
TABLE = Path(__file__).with_name("permissions.yaml")


class UnknownPermission(LookupError):
    """A permission that the table does not name."""


@cache
def table() -> dict[str, frozenset[str]]:
    """Return, for every permission, the roles that hold it."""
    read = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {name: frozenset(roles) for name, roles in read["permissions"].items()}


@cache
def roles() -> tuple[str, ...]:
    """Return the roles in the order of the table."""
    return tuple(yaml.safe_load(TABLE.read_text(encoding="utf-8"))["roles"])


def roles_of(user: Any, zone: Any) -> frozenset[str]:
    """Return the roles that the user holds in the zone.

    All roles of the user are read once and kept with the object, which lives as long as one request.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    held = getattr(user, _HELD, None)
    if held is None:
        held = {}
        rows = RoleAssignment.objects.across_zones("one person's roles, for a page that asks often").filter(user=user)
        for zone_id, role in rows.values_list("zone_id", "role"):
            held.setdefault(zone_id, set()).add(role)
        setattr(user, _HELD, held)
    return frozenset(held.get(zone.pk, ()))


def may(user: Any, permission: str, zone: Any) -> bool:
    """Say whether the user may, in this zone. Superusers may everything.

    Raises:
        UnknownPermission: the permission is not in the table.
    """
    if permission not in table():
        raise UnknownPermission(f"{permission!r} is not in {TABLE.name}")
    if user.is_active and user.is_superuser:
        return True
    return bool(roles_of(user, zone) & table()[permission])
