"""What awards have to tell a firm."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from townwright.apps.incentives import selectors as incentives
from townwright.frame.notices import Notice
from townwright.frame.text import both

WORDS = {
    "proposed": _("Award proposed: %(title)s %(year)s, %(amount)s"),
    "approved": _("Award approved: %(title)s %(year)s, %(amount)s"),
    "rejected": _("Award rejected: %(title)s %(year)s"),
}


def awards_told(zone: Any, firm: Any, _today: date) -> list[Notice]:
    """Return a notice for each award of the firm, on the day of its last step."""
    address, here, found = reverse("own-entitlements", args=[zone.code, firm.key]), ZoneInfo(zone.time_zone), []
    for one in incentives.own_awards(zone, firm.key):
        day = (one.decided_at or one.proposed_at).astimezone(here).date()
        told = {"title": one.assessment.rulebook.title, "year": one.year, "amount": f"{one.granted_amount:,.2f} {one.currency}"}
        why = {"zh": one.reason, "en": one.reason} if one.status == "rejected" else {}
        found.append(Notice(f"award-{one.pk}-{one.status}", day, False, "told", both(WORDS[one.status], **told).texts, why, address))
    return found
