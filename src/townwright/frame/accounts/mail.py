"""Letters about accounts, through whatever Django's e-mail settings name."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.mail import send_mail
from django.utils.translation import gettext as _

from townwright.frame.models import Invitation


class UnableToSend(ValueError):
    """A letter did not leave: says why, and what to do."""


def send_invitation(invitation: Invitation, *, address: str, zone_name: str, role_name: str, firm_name: str = "") -> None:
    """Send the invitation's link to the invited address, in the language in force.

    Raises:
        UnableToSend: the mail server cannot be reached or refuses.
    """
    told: Mapping[str, str] = {
        "zone": zone_name, "role": role_name, "firm": firm_name, "address": address, "by": invitation.invited_by_label, "day": f"{invitation.expires_at:%Y-%m-%d}",
    }  # fmt: skip
    as_what = (
        _("%(by)s invites you to %(zone)s, as %(role)s of %(firm)s.") if firm_name else _("%(by)s invites you to %(zone)s, as %(role)s.")
    )
    body = "\n\n".join((
        as_what % told, _("Open this link to accept. It works once, until %(day)s:") % told, address,
        _("If you do not know what this is about, do nothing: nobody gets an account by it."),
    ))  # fmt: skip
    try:
        send_mail(_("Invitation to %(zone)s") % told, body, None, [invitation.email])
    except OSError as fault:
        raise UnableToSend(
            _("The letter to %(email)s did not leave: %(fault)s. Check the e-mail settings, or hand the link over.")
            % {"email": invitation.email, "fault": fault}
        ) from fault
