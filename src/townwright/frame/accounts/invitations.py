"""Verbs on invitations: somebody is asked by a link to take a role in a zone."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from townwright.frame.actors import Actor
from townwright.frame.audit import write
from townwright.frame.models import Invitation, RoleAssignment
from townwright.frame.roles import assign, checked_role

SALT = "townwright.invitation"
P = Invitation.Status


class UnableToInvite(ValueError):
    """An invitation cannot be made, sent again or withdrawn: says why and what to do."""


class UnableToAccept(ValueError):
    """A link gives no role: it is not one of ours, was used, withdrawn or has expired; or the account told is refused.

    ``field`` names the field of the form that is wrong, if one is.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation and its link's token, which is told this once and kept nowhere."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """The account that an invited person asks for."""

    username: str
    name: str
    password: str


def invitations(zone: Any) -> QuerySet[Invitation]:
    """Return the zone's invitations, newest first."""
    return Invitation.objects.in_zone(zone).select_related("user").order_by("-sent_at", "-pk")


def invite(
    *, zone: Any, email: str, role: str, party_key: str = "", given: Collection[str] = (), mailed: bool, actor: Actor, at: datetime,
) -> Issued:  # fmt: skip
    """Invite whoever reads mail at ``email`` to a role; a delegate is bound to the firm of ``party_key`` with rights ``given``.

    Raises:
        UnableToInvite: no address of mail, asked before and still open, or its account holds the role already.
        UnableToGrant: role, firm and rights do not go together.
    """
    email, held = _checked_email(email), checked_role(role, party_key, given)
    with write(verb="roles.invite", subject=email, zone=zone, actor=actor, at=at) as told:
        same = Invitation.objects.in_zone(zone).filter(email=email, role=role, party_key=party_key, status=P.OPEN)
        if same.exists():
            raise UnableToInvite(
                _("%(email)s is invited to this role already: send that invitation again, or withdraw it.") % {"email": email}
            )
        known = account_of_email(email)
        if known is not None and RoleAssignment.objects.in_zone(zone).filter(user=known, role=role, party_key=party_key).exists():
            raise UnableToInvite(_("%(email)s holds this role already.") % {"email": email})
        secret = secrets.token_urlsafe(32)
        row = Invitation.records.create(
            zone=zone, email=email, role=role, party_key=party_key, rights=held, secret_hash=_hash(secret), mailed=mailed,
            invited_by=actor.name, invited_by_label=actor.label, sent_at=at, expires_at=at + timedelta(days=settings.INVITATION_DAYS),
        )  # fmt: skip
        told.new = _told(row)
    return Issued(row, _token(row, secret))


def resend(*, zone: Any, invitation_id: int, mailed: bool, actor: Actor, at: datetime) -> Issued:
    """Give an open invitation a new link and a new term; the link before it opens nothing any more.

    Raises:
        UnableToInvite: it was accepted or withdrawn.
    """
    with write(verb="roles.invite.again", subject="", zone=zone, actor=actor, at=at) as told:
        row = _open(zone, invitation_id)
        told.subject, told.old = row.email, _told(row)
        secret = secrets.token_urlsafe(32)
        row.secret_hash, row.mailed, row.sent_at, row.times_sent = _hash(secret), mailed, at, row.times_sent + 1
        row.expires_at = at + timedelta(days=settings.INVITATION_DAYS)
        row.save()
        told.new = _told(row)
    return Issued(row, _token(row, secret))


def withdraw(*, zone: Any, invitation_id: int, actor: Actor, at: datetime) -> Invitation:
    """Withdraw an open invitation: its link opens nothing any more.

    Raises:
        UnableToInvite: it was accepted or withdrawn.
    """
    with write(verb="roles.invite.withdraw", subject="", zone=zone, actor=actor, at=at) as told:
        row = _open(zone, invitation_id)
        told.subject, told.old = row.email, _told(row)
        row.status, row.ended_at = P.WITHDRAWN, at
        row.save()
    return row


def read_token(token: str, *, at: datetime) -> Invitation:
    """Return the open invitation that a link's token belongs to.

    Raises:
        UnableToAccept: the link is not one of ours, was used, replaced by a newer one, withdrawn, or has expired.
    """
    return _row_of(token, Invitation.objects.across_zones("a link tells its invitation before anybody knows the zone"), at)


def accept_as(*, token: str, user: Any, at: datetime) -> Invitation:
    """Give the invitation's role to an account that exists.

    Raises:
        UnableToAccept: as for ``read_token``; or another account has the invited address.
    """
    row = read_token(token, at=at)
    with write(verb="roles.accept", subject=row.email, zone=row.zone, actor=Actor.of_user(user), at=at) as told:
        row = _locked(token, row, at)
        known = account_of_email(row.email)
        if known is not None and known.pk != user.pk:
            raise UnableToAccept(_("Another account has the address %(email)s: sign in with that one.") % {"email": row.email})
        told.old, told.new = _close(row, user, at)
    return row


