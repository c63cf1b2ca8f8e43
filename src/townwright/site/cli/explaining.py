"""``townwright explain``: what a policy says of a firm."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import click
from django.utils.translation import gettext as _

from townwright.apps.incentives import selectors as incentives
from townwright.apps.parties.selectors import UnknownParty, party_by_ref
from townwright.apps.zones.selectors import UnknownZone, zone_by_code, zones
from townwright.frame.terms import term
from townwright.kernel.formula.wording import show_value
from townwright.site.cli.frame import command, emit, say, verb
from townwright.site.cli.options import JSON, PERIOD


@command()
@click.argument("firm")
@click.argument("policy")
@click.option("--zone", "zone_code", default="", help="Zone (default: the one that knows the firm).")
@PERIOD
@JSON
@verb()
def explain(firm: str, policy: str, zone_code: str, period: str, as_json: bool, language: str) -> None:
    """Explain what a policy says of FIRM (key, code or name), with all working."""
    zone, party = _found(zone_code, firm)
    told = {"zone": zone.code, "name": party.name, **incentives.explain_firm(zone, party_key=party.key, code=policy, period=period)}
    emit(told, as_json=as_json, show=lambda: _show(told, zone, language))


def _found(zone_code: str, firm: str) -> tuple[Any, Any]:
    """Return zone and party of the first zone that knows the firm.

    Raises:
        UnknownZone: there is no zone.
        UnknownParty: none knows it; the zone that has the nearest name is the one that speaks.
    """
    missing: Exception = UnknownZone(_("There is no zone yet. Open one with: townwright init --zone CODE --name-zh …"))
    for zone in [zone_by_code(zone_code)] if zone_code else zones():
        try:
            return zone, party_by_ref(zone, firm)
        except UnknownParty as fault:
            missing = fault
    raise missing


def _show(told: Mapping[str, Any], zone: Any, language: str) -> None:
    """Print the verdict, its reasons and the working in sentences."""
    verdict = told.get("verdict")
    said = term("verdict", verdict, language) if verdict else told.get("result_label", {}).get(language) or told.get("result") or "—"
    due = verdict == "eligible" and told.get("amount") is not None
    amount = show_value(Fraction(told["amount"].replace(",", "")), zone.currency, language) if due else ""
    say(f"{told['name']} · {told['title'].get(language)} · {told['period']}: {said} {amount}".rstrip())
    lines = [*told.get("reasons", {}).get(language, []), *told.get("why_not", {}).get("sentences", {}).get(language, [])]
    for line in dict.fromkeys(lines):
        say(f"  - {line}")
    if told["sentences"][language]:
        say(_("Working:"))
    for line in told["sentences"][language]:
        say(f"  {line}")
