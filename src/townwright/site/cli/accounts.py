"""``townwright user``, further: invitations by link, delegates of firms, logins of the machine, lock-outs."""

from __future__ import annotations

from typing import Any

import click
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import gettext as _

from townwright.apps.parties.selectors import names_of_keys, party_by_ref
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.accounts import invitations as verbs
from townwright.frame.accounts.adapters import unlock as unlock_name
from townwright.frame.accounts.mail import send_invitation
from townwright.frame.clock import now
from townwright.frame.permissions import DELEGATE, rights, roles
from townwright.frame.roles import grant_role, revoke_role, tie_login
from townwright.frame.terms import term
from townwright.frame.text import in_language
from townwright.site.cli.frame import actor, emit, say, table, verb
from townwright.site.cli.options import JSON, ZONE
from townwright.site.cli.people import user_group

__all__ = ["delegate", "invitations", "invite", "login", "resend", "unlock", "withdraw"]

FIRM = click.option("--firm", default="", help="Key, code or whole name of the firm that a delegate acts for.")
RIGHT = click.option(
    "--right", "given", multiple=True, type=click.Choice(rights()), help="What the delegate may; may be told several times."
)
MAIL = click.option("--mail/--no-mail", default=False, help="Mail the link to the address; else it is printed, to be handed over.")
SITE = click.option(
    "--site", envvar="TOWNWRIGHT_SITE", default="http://localhost:8000", show_default=True, help="Address of the site, for the link (TOWNWRIGHT_SITE)."
)  # fmt: skip


def _issue(zone: Any, issued: verbs.Issued, site: str, *, as_json: bool, language: str) -> None:
    """Mail the link or print it, this once."""
    row = issued.invitation
    address = site.rstrip("/") + reverse("invitation", args=[issued.token])
    if row.mailed:
        firm = names_of_keys(zone, [row.party_key], people=False).get(row.party_key, "")
        name = in_language({"zh": zone.name_zh, "en": zone.name_en})
        send_invitation(row, address=address, zone_name=name, role_name=term("role", row.role, language), firm_name=firm)
    told = {
        "invitation": row.pk, "email": row.email, "role": row.role, "firm": row.party_key or None, "expires": row.expires_at,
        "address": None if row.mailed else address,
    }  # fmt: skip

    def show() -> None:
        if row.mailed:
            say(_("The invitation is on its way to %(email)s.") % {"email": row.email})
        else:
            say(_("Link for %(email)s, shown this once: %(address)s") % {"email": row.email, "address": address})

    emit(told, as_json=as_json, show=show)


@user_group.command()
@click.argument("email")
@ZONE
@click.option("--role", required=True, type=click.Choice(roles()), help="The role that is offered.")
@FIRM
@RIGHT
@MAIL
@SITE
@JSON
@verb()
def invite(
    email: str, zone_code: str, role: str, firm: str, given: tuple[str, ...], mail: bool, site: str, as_json: bool, language: str
) -> None:
    """Invite EMAIL to a role by a link that works once, for a week."""
    zone = zone_by_code(zone_code)
    key = party_by_ref(zone, firm, people=False).key if firm else ""
    issued = verbs.invite(zone=zone, email=email, role=role, party_key=key, given=given, mailed=mail, actor=actor(), at=now())
    _issue(zone, issued, site, as_json=as_json, language=language)


@user_group.command()
@click.argument("number", type=int)
@ZONE
@MAIL
@SITE
@JSON
@verb()
def resend(number: int, zone_code: str, mail: bool, site: str, as_json: bool, language: str) -> None:
    """Give invitation NUMBER a new link and another week; the former link opens nothing any more."""
    zone = zone_by_code(zone_code)
    issued = verbs.resend(zone=zone, invitation_id=number, mailed=mail, actor=actor(), at=now())
    _issue(zone, issued, site, as_json=as_json, language=language)


@user_group.command()
@click.argument("number", type=int)
@ZONE
@verb()
def withdraw(number: int, zone_code: str, language: str) -> None:
    """Withdraw invitation NUMBER."""
    row = verbs.withdraw(zone=zone_by_code(zone_code), invitation_id=number, actor=actor(), at=now())
    say(_("The invitation of %(email)s is withdrawn.") % {"email": row.email})


@user_group.command()
@ZONE
@click.option("--all", "every", is_flag=True, help="Accepted and withdrawn ones too.")
@JSON
@verb()
def invitations(zone_code: str, every: bool, as_json: bool, language: str) -> None:
    """List who is invited."""
    rows = verbs.invitations(zone_by_code(zone_code))
    told = [
        {"invitation": one.pk, "email": one.email, "role": one.role, "firm": one.party_key or None, "status": one.status, "sent": one.sent_at, "expires": one.expires_at}
        for one in (rows if every else rows.filter(status="open"))
    ]  # fmt: skip
    columns = [_("Number"), _("Address"), _("Role"), _("Firm"), _("Status"), _("Sent"), _("Expires")]

    def show() -> None:
        table(zone_code, columns, [[*list(one.values())[:5], f"{one['sent']:%Y-%m-%d}", f"{one['expires']:%Y-%m-%d}"] for one in told])

    emit(told, as_json=as_json, show=show)


@user_group.command()
@click.argument("name")
@ZONE
@click.option("--firm", required=True, help="Key, code or whole name of the firm.")
@RIGHT
@click.option("--end", is_flag=True, help="Make NAME a delegate of the firm no more.")
@verb()
def delegate(name: str, zone_code: str, firm: str, given: tuple[str, ...], end: bool, language: str) -> None:
    """Let the account NAME act for a firm, with the rights given and no others; told again, the rights are changed."""
    zone = zone_by_code(zone_code)
    party = party_by_ref(zone, firm, people=False)
    told = {"zone": zone, "username": name, "role": DELEGATE, "party_key": party.key, "actor": actor(), "at": now()}
    if end:
        revoke_role(**told)
        say(_("%(name)s no longer acts for %(firm)s.") % {"name": name, "firm": party.name})
        return
    row = grant_role(given=given, **told)
    may = ", ".join(term("right", one, language) for one in row.rights)
    say(_("%(name)s acts for %(firm)s: %(rights)s.") % {"name": name, "firm": party.name, "rights": may})


@user_group.command()
@click.argument("login")
@click.argument("name", required=False, default="")
@verb()
def login(login: str, name: str, language: str) -> None:
    """Let LOGIN of this machine stand for the account NAME at the command line; without NAME, for none any more."""
    tie_login(login=login, username=name, actor=actor(), at=now())
    say(
        _("%(login)s stands for %(name)s.") % {"login": login, "name": name}
        if name
        else _("%(login)s stands for no account.") % {"login": login}
    )


@user_group.command()
@click.argument("name")
@verb()
def unlock(name: str, language: str) -> None:
    """Let NAME sign in again at once after too many failed attempts."""
    unlock_name(name, RequestFactory().get("/", headers={"host": settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost"}))
    say(_("%(name)s may try again.") % {"name": name})
