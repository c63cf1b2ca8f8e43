"""Whose packs of rulebooks a zone takes."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from townwright.apps.zones.models import Zone
from townwright.frame.actors import Actor
from townwright.frame.audit import Write, write


class UnableToTrust(ValueError):
    """A key cannot be named or taken away: says which, and what to do."""


def trust_key(*, zone: Zone, name: str, key: str, actor: Actor, at: datetime) -> None:
    """Name a public key (Base64) whose signatures the zone trusts; repeated, it changes nothing.

    Raises:
        UnableToTrust: another key has the name.
    """
    with write(verb="zones.trust_key", subject=f"zone {zone.code}", zone=zone, actor=actor, at=at) as entry:
        row = Zone.objects.select_for_update().get(pk=zone.pk)
        held = row.trusted_keys.get(name)
        if held == key:
            entry.nothing_changed()
            return
        if held is not None:
            raise UnableToTrust(_("%(name)s is another key already: take it away first, or choose another name.") % {"name": name})
        _keep(row, {**row.trusted_keys, name: key}, entry)


def distrust_key(*, zone: Zone, name: str, actor: Actor, at: datetime) -> None:
    """Take a key away; what was adopted by it stays.

    Raises:
        UnableToTrust: the zone trusts no key of that name.
    """
    with write(verb="zones.distrust_key", subject=f"zone {zone.code}", zone=zone, actor=actor, at=at) as entry:
        row = Zone.objects.select_for_update().get(pk=zone.pk)
        if name not in row.trusted_keys:
            raise UnableToTrust(_("The zone trusts no key named %(name)s.") % {"name": name})
        _keep(row, {one: key for one, key in row.trusted_keys.items() if one != name}, entry)


def _keep(row: Zone, keys: dict[str, str], entry: Write) -> None:
    entry.old, entry.new = {"trusted_keys": dict(row.trusted_keys)}, {"trusted_keys": keys}
    row.trusted_keys = keys
    row.save(update_fields=["trusted_keys"])
