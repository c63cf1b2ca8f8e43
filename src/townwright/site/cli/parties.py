"""``townwright party add|show|relate|arrive|leave|tag``: the register by hand, by the same verbs as the pages."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import click
from django.utils.translation import gettext as _

from townwright.apps.parties import selectors as parties
from townwright.apps.parties import services
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now, today
from townwright.frame.terms import figure, term
from townwright.site.cli.frame import actor, emit, group, say, table, verb
from townwright.site.cli.options import JSON, ZONE

REF = click.argument("ref", metavar="REF")


class Day(click.ParamType):
    """A day of the calendar."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read YYYY-MM-DD."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            self.fail(_("“%(text)s” is not a date: write it as in 2016-12-31.") % {"text": value}, param, ctx)


DAY = Day()


@group("party")
def party_group() -> None:
    """Keep the register by hand: firms, institutions, people."""


def _party(zone_code: str, ref: str) -> tuple[Any, Any]:
    zone = zone_by_code(zone_code)
    return zone, parties.party_by_ref(zone, ref)


def _say(told: Mapping[str, Any], as_json: bool, text: str, warnings: Any = (), language: str = "en") -> None:
    def show() -> None:
        say(text)
        for warning in warnings:
            say(f"! {warning[language]}")

    emit(told, as_json=as_json, show=show)


@party_group.command()
@ZONE
@click.option("--kind", default="firm", show_default=True, help="firm, branch, institution, public_body, person or alliance.")
@click.option("--name", required=True, help="The whole name.")
@click.option("--name-en", default="", help="The name in English.")
@click.option("--other-name", "other_names", multiple=True, help="Another name; may be told several times.")
@click.option("--code", default="", help="A code; one that fails its check lands with a warning.")
@click.option("--scheme", default="uscc", show_default=True, help="Scheme of the code.")
@click.option("--legal-form", default="", help="Legal form, as on the licence.")
@click.option("--registered-on", type=DAY, default=None, help="Day of registration.")
@click.option("--capital", default="", help="As on the licence: 100万元人民币, USD 1,000,000.")
@click.option("--address", default="", help="Registered address.")
@click.option("--business-scope", default="", help="Business scope, as on the licence.")
@click.option("--arrived-on", type=DAY, default=None, help="First day in the zone.")
@click.option("--industry", "industry_code", default="", help="Industry code.")
@click.option("--edition", "industry_edition", default="", help="As in 'GB/T4754 2017' (the default) or 'ISIC Rev.4'.")
@click.option("--industry-from", type=DAY, default=None, help="Default: the arrival.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be told several times.")
@JSON
@verb()
def add(zone_code: str, as_json: bool, language: str, **told: Any) -> None:
    """Register a party."""
    details = services.PartyDetails(**told, token=secrets.token_hex(8))
    found = services.register_party(zone=zone_by_code(zone_code), details=details, actor=actor(), at=now())
    data = {"key": found.party.key, "kind": found.party.kind, "name": found.party.name, "warnings": [dict(one) for one in found.warnings]}
    _say(data, as_json, f"{found.party.name} · {found.party.key}", found.warnings, language)


@party_group.command()
@REF
@ZONE
@click.option("--at", type=DAY, default=None, help="As of this day (default: today in the zone).")
@JSON
@verb()
def show(ref: str, zone_code: str, at: date | None, as_json: bool, language: str) -> None:
    """Show the file of REF (key, code or whole name) as of a day."""
    zone = zone_by_code(zone_code)
    held = parties.firm_file(zone, key=ref, at=at or today(zone.time_zone), people=True)
    told = as_data(held)
    emit(told, as_json=as_json, show=lambda: _show(told, held.party.get_kind_display(), language))


def _show(told: Mapping[str, Any], kind: str, language: str) -> None:
    """Print a party's file."""
    say(f"{told['name']} · {told['key']} · {told['at']}")
    table(
        _("Facts"),
        [_("Fact"), _("Value")],
        [[name, value] for name, value in [(_("Kind"), kind), *_facts(told, language)] if value not in (None, "")],
    )
    for title, columns, rows in _lists(told, language):
        if rows:
            table(title, columns, rows)


def _facts(told: Mapping[str, Any], language: str) -> list[tuple[str, Any]]:
    """Return what is said once of a party, in words."""
    capital = told["capital"]
    return [
        (_("Name"), told["name"]), (_("English name"), told["name_en"]),
        (_("Other names"), _(", ").join(told["other_names"])), (_("In the zone"), _("yes") if told["present"] else _("no")),
        (_("Legal form"), told["legal_form"]), (_("Registered on"), told["registered_on"]),
        (_("Capital"), None if capital is None else figure(capital, told["capital_currency"], language)), (_("Address"), told["address"]),
        (_("Business scope"), told["business_scope"]),
    ]  # fmt: skip


def _lists(told: Mapping[str, Any], language: str) -> list[tuple[str, list[str], list[list[Any]]]]:
    """Return what may be said several times of a party: title, columns, rows."""
    since, until, joined, left = _("From"), _("To"), _("Joined on"), _("Left on")

    def members(rows: list[dict[str, Any]], name: str) -> list[list[Any]]:
        return [[one[name], one["joined_on"], one["left_on"], _("yes") if one["founder"] else ""] for one in rows]

    return [
        (_("Codes"), [_("Scheme"), _("Code"), _("State")], [[term("scheme", one["scheme"], language), one["code"], term("code_status", one["status"], language)] for one in told["codes"]]),
        (_("Stays"), [_("Arrived on"), left], [[one["arrived_on"], one["left_on"]] for one in told["stays"]]),
        (_("Tags"), [_("Tag"), since, until], [[one["label"][language], one["from"], one["to"]] for one in told["tags"]]),
        (_("Industries"), [_("Classification"), _("Code"), since, until], [[f"{one['scheme']} {one['edition']}", one["code"], one["from"], one["to"]] for one in told["industries"]]),
        (_("Alliances"), [_("Alliance"), joined, left, _("Founder")], members(told["alliances"], "alliance")),
        (_("Members"), [_("Party"), joined, left, _("Founder")], members(told["members"], "party")),
        (_("Relations"), [_("Relation"), _("Party"), since, until], [[one["label"][language], f"{one['party']} ({one['key']})", one["from"], one["to"]] for one in told["relations"]]),
    ]  # fmt: skip


