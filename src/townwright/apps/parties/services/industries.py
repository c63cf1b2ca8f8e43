"""Verbs on industry codes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from townwright.apps.parties.domain import Span, edition_told, industry_section
from townwright.apps.parties.domain.industries import EDITIONS, UnknownIndustry
from townwright.apps.parties.models import IndustryCode, Party
from townwright.apps.parties.services.facts import UnableToChangeParty, day, locked
from townwright.frame.actors import Actor
from townwright.frame.audit import write


def set_industry(*, zone: Any, party: Party, code: str, edition: str, from_on: date, actor: Actor, at: datetime) -> IndustryCode:
    """Set a party's industry from a date; the code in force under the same scheme ends on that day.

    ``edition`` is told as in ``GB/T4754 2017`` or ``ISIC Rev.4``. Where a code is on record from that very day it is
    corrected, the audit entry keeping what it was. A code that is on record from a later day still follows. Repeated, it
    changes nothing.

    Raises:
        UnableToChangeParty: the code is not in the edition, or the edition is not known.
    """
    scheme, year, value = checked_industry(code, edition)
    with write(verb="parties.industry.set", subject=party.key, zone=zone, actor=actor, at=at) as told:
        locked(zone, party)
        rows = list(IndustryCode.records.filter(party=party, scheme=scheme).order_by("from_on"))
        held = next((row for row in rows if Span(row.from_on, row.to_on).holds(from_on)), None)
        if held is not None and (held.edition, held.code) == (year, value):
            told.nothing_changed()
            return held
        told.new = {"industry": f"{scheme} {year} {value}", "from": day(from_on)}
        if held is not None:
            told.old = {"industry": f"{held.scheme} {held.edition} {held.code}", "from": day(held.from_on), "to": day(held.to_on)}
        if held is not None and held.from_on == from_on:
            held.edition, held.code = year, value
            held.save(update_fields=["edition", "code"])
            return held
        if held is not None:
            held.to_on = from_on
            held.save(update_fields=["to_on"])
        follows = next((row.from_on for row in rows if row.from_on > from_on), None)
        return IndustryCode.records.create(
            zone=zone, party=party, scheme=scheme, edition=year, code=value, from_on=from_on, to_on=follows
        )  # fmt: skip


def checked_industry(code: str, edition: str) -> tuple[str, str, str]:
    """Return scheme, edition and code.

    Raises:
        UnableToChangeParty: the edition is not known, or the code is not in it.
    """
    value = code.strip().upper()
    known = ", ".join(" ".join(one) for one in EDITIONS)
    try:
        scheme, year = edition_told(edition)
    except UnknownIndustry as fault:
        raise UnableToChangeParty(
            _("“%(edition)s” is not an edition known here: choose one of %(known)s.") % {"edition": edition, "known": known}, "edition"
        ) from fault
    longest = IndustryCode._meta.get_field("code").max_length
    try:
        if len(value) > longest:
            raise UnknownIndustry(value)
        industry_section(value, scheme=scheme, edition=year)
    except UnknownIndustry as fault:
        told = {"code": value[:40], "edition": f"{scheme} {year}"}
        raise UnableToChangeParty(
            _("“%(code)s” is not in %(edition)s: write two to four digits of that edition, or choose another edition.") % told,
            "industry_code",
        ) from fault
    return scheme, year, value
