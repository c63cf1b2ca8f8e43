"""What the register knows before an import: parties by code, by name and by sound."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from townwright.apps.parties.models import Identifier, Party, PartyAlias


class Register:
    """Indexes over a zone's parties, kept up to date while a file is planned."""

    def __init__(self, zone: Any) -> None:
        parties = list(Party.objects.in_zone(zone).order_by("id"))
        self.by_id = {party.pk: party for party in parties}
        self.by_key = {party.key: party for party in parties}
        self.by_name: dict[str, list[Party]] = defaultdict(list)
        self.by_sound: dict[str, list[Party]] = defaultdict(list)
        for party in parties:
            self.add(party)
        # Names first, other names after them: a firm that was renamed is still found by the name it had.
        for party_id, normal in PartyAlias.objects.in_zone(zone).order_by("id").values_list("party_id", "name_normal"):
            self.by_name[normal].append(self.by_id[party_id])
        rows = Identifier.objects.in_zone(zone).values_list("scheme", "value", "party_id")
        self.by_code = {(scheme, value): self.by_id[party_id] for scheme, value, party_id in rows}

    def add(self, party: Party) -> None:
        """Let later rows find the party by name."""
        self.by_name[party.name_normal].append(party)
        self.by_sound[party.name_sound].append(party)

    def resolve(self, party: Party) -> Party:
        """Return the party that a merged one was merged into."""
        while party.merged_into_id:
            party = self.by_id[party.merged_into_id]
        return party
