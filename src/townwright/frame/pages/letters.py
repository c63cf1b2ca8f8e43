"""An invitation on its way: mailed, or shown once to who invited."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from townwright.frame.accounts.invitations import Issued
from townwright.frame.accounts.mail import UnableToSend, send_invitation
from townwright.frame.doors import subjects
from townwright.frame.terms import term
from townwright.frame.text import in_language


def send_issued(request: HttpRequest, zone: Any, issued: Issued) -> None:
    """Mail the link, or show it once to who invited."""
    row, language = issued.invitation, get_language() or "en"
    address = request.build_absolute_uri(reverse("invitation", args=[issued.token]))
    if not row.mailed:
        request.session["invitation_link"] = {"email": row.email, "address": address}
        return
    firm = subjects().names(zone, {row.party_key}, False).get(row.party_key, "") if row.party_key else ""
    try:
        send_invitation(
            row, address=address, zone_name=in_language({"zh": zone.name_zh, "en": zone.name_en}), role_name=term("role", row.role, language),
            firm_name=firm,
        )  # fmt: skip
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": row.email})
    except UnableToSend as fault:
        messages.error(request, str(fault))
