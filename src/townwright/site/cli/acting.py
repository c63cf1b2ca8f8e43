"""For whom the command line acts: the operator of the machine, or with ``--as`` a person, who may what their roles allow."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

import click
from django.utils.translation import gettext as _

from townwright.apps.parties import selectors as parties
from townwright.apps.zones.selectors import zone_by_code
from townwright.frame.actors import Actor
from townwright.frame.permissions import OPEN, OPERATOR, commands, may
from townwright.frame.roles import account, account_of_login

_PERSON: ContextVar[Any] = ContextVar("person", default=None)
# Options and arguments that name a party: people among them need a permission of their own.
_REFS = ("ref", "first", "second")


class NotAllowed(RuntimeError):
    """The person that the command line acts for may not do this: says what is lacking."""


def as_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--as USER``."""
    return click.option(
        "--as", "acting", metavar="USER", default="", envvar="TOWNWRIGHT_USER",
        help="Act as this account, with its roles and no more (default: TOWNWRIGHT_USER, else the operator of this machine).",
    )(function)  # fmt: skip


def login() -> str:
    """Return the operating system's name for who runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def actor() -> Actor:
    """Return who acts: the account of ``--as``; else the one that the login stands for; else the login itself.

    The login stays in the label, so that an entry tells who sat at the machine. Two-person rules compare accounts: a
    person is the same at the command line and on the pages.
    """
    name = login()
    person = _PERSON.get() or account_of_login(name)
    return Actor.of_command_line(name) if person is None else Actor.of_user(person, door=f"{name}, command line")


def person() -> Any:
    """Return the account of ``--as``, None where none was told."""
    return _PERSON.get()


def act_as(acting: str, told: Mapping[str, Any]) -> None:
    """Act for an account from here on, if it may do what the verb at hand asks; "" acts for the operator.

    Raises:
        UnableToGrant: there is no such account.
        NotAllowed: the account is closed, or its roles in the zone do not allow the verb.
    """
    _PERSON.set(None)
    if not acting:
        return
    person, verb = account(acting), _verb()
    permission = commands().get(verb, OPERATOR)
    if not person.is_active:
        raise NotAllowed(_("The account %(name)s is closed.") % {"name": acting})
    if permission == OPERATOR and not person.is_superuser:
        raise NotAllowed(
            _("%(verb)s acts on the whole installation: only an administrator may, and %(name)s is none.") % {"verb": verb, "name": acting}
        )
    if permission not in (OPERATOR, OPEN):
        _demand(person, permission, verb, told)
    _PERSON.set(person)


def _verb() -> str:
    """Return the verb at hand, as in "party add"."""
    names: list[str] = []
    context = click.get_current_context()
    while context.parent is not None:
        names.insert(0, str(context.info_name))
        context = context.parent
    return " ".join(names)


def _demand(person: Any, permission: str, verb: str, told: Mapping[str, Any]) -> None:
    code = told.get("zone_code") or ""
    if not code:
        raise NotAllowed(_("Say --zone: %(name)s may do this in some zones and not in others.") % {"name": person.get_username()})
    zone = zone_by_code(code)
    demanded = [permission]
    if permission.startswith("parties.") and (told.get("kind") == "person" or any(_is_person(zone, told.get(name)) for name in _REFS)):
        demanded.append("people.edit" if permission == "parties.edit" else "people.view")
    for one in demanded:
        if not may(person, one, zone):
            lacking = {"verb": verb, "name": person.get_username(), "permission": one, "zone": zone.code}
            raise NotAllowed(_("%(name)s may not do %(verb)s in %(zone)s: no role there holds %(permission)s.") % lacking)


def _is_person(zone: Any, ref: Any) -> bool:
    try:
        return bool(ref) and parties.party_by_ref(zone, ref).kind == "person"
    except parties.UnknownParty:
        return False
