"""Two editors of one party: what the second one is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from townwright.apps.parties.models import Party
from townwright.apps.parties.services.facts import EditedMeanwhile
from townwright.frame.meanwhile import changed_since, with_authors
from townwright.frame.text import both

# Facts whose value a form shows and sends back.
LOCKED = ("kind", "name", "name_en", "legal_form", "registered_on", "capital", "address", "business_scope")


def changed_meanwhile(zone: Any, row: Party, seen: Mapping[str, Any], changes: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """Return a note where others changed facts that this editor leaves alone: those stay.

    Raises:
        EditedMeanwhile: somebody changed what this editor is about to change.
    """
    told = {name: value for name, value in seen.items() if name in LOCKED}
    found = changed_since(told, {name: row.capital_text if name == "capital" else getattr(row, name) for name in told})
    if not found:
        return []
    since = with_authors(found, zone=zone, subject=row.key, names={"capital": "capital_text"})
    if any(one.field in changes for one in since):
        raise EditedMeanwhile(
            both(_("%(name)s was changed while you had the form open. Nothing of yours was saved yet."), name=row.name), since
        )
    who = ", ".join(sorted({one.who for one in since if one.who}))
    return [
        both(
            _("While you had the form open, other facts were changed%(who)s; they stay as they are now."), who=f" ({who})" if who else ""
        ).texts
    ]
