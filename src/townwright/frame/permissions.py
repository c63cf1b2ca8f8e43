"""Who may do what in a zone, or for one firm. The table itself is data: ``permissions.yaml`` beside this file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from townwright.frame.models import RoleAssignment

DELEGATE = "delegate"
# What a verb of the command line asks for, beside permissions of the table.
OPERATOR, OPEN = "operator", "open"
_HELD = "_townwright_roles"
TABLE = Path(__file__).with_name("permissions.yaml")


class UnknownPermission(LookupError):
    """A permission that the table does not name."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What a person holds: roles by zone, and rights by zone and firm."""

    roles: Mapping[int, frozenset[str]]
    rights: Mapping[tuple[int, str], frozenset[str]]


@cache
def _read() -> Mapping[str, Any]:
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def table() -> dict[str, frozenset[str]]:
    """Return, for every permission in a zone, the roles that hold it."""
    return {name: frozenset(held) for name, held in _read()["permissions"].items()}


@cache
def roles() -> tuple[str, ...]:
    """Return the roles in the order of the table."""
    return tuple(_read()["roles"])


@cache
def rights() -> tuple[str, ...]:
    """Return what a delegate can be given the right to do for a firm; the first comes with being one."""
    return tuple(_read()["rights"])


@cache
def commands() -> dict[str, str]:
    """Return, for every verb of the command line ("party add"), the permission it asks for, OPERATOR or OPEN."""
    return dict(_read()["commands"])


def _held(user: Any) -> _Held:
    """Return what the person holds, read once and kept with the object, which lives as long as one request."""
    held: _Held | None = getattr(user, _HELD, None)
    if held is None:
        found: dict[int, set[str]] = {}
        bound: dict[tuple[int, str], frozenset[str]] = {}
        rows = RoleAssignment.objects.across_zones("one person's roles, for a page that asks often").filter(user=user)
        for zone_id, role, party, given in rows.values_list("zone_id", "role", "party_key", "rights"):
            found.setdefault(zone_id, set()).add(role)
            if role == DELEGATE and party:
                bound[zone_id, party] = frozenset((rights()[0], *given))
        held = _Held({zone: frozenset(names) for zone, names in found.items()}, bound)
        setattr(user, _HELD, held)
    return held


def roles_of(user: Any, zone: Any) -> frozenset[str]:
    """Return the roles that the user holds in the zone."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return _held(user).roles.get(zone.pk, frozenset())


def all_roles_of(user: Any) -> frozenset[str]:
    """Return the roles that the user holds in any zone."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset().union(*_held(user).roles.values())


def firms_of(user: Any, zone: Any) -> dict[str, frozenset[str]]:
    """Return the keys of the firms that the user is a delegate of in the zone, each with the rights there."""
    if not user.is_authenticated or not user.is_active:
        return {}
    return {party: held for (zone_id, party), held in sorted(_held(user).rights.items()) if zone_id == zone.pk}


def held_rights(user: Any, zone: Any, keys: Collection[str]) -> frozenset[str]:
    """Return the rights that the user holds as a delegate of the firm that goes by these keys; an administrator's are none."""
    held = firms_of(user, zone)
    return frozenset().union(*(held.get(key, frozenset()) for key in keys))


def may(user: Any, permission: str, zone: Any, *, party: str | Collection[str] = "") -> bool:
    """Say whether the user may, in this zone; for a right of delegates, in the firm of that key. Superusers may everything.

    ``party`` is the key of the firm, or all keys that it goes by since firms were merged into it.

    Raises:
        UnknownPermission: the permission is not in the table, or a right is asked about without naming a firm.
    """
    bound = permission in rights()
    if not bound and permission not in table():
        raise UnknownPermission(f"{permission!r} is not in {TABLE.name}")
    if bound and not party:
        raise UnknownPermission(f"{permission!r} is a right in one firm: say which, with party=.")
    if user.is_active and user.is_superuser:
        return True
    if bound:
        held = firms_of(user, zone)
        return any(permission in held.get(key, ()) for key in ([party] if isinstance(party, str) else party))
    return bool(roles_of(user, zone) & table()[permission])