def accept_anew(*, token: str, account: NewAccount, at: datetime) -> Invitation:
    """Make an account for the invited person and give it the role. A link that was mailed proves the address.

    Raises:
        UnableToAccept: as for ``read_token``; the address has an account; or user name or password are refused, with the field.
    """
    row, name = read_token(token, at=at), account.username.strip()
    actor = Actor(f"web:{name}"[:150], (account.name.strip() or name)[:200])
    with write(verb="roles.accept", subject=row.email, zone=row.zone, actor=actor, at=at) as told:
        row = _locked(token, row, at)
        if account_of_email(row.email) is not None:
            raise UnableToAccept(_("The address %(email)s has an account: sign in, then open the link again.") % {"email": row.email})
        user = _new_user(account, row.email)
        EmailAddress.objects.create(user=user, email=row.email, verified=row.mailed, primary=True)
        told.old, told.new = _close(row, user, at)
    return row


def account_of_email(email: str) -> Any | None:
    """Return the account with that address, proven or its own, if there is one."""
    users = get_user_model().objects.filter(Q(email__iexact=email) | Q(emailaddress__email__iexact=email))
    return users.order_by("pk").first()


def _checked_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as fault:
        raise UnableToInvite(_("“%(email)s” is no address of mail: write it as in li.mei@example.org.") % {"email": email[:100]}) from fault
    return email


def _new_user(account: NewAccount, email: str) -> Any:
    users, name = get_user_model(), account.username.strip()
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as fault:
        raise UnableToAccept(" ".join(fault.messages), "username") from fault
    if len(name) > users._meta.get_field("username").max_length or users.objects.filter(username__iexact=name).exists():
        raise UnableToAccept(_("The user name %(name)s is taken or too long: choose another.") % {"name": name[:150]}, "username")
    user = users(username=name, email=email, first_name=account.name.strip()[:150])
    try:
        validate_password(account.password, user)
    except ValidationError as fault:
        raise UnableToAccept(" ".join(fault.messages), "password") from fault
    user.set_password(account.password)
    user.save()
    return user


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: Invitation, secret: str) -> str:
    return signing.dumps([row.pk, secret], salt=SALT)


def _locked(token: str, row: Invitation, at: datetime) -> Invitation:
    """Read the invitation again, locked: of two that use its link at once, the second finds it used."""
    return _row_of(token, Invitation.records.select_for_update().filter(zone_id=row.zone_id), at)


def _row_of(token: str, rows: QuerySet[Invitation], at: datetime) -> Invitation:
    try:
        number, secret = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as fault:
        raise UnableToAccept(_("This is not a link of ours. Copy the whole address from the mail.")) from fault
    row = rows.filter(pk=number).first()
    if row is None:
        raise UnableToAccept(_("This invitation is not here any more. Ask who invited you for another."))
    if row.status == P.ACCEPTED:
        raise UnableToAccept(_("This invitation was accepted on %(day)s: sign in.") % {"day": f"{row.ended_at:%Y-%m-%d}"})
    if row.status == P.WITHDRAWN:
        raise UnableToAccept(
            _("This invitation was withdrawn on %(day)s. Ask %(who)s for another.")
            % {"day": f"{row.ended_at:%Y-%m-%d}", "who": row.invited_by_label}
        )
    if not secrets.compare_digest(row.secret_hash, _hash(secret)):
        raise UnableToAccept(_("A newer link was sent on %(day)s and replaces this one: use that.") % {"day": f"{row.sent_at:%Y-%m-%d}"})
    if at >= row.expires_at:
        raise UnableToAccept(
            _("This invitation expired on %(day)s. Ask %(who)s to send it again.")
            % {"day": f"{row.expires_at:%Y-%m-%d}", "who": row.invited_by_label}
        )
    return row


def _open(zone: Any, number: int) -> Invitation:
    row = Invitation.records.select_for_update().filter(zone=zone, pk=number).first()
    if row is None:
        raise UnableToInvite(_("There is no such invitation in this zone."))
    if row.status != P.OPEN:
        raise UnableToInvite(_("The invitation of %(email)s is not open any more. Reload the page.") % {"email": row.email})
    return row


def _close(row: Invitation, user: Any, at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    _row, old, new = assign(zone=row.zone, user=user, role=row.role, party_key=row.party_key, held=list(row.rights))
    row.status, row.ended_at, row.user = P.ACCEPTED, at, user
    row.save(update_fields=["status", "ended_at", "user"])
    return old, {**new, "account": user.get_username()}


def _told(row: Invitation) -> dict[str, Any]:
    bound = {"firm": row.party_key, "rights": list(row.rights)} if row.party_key else {}
    return {"role": row.role, **bound, "expires": f"{row.expires_at:%Y-%m-%d}", "mailed": row.mailed}
