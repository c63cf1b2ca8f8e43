"""Verbs on identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.parties.models import Identifier, Party
from townwright.apps.parties.selectors.register import survivor
from townwright.apps.parties.services.facts import UnableToChangeParty, locked
from townwright.apps.parties.services.matching import ReadCode, read_code
from townwright.apps.zones.selectors import take_turns
from townwright.frame.actors import Actor
from townwright.frame.audit import write


def add_identifier(*, zone: Any, party: Party, scheme: str, code: str, actor: Actor, at: datetime) -> Identifier:
    """Give a party another code under a scheme; one that it has already is left as it is.

    A unified social credit code that fails its check lands as ``warned``, for a person to accept with a reason.

    Raises:
        UnableToChangeParty: no scheme or code is told, or another party holds the code.
    """
    scheme = checked_scheme(scheme, party.kind)
    read = checked_code(code, scheme)
    with write(verb="parties.identifier.add", subject=party.key, zone=zone, actor=actor, at=at) as told:
        take_turns(zone)
        locked(zone, party)
        held = holder(zone, scheme, read.value)
        if held is not None and held.party_id == party.pk:
            told.nothing_changed()
            return held
        refuse_held(held, "code")
        told.new = {"scheme": scheme, "status": read.status, "code": kept_back(party.kind, read.value)}
        return Identifier.records.create(
            zone=zone, party=party, scheme=scheme, value=read.value, status=read.status, warning=list(read.warnings)
        )


def accept_identifier_warning(*, zone: Any, identifier_id: int, reason: str, actor: Actor, at: datetime) -> Identifier:
    """Accept a code that fails its check, with the person's reason (early pilot codes are lawful).

    Raises:
        UnableToChangeParty: no reason is given, or the code is not in doubt.
    """
    if not reason.strip():
        raise UnableToChangeParty(_("Say why the code is accepted, as in: licence seen on 12 March."), "reason")
    identifier = Identifier.objects.in_zone(zone).select_related("party").get(pk=identifier_id)
    with write(verb="parties.identifier.accept", subject=identifier.party.key, zone=zone, actor=actor, at=at, reason=reason) as told:
        identifier = Identifier.records.select_for_update(of=("self",)).select_related("party").get(pk=identifier.pk)
        if identifier.status != Identifier.Status.WARNED:
            known = {"code": identifier.value, "status": identifier.get_status_display()}
            raise UnableToChangeParty(_("%(code)s is not in doubt (%(status)s).") % known)
        told.old, told.new = (
            {"status": identifier.status},
            {"status": "accepted", "value": kept_back(identifier.party.kind, identifier.value)},
        )
        identifier.status, identifier.accepted_by = Identifier.Status.ACCEPTED, actor.name
        identifier.accepted_at, identifier.accepted_reason = at, reason.strip()
        identifier.save()
    return identifier


def checked_scheme(scheme: str, kind: str) -> str:
    """Return the scheme in its normal spelling.

    Raises:
        UnableToChangeParty: there is none, it is longer than the register keeps, or it is one that people have no codes of.
    """
    slug = scheme.strip().lower()
    longest = Identifier._meta.get_field("scheme").max_length
    if not slug or len(slug) > longest:
        raise UnableToChangeParty(_("Name the scheme of the code in 1 to %(most)d letters, as in uscc.") % {"most": longest}, "scheme")
    if slug == "uscc" and kind == Party.Kind.PERSON:
        raise UnableToChangeParty(_("People have no unified social credit code: choose the scheme of the document."), "scheme")
    return slug


def checked_code(code: str, scheme: str) -> ReadCode:
    """Return the code as it is kept.

    Raises:
        UnableToChangeParty: nothing is left of it, or it is longer than the register keeps.
    """
    read = read_code(code.strip(), scheme)
    longest = Identifier._meta.get_field("value").max_length
    if not any(map(str.isalnum, read.value)) or len(read.value) > longest:
        raise UnableToChangeParty(_("Write the code in 1 to %(most)d letters and digits.") % {"most": longest}, "code")
    return read


def holder(zone: Any, scheme: str, value: str) -> Identifier | None:
    """Return the identifier that holds the code in the zone."""
    return Identifier.objects.in_zone(zone).select_related("party").filter(scheme=scheme, value=value).first()


def refuse_held(held: Identifier | None, field: str) -> None:
    """Refuse a code that a party holds, naming the party.

    Raises:
        UnableToChangeParty: it is held.
    """
    if held is None:
        return
    told: Mapping[str, Any] = {"code": held.value, "name": survivor(held.party).name}
    raise UnableToChangeParty(_("%(code)s belongs to %(name)s already: open its file, or correct the code.") % told, field)


def kept_back(kind: str, value: str) -> str:
    """Return a value for the audit trail: a person's is not written there, only that there was one."""
    return value if kind != Party.Kind.PERSON or not value else "(personal)"
