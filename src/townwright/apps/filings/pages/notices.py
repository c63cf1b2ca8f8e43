"""What returns have to tell a firm: what is due, and what was sent back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from townwright.apps.filings import selectors as filings
from townwright.frame.notices import Notice
from townwright.frame.text import both


def returns_due(zone: Any, firm: Any, today: date) -> list[Notice]:
    """Return a notice for each return that is owed; one that was sent back says why."""
    found = []
    for one in filings.owed(zone, firm, today=today):
        told = {"title": one.definition.title, "period": one.period}
        sent_back = one.row is not None and one.row.status == "returned"
        text = both(_("Sent back: %(why)s"), why=one.row.return_reason).texts if sent_back else {}
        title = both(_("Mend and hand in: %(title)s %(period)s") if sent_back else _("Hand in: %(title)s %(period)s"), **told).texts
        # A period that still runs has no form yet.
        address = (
            reverse("own-returns", args=[zone.code, firm.key])
            if one.state == filings.AHEAD
            else reverse("own-type", args=[zone.code, firm.key, one.definition.name, str(one.period)])
        )
        found.append(Notice(f"return-{one.definition.name}-{one.period}", one.due_on, True, one.state, title, text, address))
    return found