def as_data(told: parties.FirmFile) -> dict[str, Any]:
    """Return a party's file as JSON holds it: days as text, labels in both languages."""
    party = told.party
    return {
        "key": party.key, "kind": party.kind, "name": party.name, "name_en": party.name_en, "at": told.at, "present": told.present,
        "legal_form": party.legal_form, "registered_on": party.registered_on, "capital": party.capital_amount,
        "capital_currency": party.capital_currency, "address": party.address, "business_scope": party.business_scope,
        "other_names": [one.name for one in told.aliases],
        "codes": [{"scheme": one.scheme, "code": one.value, "status": one.status} for one in told.identifiers],
        "stays": [{"arrived_on": one.arrived_on, "left_on": one.left_on} for one in told.stays],
        "tags": [{"tag": one.tag, "label": dict(parties.tag_label(one.tag)), "from": one.from_on, "to": one.to_on} for one in told.tags],
        "industries": [
            {"scheme": one.scheme, "edition": one.edition, "code": one.code, "from": one.from_on, "to": one.to_on} for one in told.industries
        ],
        "alliances": [{"alliance": one.alliance.name, "joined_on": one.joined_on, "left_on": one.left_on, "founder": one.founder} for one in told.alliances],
        "members": [{"party": one.party.name, "joined_on": one.joined_on, "left_on": one.left_on, "founder": one.founder} for one in told.members],
        "relations": [
            {"kind": one.kind, "label": dict(one.label), "party": one.other.name, "key": one.other.key, "from": one.from_on, "to": one.to_on, "holds": one.holds}
            for one in told.relations
        ],
    }  # fmt: skip


@party_group.command()
@click.argument("first")
@click.argument("kind")
@click.argument("second")
@ZONE
@click.option("--from", "from_on", type=DAY, default=None, help="First day (default: not known).")
@click.option("--to", "to_on", type=DAY, default=None, help="First day without.")
@JSON
@verb()
def relate(
    first: str, kind: str, second: str, zone_code: str, from_on: date | None, to_on: date | None, as_json: bool, language: str
) -> None:
    """Relate FIRST to SECOND, as in: 王小明 legal_representative 某某有限公司."""
    zone = zone_by_code(zone_code)
    one, other = parties.party_by_ref(zone, first), parties.party_by_ref(zone, second)
    row = services.relate(zone=zone, first=one, second=other, kind=kind, from_on=from_on, to_on=to_on, actor=actor(), at=now())
    data = {"id": row.pk, "first": one.key, "kind": row.kind, "second": other.key, "from": row.from_on, "to": row.to_on}
    _say(data, as_json, f"{one.name} · {parties.relation_label(row.kind)[language]} · {other.name}")


@party_group.command()
@REF
@ZONE
@click.option("--on", "arrived_on", type=DAY, required=True, help="First day in the zone.")
@JSON
@verb()
def arrive(ref: str, zone_code: str, arrived_on: date, as_json: bool, language: str) -> None:
    """Record that REF arrived, or came back."""
    zone, party = _party(zone_code, ref)
    row = services.arrive(zone=zone, party=party, arrived_on=arrived_on, actor=actor(), at=now())
    data = {"key": party.key, "arrived_on": row.arrived_on, "left_on": row.left_on}
    _say(data, as_json, f"{party.name}: {row.arrived_on} –")


@party_group.command()
@REF
@ZONE
@click.option("--on", "left_on", type=DAY, required=True, help="First day outside.")
@JSON
@verb()
def leave(ref: str, zone_code: str, left_on: date, as_json: bool, language: str) -> None:
    """Record that REF left."""
    zone, party = _party(zone_code, ref)
    row = services.leave(zone=zone, party=party, left_on=left_on, actor=actor(), at=now())
    data = {"key": party.key, "arrived_on": row.arrived_on, "left_on": row.left_on}
    _say(data, as_json, f"{party.name}: {row.arrived_on} – {row.left_on}")


@party_group.command()
@REF
@click.argument("tag")
@ZONE
@click.option("--from", "from_on", type=DAY, default=None, help="First day with the tag (default: today in the zone).")
@click.option("--to", "to_on", type=DAY, default=None, help="First day without; with --end, the day on which it ends.")
@click.option("--end", is_flag=True, help="Take the tag off from --to on.")
@JSON
@verb()
def tag(ref: str, tag: str, zone_code: str, from_on: date | None, to_on: date | None, end: bool, as_json: bool, language: str) -> None:
    """Put TAG (slug, label, or a word of the town's own) on REF, or take it off."""
    zone, party = _party(zone_code, ref)
    by = {"zone": zone, "party": party, "tag": tag, "actor": actor(), "at": now()}
    if end:
        if to_on is None or from_on is not None:
            raise click.UsageError(_("--end takes --to and no --from."))
        row = services.end_tag(**by, to_on=to_on)
    else:
        row = services.tag_party(**by, from_on=from_on or today(zone.time_zone), to_on=to_on)
    data = {"key": party.key, "tag": row.tag, "from": row.from_on, "to": row.to_on}
    _say(data, as_json, f"{party.name}: {parties.tag_label(row.tag)[language]} {row.from_on} – {row.to_on or ''}")
