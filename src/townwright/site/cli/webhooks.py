"""``townwright webhook``: addresses outside that are told of events."""

from __future__ import annotations

from typing import Any

import click
from django.utils.translation import gettext as _

from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.clock import now
from townwright.frame.text import in_language
from townwright.frame.webhooks import Postman, add_webhook, messages, remove_webhook, try_webhook, webhooks
from townwright.site.cli.frame import actor, emit, group, say, table, verb
from townwright.site.cli.options import JSON, ZONE


@group("webhook")
def webhook_group() -> None:
    """Tell addresses outside of events."""


@webhook_group.command()
@click.argument("url")
@ZONE
@click.option("--name", required=True, help="What it is for.")
@click.option(
    "--event", "events", required=True, multiple=True, help="An event, a beginning as in parties.*, or '*'; may be told several times."
)
@JSON
@verb()
def add(url: str, zone_code: str, name: str, events: tuple[str, ...], as_json: bool, language: str) -> None:
    """Tell URL of events from now on; prints the secret with which the receiver checks signatures."""
    made = add_webhook(zone=zone_by_code(zone_code), name=name, url=url, events=events, actor=actor(), at=now())

    def show() -> None:
        say(_("Webhook %(number)s; the secret that checks its signatures, shown this once:") % {"number": made.webhook.pk})
        say(made.secret)

    emit({**_told(made.webhook), "secret": made.secret}, as_json=as_json, show=show)


@webhook_group.command(name="list")
@ZONE
@JSON
@verb()
def list_webhooks(zone_code: str, as_json: bool, language: str) -> None:
    """List the zone's webhooks: how many messages wait and were given up."""
    told = [{**_told(row), "waiting": row.waiting, "dead": row.dead} for row in webhooks(zone_by_code(zone_code))]
    columns = [_("Number"), _("Name"), _("Address"), _("Events"), _("On"), _("Waiting"), _("Given up")]

    def cells(one: dict[str, Any]) -> list[Any]:
        return [one["webhook"], one["name"], one["url"], " ".join(one["events"]), one["active"], one["waiting"], one["dead"]]

    emit(told, as_json=as_json, show=lambda: table(_("Webhooks"), columns, [cells(one) for one in told]))


@webhook_group.command()
@click.argument("number", type=int)
@ZONE
@verb()
def remove(number: int, zone_code: str, language: str) -> None:
    """Stop telling the webhook with NUMBER, and forget its messages."""
    remove_webhook(zone=zone_by_code(zone_code), pk=number, actor=actor(), at=now())
    say(_("Webhook %(number)s is removed.") % {"number": number})


@webhook_group.command(name="test")
@click.argument("number", type=int)
@ZONE
@JSON
@verb()
def send_test(number: int, zone_code: str, as_json: bool, language: str) -> None:
    """Send the webhook with NUMBER a test message now, and say how it was answered."""
    zone = zone_by_code(zone_code)
    row = try_webhook(zone=zone, pk=number, at=now())
    Postman().deliver_one(row.pk)
    row = messages(zone).get(pk=row.pk)
    told = {"message": row.uid, "status": row.status, "answer": row.answer, "fault": row.fault or None}
    emit(told, as_json=as_json, show=lambda: say(_("Taken.") if row.status == "taken" else in_language(row.fault, language)))
    if row.status != "taken":
        raise SystemExit(1)


def _told(row: Any) -> dict[str, Any]:
    return {"webhook": row.pk, "name": row.name, "url": row.url, "events": row.events, "active": row.active}
